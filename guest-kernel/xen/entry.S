/* SPDX-License-Identifier: MIT */
/*
 * Entry into the kernel and exit from it under Xen.
 *
 * Xen builds this frame, on the kernel stack for an entry from user mode, otherwise on the
 * current one:
 *
 *	RCX R11 [error code] RIP CS RFLAGS RSP SS
 *
 * with RCX on top. On an entry from user mode Xen has switched GS and cr3 already. CS has
 * RPL 3 if the interrupted code was user code, and 0 if it was ours. We convert the frame
 * to struct regs. The exit is the iret hypercall, which takes the frame {flags rip cs
 * rflags rsp ss}; its stub pushes RCX, R11 and RAX itself.
 */
#include "xen/public.h"

#include "arch/x86/regs.h"
#include "arch/x86/save_regs.inc"

#define IRET_STUB (hypercall_page + __HYPERVISOR_iret * 32)

	/* Restores RCX and R11; the place of R11 becomes regs->orig. */
	.macro pop_rcx_r11_noerror
	popq %rcx
	movq (%rsp), %r11
	movq $0, (%rsp)
	.endm

	.macro pop_rcx_r11_error
	popq %rcx
	popq %r11
	.endm

	.text

	/* Exit: regs->orig must hold the VGCF flags of the return. */
	.globl return_to_frame
return_to_frame:
	movq %rdi, %rsp
leave_kernel:
	restore_regs
	jmp IRET_STUB

	.globl entry_syscall
entry_syscall:
	pop_rcx_r11_noerror
	save_regs
	call xen_syscall
	jmp leave_kernel

	.globl entry_event
entry_event:
	pop_rcx_r11_noerror
	save_regs
	call xen_event
	jmp leave_kernel

	/* Xen could not load a segment on the return to us, which must not happen. */
	.globl entry_failsafe
entry_failsafe:
	call xen_failsafe
	ud2

	.macro trap n:req error:req
	.p2align 4
1:	.if \error
	pop_rcx_r11_error
	.else
	pop_rcx_r11_noerror
	.endif
	save_regs
	movl $\n, %esi
	call xen_trap
	jmp leave_kernel
	.pushsection .rodata
	.quad 1b
	.popsection
	.endm

	/* Addresses of the stubs by vector, for the trap table. */
	.pushsection .rodata
	.p2align 3
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
