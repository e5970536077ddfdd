/* SPDX-License-Identifier: MIT */
/*
 * First instructions without Xen. QEMU starts an ELF with this note like a PVH guest of
 * Xen: in 32-bit protected mode with flat segments, paging off, EBX pointing to struct
 * hvm_start_info (xen/arch-x86/hvm/start_info.h). 64-bit mode needs tables. These map the
 * first 4 GiB twice, with large pages: at 0, where we run, and in the direct map, where we
 * are linked. They are used until start.c has made others, and whenever a further CPU
 * starts.
 */
#include <xen/elfnote.h>

#include "arch/x86/width.h"
#include "native/descriptors.h"

#define PHYSICAL(symbol) (symbol - DIRECT_MAP_BASE)

	.pushsection .note.xen, "a", @note
	.p2align 2
	.long 4, 2f - 1f, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz "Xen"
1:	.quad PHYSICAL(kernel_entry)
2:	.p2align 2
	.popsection

	.section .text.head, "ax"
	.code32
	.globl kernel_entry
kernel_entry:
	cld
	movl $PHYSICAL(start_root), %eax
	movl %eax, %cr3
	movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl %eax, %cr4
	movl $MSR_EFER, %ecx
	movl $(EFER_SCE | EFER_LME | EFER_NXE), %eax
	xorl %edx, %edx
	wrmsr
	movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG), %eax
	movl %eax, %cr0
	lgdt PHYSICAL(start_gdt_pointer)
	ljmp $KERNEL_CS, $PHYSICAL(1f)

	.code64
1:	movl $KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movabsq $2f, %rax
	jmp *%rax
2:	leaq boot_stack_top(%rip), %rsp
	xorl %ebp, %ebp
	movl %ebx, %edi
	call native_start
	ud2

	.data
	.p2align 3
	.globl start_gdt
start_gdt:
	.quad 0
	.quad DESCRIPTOR_KERNEL_CS
	.quad DESCRIPTOR_KERNEL_DS
start_gdt_end:
	.globl start_gdt_pointer
start_gdt_pointer:
	.word start_gdt_end - start_gdt - 1
	.quad PHYSICAL(start_gdt)

	.p2align PAGE_SHIFT
	.globl start_root
start_root:
	.quad PHYSICAL(start_level3) + PTE_TABLE
	.fill ROOT_KERNEL_FIRST - 1, 8, 0
	.quad PHYSICAL(start_level3) + PTE_TABLE
	.fill PT_ENTRIES - ROOT_KERNEL_FIRST - 1, 8, 0
start_level3:
	.set n, 0
	.rept 4
	.quad PHYSICAL(start_level2) + n * PAGE_SIZE + PTE_TABLE
	.set n, n + 1
	.endr
	.fill PT_ENTRIES - 4, 8, 0
start_level2:
	.set n, 0
	.rept 4 * PT_ENTRIES
	.quad n * PT_SPAN(2) + PTE_LARGE + PTE_KERNEL
	.set n, n + 1
	.endr

	.bss
	.p2align PAGE_SHIFT
boot_stack:
	.skip 4 << PAGE_SHIFT
	.globl boot_stack_top
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
