/* SPDX-License-Identifier: MIT */
/*
 * The registers of interrupted code, as the entry stubs store them on the kernel stack.
 * The part that starts at `orig` is the frame that Xen's iret hypercall reads (struct
 * iret_context), in which `orig` holds the VGCF flags.
 */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

#ifndef __ASSEMBLER__
#include "arch/x86/types.h"

struct regs {
	unsigned long r15, r14, r13, r12, rbp, rbx;
	unsigned long r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	unsigned long orig; /* on entry: error code; on exit: VGCF flags */
	unsigned long rip, cs, rflags, rsp, ss;
};

static inline bool regs_from_user(const struct regs *r)
{
	return (r->cs & 3) == 3;
}
#endif

#define RFLAGS_IF    0x200
#define RFLAGS_FIXED 0x002

#define TRAP_DE	 0
#define TRAP_UD	 6
#define TRAP_DF	 8
#define TRAP_GP	 13
#define TRAP_PF	 14
#define NR_TRAPS 20

/* Page-fault error code. */
#define PF_PRESENT 1
#define PF_WRITE   2
#define PF_USER	   4
#define PF_INSN	   16

#endif
