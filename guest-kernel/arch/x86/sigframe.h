/* SPDX-License-Identifier: MIT */
/*
 * What a signal handler finds on its stack, and what gives the interrupted code its
 * registers back: the layout is part of the system-call interface, so programs (and
 * debuggers, and C libraries) know it. From the stack pointer upwards:
 *
 *	return address		the C library's restorer, which calls rt_sigreturn
 *	ucontext		registers, signal mask, alternate stack
 *	siginfo			128 bytes
 *	(gap) FXSAVE area	512 bytes, 64-aligned; the ucontext points to it
 *
 * Everything here is pure: frames are filled and read in kernel memory, and whoever
 * calls copies them from and to the user's.
 */
#ifndef ARCH_SIGFRAME_H
#define ARCH_SIGFRAME_H

#include "arch/x86/fpu.h"
#include "arch/x86/regs.h"

/* What a signal tells. User memory has 128 bytes of it, all zero behind these. */
struct siginfo {
	int signo, error, code, pad;
	union {
		struct {
			int pid;
			u32 uid;
			u64 value;
		} from;
		struct {
			int pid;
			u32 uid;
			int status, pad;
			u64 utime, stime; /* clock ticks */
		} child;
		u64 addr;
		u64 raw[4];
	};
};
#define SIGINFO_SIZE 128

/* A stack for handlers, as sigaltstack() takes it. */
struct sigstack {
	unsigned long sp;
	int flags, pad;
	unsigned long size;
};
#define SS_ONSTACK    1
#define SS_DISABLE    2
#define SS_AUTODISARM (1 << 31)

struct sigcontext {
	unsigned long r8, r9, r10, r11, r12, r13, r14, r15;
	unsigned long rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
	u16 cs, gs, fs, ss;
	unsigned long err, trapno, oldmask, cr2;
	unsigned long fpstate; /* user address, or 0 */
	unsigned long reserved[8];
};

struct sigframe {
	unsigned long restorer;
	struct {
		unsigned long flags, link;
		struct sigstack stack;
		struct sigcontext mc;
		u64 mask;
	} uc;
	struct siginfo info;
	char info_rest[SIGINFO_SIZE - sizeof(struct siginfo)];
};

/* Where frame and FXSAVE area go on a stack that is used down to `top`. */
struct sigframe_place {
	unsigned long frame, fpu;
};
struct sigframe_place sigframe_place(unsigned long top);
/* Below an interrupted function's stack pointer lie bytes that are still its own. */
#define RED_ZONE 128

/* Saves *regs; the rest of the frame is the caller's to fill and is not touched. */
void sigframe_save(struct sigframe *f, const struct regs *regs);
/* Makes *regs start the handler with that frame, for signal `sig`. */
void sigframe_enter(struct regs *regs, const struct sigframe_place *at, unsigned long handler,
		    int sig);
/*
 * Gives *regs back what was saved, except for what a program has no say in. False if
 * it could not be gone on with.
 */
bool sigframe_restore(const struct sigframe *f, struct regs *regs);

#endif
