/* SPDX-License-Identifier: MIT */
/*
 * The frame that a signal handler finds on its stack, and from which the interrupted code
 * gets its registers back. The layout is part of the system-call interface, so programs,
 * debuggers and C libraries know it. From the stack pointer upwards:
 *
 *	return address		the C library's restorer, which calls rt_sigreturn
 *	ucontext		registers, signal mask, alternate stack
 *	siginfo			128 bytes
 *	(gap) FXSAVE area	512 bytes, 64-aligned; the ucontext points to it
 *
 * All functions here are pure: they fill and read frames in kernel memory, and their
 * callers copy these from and to user memory.
 */
#ifndef ARCH_SIGFRAME_H
#define ARCH_SIGFRAME_H

#include "arch/x86/fpu.h"
#include "arch/x86/regs.h"

/* The data of a signal. In user memory it has 128 bytes; the rest is zero. */
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
#define SS_AUTODISARM (1U << 31)

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

/* Addresses of frame and FXSAVE area on a stack that is in use down to `top`. */
struct sigframe_place {
	unsigned long frame, fpu;
};
struct sigframe_place sigframe_place(unsigned long top);
/* The bytes below an interrupted function's stack pointer that still belong to it. */
#define RED_ZONE 128

/* Saves *regs. The caller fills the rest of the frame, which is not touched. */
void sigframe_save(struct sigframe *f, const struct regs *regs);
/* Makes *regs start the handler with that frame, for signal `sig`. */
void sigframe_enter(struct regs *regs, const struct sigframe_place *at, unsigned long handler,
		    int sig);
/*
 * Restores *regs from the frame, except for the bits that a program must not change.
 * Returns false if the program could not continue with these registers.
 */
bool sigframe_restore(const struct sigframe *f, struct regs *regs);

#endif
