/* SPDX-License-Identifier: MIT */
/*
 * Switching kernel stacks. Only the callee-saved registers of the C calling convention
 * must be saved; user registers are further up on the stack.
 */
	.text
	.globl switch_stacks
switch_stacks:
	pushl %ebp
	pushl %ebx
	pushl %esi
	pushl %edi
	movl %esp, (%eax)
	movl %edx, %esp
	popl %edi
	popl %esi
	popl %ebx
	popl %ebp
	ret

	/* EBX: function of a kernel thread; ESI: frame of a forked process. */
	.globl task_entry
task_entry:
	call finish_switch
	testl %esi, %esi
	jnz 1f
	call *%ebx
	ud2
1:	movl %esi, %eax
	call return_to_user
	ud2

	.section .note.GNU-stack, "", @progbits
