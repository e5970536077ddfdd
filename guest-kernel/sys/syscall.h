/* SPDX-License-Identifier: MIT */
/*
 * System calls, with the numbers and behaviour of x86-64 Linux, as far as they are
 * implemented. Each call is one SYSCALL line next to its function; the linker builds the
 * table.
 */
#ifndef SYS_SYSCALL_H
#define SYS_SYSCALL_H

#include "arch/x86/regs.h"

#define MAX_SYSCALL 512

/* Arguments 1 to 6; regs is for the few calls that change more than the result. */
struct syscall_args {
	unsigned long a[6];
	struct regs *regs;
};

struct syscall {
	unsigned nr;
	long (*fn)(const struct syscall_args *args);
};

#define SYSCALL(number, name)                                                                      \
	static long sys_##name(const struct syscall_args *args);                                   \
	static const struct syscall syscall_##name __used __section("syscalls")                    \
		__aligned(16) = {number, sys_##name};                                              \
	static long sys_##name(const struct syscall_args *args)

void syscall_init(void);
/* Emits a warning record for each system call that was made but is not implemented. */
void syscall_report_unknown(void);

#endif
