/* SPDX-License-Identifier: MIT */
/*
 * The first instructions of a further CPU, as in native/trampoline.S. It switches PAE
 * paging and protected mode on together, with start_root (first_root.c).
 */
#include "arch/x86/width.h"
#include "native/descriptors.h"
#include "native/trampoline.h"

#define PHYSICAL(symbol) (symbol - DIRECT_MAP_BASE)
#define HERE(symbol)	 (symbol - trampoline + TRAMPOLINE_PAGE * PAGE_SIZE)
#define PARAMETERS	 (TRAMPOLINE_PAGE * PAGE_SIZE + TRAMPOLINE_PARAMETERS)

	.text
	.globl trampoline
trampoline:
	.code16
	cli
	cld
	movl $PHYSICAL(start_root), %eax
	movl %eax, %cr3
	movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl %eax, %cr4
	movl $MSR_EFER, %ecx
	movl $EFER_NXE, %eax
	xorl %edx, %edx
	wrmsr
	lgdtl %cs:(gdt_pointer - trampoline)
	movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG), %eax
	movl %eax, %cr0
	ljmpl $KERNEL_CS, $HERE(1f)

	.code32
1:	movl $KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %gs
	movl $2f, %eax
	jmp *%eax

	.p2align 3
gdt_pointer:
	.word KERNEL_DS + 8 - 1
	.long PHYSICAL(start_gdt)
	.globl trampoline_end
trampoline_end:

	/* In the kernel's own text, still with start_root. */
2:	movl PARAMETERS + PARAMETER_PER_CPU, %eax
	lgdt (%eax)
	movl $PER_CPU_SELECTOR, %eax
	movl %eax, %fs
	movl PARAMETERS + PARAMETER_STACK_TOP, %esp
	movl PARAMETERS + PARAMETER_ENTRY, %esi
	movl PARAMETERS + PARAMETER_ROOT, %eax
	movl %eax, %cr3
	xorl %ebp, %ebp
	call *%esi
	ud2

	.section .note.GNU-stack, "", @progbits
