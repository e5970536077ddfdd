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

/* Where the call with x86-64's number is in the machine's own numbering; MAX_SYSCALL: nowhere. */
#if WORD_BITS == 64
#define SYSCALL_NUMBER(nr) (nr)
#else
#define SYSCALL_NUMBER(nr) syscall_number(nr)
unsigned syscall_number(unsigned nr);
/* The number of the same call with times of 32 bits; MAX_SYSCALL: there is none. */
unsigned syscall_also(unsigned nr);
/* For calls that i386 alone has, or with other arguments: their number there. */
#define I386(nr)	   ((nr) + MAX_SYSCALL)
#endif

struct syscall {
	unsigned nr;
	long (*fn)(const struct syscall_args *args);
};

/* On 32 bits some are called by those that take the same in another form (sys/32/calls.c). */
#if WORD_BITS == 64
#define SYSCALL_SCOPE static
#else
#define SYSCALL_SCOPE
#endif

#define SYSCALL(number, name)                                                                      \
	SYSCALL_SCOPE long sys_##name(const struct syscall_args *args);                            \
	static const struct syscall syscall_##name __used __section("syscalls")                    \
		__aligned(sizeof(struct syscall)) = {number, sys_##name};                          \
	SYSCALL_SCOPE long sys_##name(const struct syscall_args *args)

void syscall_init(void);
/* Emits a warning record for each system call that was made but is not implemented. */
void syscall_report_unknown(void);

#endif
