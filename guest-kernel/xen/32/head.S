/* SPDX-License-Identifier: MIT */
/*
 * The ELF notes that Xen's domain builder reads (xen/elfnote.h), the page that it fills
 * with hypercall stubs, and the first instructions. Xen starts us in ring 1, with flat
 * segments, in the kernel's own mapping, with ESI = start_info and a small boot stack.
 */
#include <xen/elfnote.h>

#include "arch/x86/width.h"

	.macro note type:req value:vararg
	.pushsection .note.xen, "a", @note
	.p2align 2
	.long 4, 2f - 1f, \type
	.asciz "Xen"
1:	\value
2:	.p2align 2
	.popsection
	.endm

	note XEN_ELFNOTE_XEN_VERSION	.asciz "xen-3.0"
	note XEN_ELFNOTE_GUEST_OS	.asciz "pvmmu"
	note XEN_ELFNOTE_LOADER		.asciz "generic"
	/* Roots may lie anywhere: of such a kernel, cr3 takes the high bits of a frame too. */
	note XEN_ELFNOTE_PAE_MODE	.asciz "yes"
	note XEN_ELFNOTE_ENTRY		.long kernel_entry
	note XEN_ELFNOTE_HYPERCALL_PAGE	.long hypercall_page
	/* Linked for the direct map: virtual = VIRT_BASE + physical. */
	note XEN_ELFNOTE_VIRT_BASE	.long DIRECT_MAP_BASE
	note XEN_ELFNOTE_PADDR_OFFSET	.long 0
	/* Feature 11 is "dom0": we know how to be one. */
	note XEN_ELFNOTE_SUPPORTED_FEATURES .long (1 << 11)

	.section .text.head, "ax"
	.globl kernel_entry
kernel_entry:
	cld
	movl $boot_stack_top, %esp
	xorl %ebp, %ebp
	movl %esi, %eax
	call xen_start
	ud2

	.section .text.hypercall_page, "ax"
	.p2align PAGE_SHIFT
	.globl hypercall_page
hypercall_page:
	/* Until Xen fills it in, a call into it traps. */
	.fill 1 << PAGE_SHIFT, 1, 0xcc

	.bss
	.p2align PAGE_SHIFT
	.globl boot_stack, boot_stack_top
boot_stack:
	.skip 4 << PAGE_SHIFT
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
