/* SPDX-License-Identifier: MIT */
/*
 * First instructions without Xen, on 32 bits; native/head.S says how QEMU starts us. The
 * first tables are of the older format: one page of 32-bit entries, which map 4 MiB each.
 * They map the first GiB twice, at 0, where we run, and in the direct map, where we are
 * linked, and the local APIC. mmu/setup.c makes others; see first_root.c.
 */
#include <xen/elfnote.h>

#include "arch/x86/width.h"
#include "native/descriptors.h"

#define PHYSICAL(symbol) (symbol - DIRECT_MAP_BASE)

/* Such an entry: present, writable, accessed, dirty, large. */
#define LARGE_4M 0xe3
#define SHIFT_4M 22
#define APIC_4M	 (0xfee00000 >> SHIFT_4M)
#define KERNEL_4M (0xc0000000 >> SHIFT_4M)
#define LOW_4M	 256

	.pushsection .note.xen, "a", @note
	.p2align 2
	.long 4, 2f - 1f, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz "Xen"
1:	.long PHYSICAL(kernel_entry), 0
2:	.p2align 2
	.popsection

	.section .text.head, "ax"
	.globl kernel_entry
kernel_entry:
	cld
	movl $PHYSICAL(start_tables), %eax
	movl %eax, %cr3
	movl $(CR4_PSE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl %eax, %cr4
	movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG), %eax
	movl %eax, %cr0
	lgdt PHYSICAL(start_gdt_pointer)
	ljmp $KERNEL_CS, $1f
1:	movl $KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movl $boot_stack_top, %esp
	xorl %ebp, %ebp
	movl %ebx, %eax
	call native_start
	ud2

	/* See first_root.c. EAX: the root. The stack is out of reach while paging is off. */
	.globl enter_pae
enter_pae:
	pushl %ebx
	movl %eax, %ebx
	movl $PHYSICAL(1f), %eax
	jmp *%eax
1:	movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP), %eax
	movl %eax, %cr0
	movl $PHYSICAL(start_root), %eax
	movl %eax, %cr3
	movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl %eax, %cr4
	movl $MSR_EFER, %ecx
	movl $EFER_NXE, %eax
	xorl %edx, %edx
	wrmsr
	movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG), %eax
	movl %eax, %cr0
	movl $2f, %eax
	jmp *%eax
2:	movl %ebx, %cr3
	popl %ebx
	ret

	.data
	.p2align 3
	.globl start_gdt
start_gdt:
	.fill KERNEL_CS / 8, 8, 0
	.quad DESCRIPTOR_KERNEL_CS
	.quad DESCRIPTOR_KERNEL_DS
start_gdt_end:
	.globl start_gdt_pointer
start_gdt_pointer:
	.word start_gdt_end - start_gdt - 1
	.long PHYSICAL(start_gdt)

	/* For PAE. The processor wants it at a multiple of 32 bytes. Filled in first_root.c. */
	.p2align 5
	.globl start_root
start_root:
	.fill 4, 8, 0

	.p2align PAGE_SHIFT
start_tables:
	.set n, 0
	.rept LOW_4M
	.long (n << SHIFT_4M) + LARGE_4M
	.set n, n + 1
	.endr
	.fill KERNEL_4M - LOW_4M, 4, 0
	.set n, 0
	.rept APIC_4M - KERNEL_4M
	.long (n << SHIFT_4M) + LARGE_4M
	.set n, n + 1
	.endr
	.long (APIC_4M << SHIFT_4M) + LARGE_4M + PTE_UNCACHED
	.fill 1023 - APIC_4M, 4, 0

	.bss
	.p2align PAGE_SHIFT
boot_stack:
	.skip 4 << PAGE_SHIFT
	.globl boot_stack_top
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
