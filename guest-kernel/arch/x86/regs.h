/* SPDX-License-Identifier: MIT */
/*
 * Registers of interrupted code, and traps. The entry stubs store struct regs on the
 * kernel stack. Each width has its own registers; those that all code uses have the same
 * names on both: ax, sp, ip, flags.
 */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

#ifndef __ASSEMBLER__
#include "arch/x86/types.h"
#endif

#ifdef __x86_64__
#include "arch/x86/64/regs.h"
#else
#include "arch/x86/32/regs.h"
#endif

#ifndef __ASSEMBLER__
static inline bool regs_from_user(const struct regs *r)
{
	return (r->cs & 3) == 3;
}
#endif

#define RFLAGS_IF    0x200
#define RFLAGS_FIXED 0x002
#define RFLAGS_TF    0x100

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
