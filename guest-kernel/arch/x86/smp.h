/* SPDX-License-Identifier: MIT */
/*
 * Cross-calls: they make another CPU run a function, for work that only that CPU can do,
 * for example leaving a page-table tree.
 *
 * The kernel is not interrupted, so a CPU answers only at certain points: when a kick
 * arrives (in user mode, while idle, or at the latest when it leaves the kernel), and in
 * every spin loop, through cpu_relax(). So two CPUs cannot wait for each other for ever:
 *
 *  - A CPU with a call to answer is in user mode or idle, and the kick ends that; or it
 *    executes kernel code that ends in one of these; or it spins, and answers there,
 *    whatever locks it holds and whoever owns the lock that it waits for. So each call is
 *    answered after a bounded number of its own instructions.
 *  - A called function takes no locks and makes no calls, so answering ends.
 *  - A caller that waits answers too, so callers may call each other.
 *
 * A called function runs in a foreign context: the interrupted code may hold any lock. The
 * function may touch only its argument, and data of this CPU that is never inconsistent
 * around a spin loop.
 */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H

#include "arch/x86/cpu.h"

/*
 * Runs fn(arg) on each other CPU in the mask, and returns when all have finished. Their
 * memory accesses are visible then. Locks may be held. This CPU's own bit is ignored.
 */
void smp_call(unsigned long mask, void (*fn)(void *arg), void *arg);

/*
 * Makes all other CPUs stand still in a consistent state, without locks. No CPU may wait
 * in the kernel for a lock of the caller. Returns false if another CPU is stopping the
 * others, because then this CPU could never be stopped.
 */
bool smp_stop_others(void);
void smp_release_others(void);

/* The handler of a kick: answers calls, and stands still as long as another CPU requires it. */
void smp_rest(void);

#endif
