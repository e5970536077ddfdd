/* SPDX-License-Identifier: MIT */
/*
 * Switching kernel stacks. Only the callee-saved registers of the C calling convention
 * must be saved; user registers are further up on the stack.
 */
	.text
	.globl switch_stacks
switch_stacks:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rdi)
	movq %rsi, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	/* RBX: function of a kernel thread; R12: frame of a forked process. */
	.globl task_entry
task_entry:
	call finish_switch
	testq %r12, %r12
	jnz 1f
	call *%rbx
	ud2
1:	movq %r12, %rdi
	call return_to_user
	ud2

	.section .note.GNU-stack, "", @progbits
