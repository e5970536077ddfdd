/* SPDX-License-Identifier: MIT */
/*
 * Entry into the kernel and exit from it under Xen.
 *
 * Xen builds the frame that the processor would build, on the stack that stack_switch has
 * set for an entry from user mode, otherwise on the current one:
 *
 *	[error code] EIP CS EFLAGS [ESP SS]
 *
 * with ESP and SS only if the ring changes. The kernel runs in ring 1, user code in ring 3,
 * on the same page tables. The exit is the iret hypercall, which restores the event mask
 * from EFLAGS; its stub pushes EAX itself.
 */
#include "xen/public.h"

#include "arch/x86/32/save_regs.inc"
#include "arch/x86/regs.h"
#include "xen/32/segments.h"

#define IRET_STUB (hypercall_page + __HYPERVISOR_iret * 32)

	.macro enter
	save_regs FLAT_KERNEL_DS PER_CPU_SELECTOR
	.endm

	.text

	.globl return_to_frame
return_to_frame:
	movl %eax, %esp
leave_kernel:
	restore_regs
	addl $4, %esp
	jmp IRET_STUB

	/* INT $0x80. */
	.globl entry_syscall
entry_syscall:
	pushl $0
	enter
	call xen_syscall
	jmp leave_kernel

	.globl entry_event
entry_event:
	pushl $0
	enter
	call xen_event
	jmp leave_kernel

	/* Xen could not load a segment on return to us: it has no business failing. */
	.globl entry_failsafe
entry_failsafe:
	enter
	call xen_failsafe
	ud2

	.macro trap n:req error:req
	.p2align 4
3:	.if !\error
	pushl $0
	.endif
	enter
	movl $\n, %edx
	call xen_trap
	jmp leave_kernel
	.pushsection .rodata
	.long 3b
	.popsection
	.endm

	/* Addresses of the stubs by vector, for the trap table. */
	.pushsection .rodata
	.p2align 2
	.globl trap_stubs
trap_stubs:
	.popsection
	trap 0 0
	trap 1 0
	trap 2 0
	trap 3 0
	trap 4 0
	trap 5 0
	trap 6 0
	trap 7 0
	trap 8 1
	trap 9 0
	trap 10 1
	trap 11 1
	trap 12 1
	trap 13 1
	trap 14 1
	trap 15 0
	trap 16 0
	trap 17 1
	trap 18 0
	trap 19 0

	.section .note.GNU-stack, "", @progbits
