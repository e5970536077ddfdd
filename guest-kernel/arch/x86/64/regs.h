/* SPDX-License-Identifier: MIT */
/*
 * See arch/x86/regs.h. The part of struct regs that starts at `orig` is the frame that
 * Xen's iret hypercall reads (struct iret_context), in which `orig` holds the VGCF flags.
 */
#ifndef ARCH_64_REGS_H
#define ARCH_64_REGS_H

#ifndef __ASSEMBLER__
struct regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig; /* on entry: error code; on exit: VGCF flags */
	unsigned long ip, cs, flags, sp, ss;
};

/* A system call's arguments, in order. */
#define REGS_ARGUMENTS(r)                                                                          \
	{                                                                                          \
		(r)->di, (r)->si, (r)->dx, (r)->r10, (r)->r8, (r)->r9                              \
	}
#endif

/* Data segments have no effect. */
#define REGS_SET_DATA_SEGMENTS(r, segment)

/* System calls have an instruction of their own. */
#define HAS_SYSCALL_VECTOR 0
#define SYSCALL_VECTOR	   0

/* The number of registers that proc/switch.S saves beside RBP, RBX and R12. */
#define SWITCH_OTHERS 3

/* Their names in messages. */
#define IP_NAME "rip"
#define SP_NAME "rsp"

#endif
