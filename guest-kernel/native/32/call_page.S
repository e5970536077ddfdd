/* SPDX-License-Identifier: MIT */
/*
 * The page that a program calls for a system call (AT_SYSINFO), mapped at CALL_PAGE for
 * user mode. SYSENTER saves neither the stack pointer nor the address of the next
 * instruction. So the stack pointer is passed in EBP, whose own value, the call's sixth
 * argument, is on the stack; and the kernel returns to the end of this code. There, ECX and
 * EDX are free: SYSEXIT needs them. A call that is to be made again continues two bytes
 * before the return address, as after INT $0x80, which is there.
 */
#include "arch/x86/width.h"

	.section .text.call_page, "ax"
	.p2align PAGE_SHIFT
	.globl call_page
call_page:
	pushl %ecx
	pushl %edx
	pushl %ebp
	movl %esp, %ebp
	sysenter
	int $0x80
1:	popl %ebp
	popl %edx
	popl %ecx
	ret
	.p2align PAGE_SHIFT

	/* Where it returns. */
	.globl call_page_return
	.set call_page_return, CALL_PAGE + 1b - call_page

	.section .note.GNU-stack, "", @progbits
