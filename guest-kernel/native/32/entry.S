/* SPDX-License-Identifier: MIT */
/*
 * Entry into the kernel and exit from it, without Xen, on 32 bits.
 *
 * The processor pushes
 *
 *	[error code] EIP CS EFLAGS [ESP SS]
 *
 * with ESP and SS only if the ring changes: the end of struct regs. From user mode it
 * pushes them on the stack that the TSS names. SYSENTER pushes nothing; call_page.S says
 * what the program has prepared.
 */
#include "arch/x86/32/save_regs.inc"
#include "arch/x86/regs.h"
#include "arch/x86/width.h"
#include "native/descriptors.h"

/* In struct regs. */
#define REGS_BP	   20
#define REGS_IP	   48
#define REGS_FLAGS 56

	.macro enter
	save_regs KERNEL_DS PER_CPU_SELECTOR
	.endm

	.text

	/* Exit with a frame of either mode. */
	.globl return_to_frame
return_to_frame:
	movl %eax, %esp
leave_kernel:
	restore_regs
	addl $4, %esp
	/* The frame's segments and flags are the kernel's choice, so this does not fault. */
	iret

	/* INT $0x80. */
	.globl entry_syscall
entry_syscall:
	pushl $0
	enter
	call native_syscall
	jmp leave_kernel

	.globl entry_sysenter
entry_sysenter:
	movl TSS_ESP0(%esp), %esp
	pushl $USER_DS
	pushl %ebp
	pushfl
	orl $RFLAGS_IF, (%esp)
	pushl $USER_CS
	pushl $call_page_return
	pushl $0
	enter
	/* The program's flags are still in force; NT would make an IRET something else. */
	pushl $RFLAGS_FIXED
	popfl
	cmpl $(USER_TOP - 4), %ebp
	ja 2f
1:	movl (%ebp), %ecx
	movl %ecx, REGS_BP(%esp)
	call native_syscall
	jmp 3f
2:	call native_syscall_fault
3:	cmpl $call_page_return, REGS_IP(%esp)
	jne leave_kernel
	testl $RFLAGS_TF, REGS_FLAGS(%esp)
	jnz leave_kernel
	restore_regs
	movl 4(%esp), %edx
	movl 16(%esp), %ecx
	pushl 12(%esp)
	andl $~RFLAGS_IF, (%esp)
	popfl
	sti /* takes effect after the next instruction */
	sysexit
	.pushsection .exception_table, "a"
	.long 1b, 2b
	.popsection

	.macro exception n:req error:req
	.p2align 4
4:	.if !\error
	pushl $0
	.endif
	enter
	movl $\n, %edx
	call native_exception
	jmp leave_kernel
	.pushsection .rodata
	.long 4b
	.popsection
	.endm

	.macro interrupt name:req vector:req
	.globl entry_\name
entry_\name:
	pushl $0
	enter
	movl $\vector, %edx
	call native_interrupt
	jmp leave_kernel
	.endm

	interrupt timer VECTOR_TIMER
	interrupt kick VECTOR_KICK

	/* A spurious interrupt needs neither a handler nor an acknowledgement. */
	.globl entry_spurious
entry_spurious:
	iret

	/* Another task, on its own stack; see tables.c. */
	.globl entry_double_fault
entry_double_fault:
	call native_double_fault
	ud2

	/* Addresses of the stubs by vector. */
	.pushsection .rodata
	.p2align 2
	.globl exception_stubs
exception_stubs:
	.popsection
	exception 0 0
	exception 1 0
	exception 2 0
	exception 3 0
	exception 4 0
	exception 5 0
	exception 6 0
	exception 7 0
	exception 8 1
	exception 9 0
	exception 10 1
	exception 11 1
	exception 12 1
	exception 13 1
	exception 14 1
	exception 15 0
	exception 16 0
	exception 17 1
	exception 18 0
	exception 19 0

	.section .note.GNU-stack, "", @progbits
