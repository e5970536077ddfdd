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

#define SIGINFO_SIZE 128

#define SS_ONSTACK    1
#define SS_DISABLE    2
#define SS_AUTODISARM (1U << 31)

#ifdef __x86_64__
#include "arch/x86/64/sigframe.h"
#else
#include "arch/x86/32/sigframe.h"
#endif

/* Addresses of frame and FXSAVE area on a stack that is in use down to `top`. */
struct sigframe_place {
	unsigned long frame, fpu;
};
struct sigframe_place sigframe_place(unsigned long top);

#if WORD_BITS == 32
/* Puts the handler's arguments into the frame. On 64 bits they are in registers only. */
void sigframe_arguments(struct sigframe *f, const struct sigframe_place *at, int sig);
#else
#define sigframe_arguments(f, at, sig)
#endif
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
