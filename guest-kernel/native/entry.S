/* SPDX-License-Identifier: MIT */
/*
 * Entry into the kernel and exit from it, without Xen.
 *
 * For exceptions and interrupts the processor pushes SS RSP RFLAGS CS RIP and, for some,
 * an error code: the end of struct regs. From user mode it pushes them on the stack that
 * the TSS names. SYSCALL pushes nothing and does not change the stack; it saves RIP in RCX
 * and RFLAGS in R11.
 *
 * GS belongs to the kernel inside and to the user outside: swapgs at each crossing of that
 * border, and only there.
 */
#include "arch/x86/regs.h"
#include "arch/x86/save_regs.inc"
#include "native/descriptors.h"

/* Offset from the top of the stack that save_regs finds: error code, RIP, CS. */
#define FRAME_CS 16

	.macro swapgs_if_user
	testb $3, FRAME_CS(%rsp)
	jz 1f
	swapgs
1:
	.endm

	.text

	/* Exit with a frame of either mode. */
	.globl return_to_frame
return_to_frame:
	movq %rdi, %rsp
leave_kernel:
	restore_regs
	swapgs_if_user
	addq $8, %rsp
	iretq

	.globl entry_syscall
entry_syscall:
	swapgs
	movq %rsp, %gs:CPU_USER_SP
	movq %gs:CPU_KERNEL_SP, %rsp
	pushq $USER_DS
	pushq %gs:CPU_USER_SP
	pushq %r11
	pushq $USER_CS
	pushq %rcx
	pushq $0
	save_regs
	call native_syscall
	restore_regs
	/* A system call may destroy RCX and R11. */
	movq 8(%rsp), %rcx
	movq 24(%rsp), %r11
	movq 32(%rsp), %rsp
	swapgs
	sysretq

	.macro exception n:req error:req
	.p2align 4
2:	.if !\error
	pushq $0
	.endif
	swapgs_if_user
	save_regs
	movl $\n, %esi
	call native_exception
	jmp leave_kernel
	.pushsection .rodata
	.quad 2b
	.popsection
	.endm

	.macro interrupt name:req vector:req
	.globl entry_\name
entry_\name:
	pushq $0
	swapgs_if_user
	save_regs
	movl $\vector, %esi
	call native_interrupt
	jmp leave_kernel
	.endm

	interrupt timer VECTOR_TIMER
	interrupt kick VECTOR_KICK

	/* A spurious interrupt needs neither a handler nor an acknowledgement. */
	.globl entry_spurious
entry_spurious:
	iretq

	/* Addresses of the stubs by vector. */
	.pushsection .rodata
	.p2align 3
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
