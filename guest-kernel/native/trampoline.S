/* SPDX-License-Identifier: MIT */
/*
 * The first instructions of a further CPU, at TRAMPOLINE_PAGE in real mode, with CS = page
 * * 256 and IP = 0: addresses in this code are relative to the page. Paging and long mode
 * are switched on together, so the tables must map this page at its physical address.
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
	movl $(EFER_SCE | EFER_LME | EFER_NXE), %eax
	xorl %edx, %edx
	wrmsr
	lgdtl %cs:(gdt_pointer - trampoline)
	movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG), %eax
	movl %eax, %cr0
	ljmpl $KERNEL_CS, $HERE(1f)

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

	.p2align 3
gdt_pointer:
	.word 3 * 8 - 1
	.long PHYSICAL(start_gdt)
	.globl trampoline_end
trampoline_end:

	/* In the kernel's own text, still with the tables of head.S. */
2:	movl $MSR_GS_BASE, %ecx
	movl PARAMETERS + PARAMETER_PER_CPU, %eax
	movl PARAMETERS + PARAMETER_PER_CPU + 4, %edx
	wrmsr
	movl $PARAMETERS, %ebx
	movq PARAMETER_STACK_TOP(%rbx), %rsp
	movq PARAMETER_ENTRY(%rbx), %rsi
	movq PARAMETER_ROOT(%rbx), %rax
	movq %rax, %cr3
	xorl %ebp, %ebp
	call *%rsi
	ud2

	.section .note.GNU-stack, "", @progbits
