/* SPDX-License-Identifier: MIT */
/*
 * See arch/x86/regs.h. The part that starts at `ip` is the frame of the processor, which
 * Xen builds. `sp` and `ss` are in it only if the ring changes, so interrupted kernel code
 * has none. The upper half of `cs` is Xen's.
 */
#ifndef ARCH_32_REGS_H
#define ARCH_32_REGS_H

#ifndef __ASSEMBLER__
struct regs {
	unsigned long bx, cx, dx, si, di, bp, ax;
	unsigned long ds, es, fs, gs;
	unsigned long orig; /* on entry: error code */
	unsigned long ip, cs, flags, sp, ss;
};

/* A system call's arguments, in order. */
#define REGS_ARGUMENTS(r)                                                                          \
	{                                                                                          \
		(r)->bx, (r)->cx, (r)->dx, (r)->si, (r)->di, (r)->bp                               \
	}
#endif

#define REGS_SET_DATA_SEGMENTS(r, segment) ((r)->ds = (r)->es = (segment))

/* System calls are an interrupt. */
#define HAS_SYSCALL_VECTOR 1
#define SYSCALL_VECTOR	   0x80

/* The number of registers that proc/32/switch.S saves beside EBP, EBX and ESI. */
#define SWITCH_OTHERS 1

/* Their names in messages. */
#define IP_NAME "eip"
#define SP_NAME "esp"

#endif
