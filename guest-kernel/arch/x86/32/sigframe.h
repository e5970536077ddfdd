/* SPDX-License-Identifier: MIT */
/*
 * See arch/x86/sigframe.h. The handler's arguments are in the frame, after the return
 * address. For a handler without SA_SIGINFO Linux has a shorter frame, in which programs
 * use only the first argument. Here both kinds of handler get the same frame.
 */
#ifndef ARCH_32_SIGFRAME_H
#define ARCH_32_SIGFRAME_H

/* The data of a signal. In user memory it has 128 bytes; the rest is zero. */
struct siginfo {
	int signo, error, code;
	union {
		struct {
			int pid;
			u32 uid;
			u32 value;
		} from;
		struct {
			int pid;
			u32 uid;
			int status;
			u32 utime, stime; /* clock ticks */
		} child;
		u32 addr;
	};
};

/* A stack for handlers, in the format of sigaltstack(). */
struct sigstack {
	unsigned long sp;
	int flags;
	unsigned long size;
};

/* Segment registers take a word each. */
struct sigcontext {
	unsigned long gs, fs, es, ds;
	unsigned long di, si, bp, sp, bx, dx, cx, ax;
	unsigned long trapno, err, ip, cs, flags, sp_at_signal, ss;
	unsigned long fpstate; /* user address, or 0 */
	unsigned long oldmask, cr2;
};

/* Offset of the FXSAVE area: before it is the x87 state in its older format, not written. */
#define FPSTATE_FXSAVE 112

struct sigframe {
	unsigned long restorer;
	int sig;
	unsigned long info_at, uc_at;
	struct siginfo info;
	char info_rest[SIGINFO_SIZE - sizeof(struct siginfo)];
	struct {
		unsigned long flags, link;
		struct sigstack stack;
		struct sigcontext mc;
		u64 mask;
	} uc;
};

/* Bytes below an interrupted function's stack pointer that still belong to it. */
#define RED_ZONE 0

#endif
