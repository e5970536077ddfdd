/* SPDX-License-Identifier: MIT */
/* See arch/x86/sigframe.h. */
#ifndef ARCH_64_SIGFRAME_H
#define ARCH_64_SIGFRAME_H

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

/* A stack for handlers, as sigaltstack() takes it. */
struct sigstack {
	unsigned long sp;
	int flags, pad;
	unsigned long size;
};

struct sigcontext {
	unsigned long r8, r9, r10, r11, r12, r13, r14, r15;
	unsigned long di, si, bp, bx, dx, ax, cx, sp, ip, flags;
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

/* The FXSAVE area is all there is of the floating-point state. */
#define FPSTATE_FXSAVE 0

/* The bytes below an interrupted function's stack pointer that still belong to it. */
#define RED_ZONE 128

#endif
