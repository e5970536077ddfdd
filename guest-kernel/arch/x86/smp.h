/* SPDX-License-Identifier: MIT */
/*
 * Cross-calls: having another CPU run a function, for what only that CPU can do
 * to itself, such as moving off a page-table tree.
 *
 * The kernel is not interrupted, so a CPU answers at certain points only: when a
 * kick arrives (out of user mode, out of idling, at the latest when it leaves the
 * kernel), and in every spin loop, through cpu_relax(). That is why no two CPUs
 * can wait for each other for ever:
 *
 *  - A CPU with a call to answer is in user mode or idle, and is kicked out of it;
 *    or it executes kernel code that ends in one of these; or it spins, and then it
 *    answers where it is, whatever it holds and whoever holds what it wants. So
 *    each call is answered after a bounded number of its own instructions.
 *  - What a call runs takes no locks and calls nobody itself, so answering ends.
 *  - A caller that waits answers too, so callers may call each other.
 *
 * A function that is called thus runs in foreign context: any lock may be held
 * around it, by the interrupted code itself. It may touch only its argument and
 * what belongs to this CPU and is never left half-changed around a spin loop.
 */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H

#include "arch/x86/cpu.h"

/*
 * Runs fn(arg) on each other CPU in the mask and returns when all have; their
 * memory accesses in it are visible then. Locks may be held. This CPU's own bit
 * is ignored.
 */
void smp_call(unsigned long mask, void (*fn)(void *arg), void *arg);

/*
 * Makes all other CPUs stand still where they hold nothing and have nothing
 * half-done. None of them may wait in the kernel for what the caller holds. False
 * if another CPU is about it, which could never have this one stand still.
 */
bool smp_stop_others(void);
void smp_release_others(void);

/* What a kick leads to: answers, and stands still as long as another wants. */
void smp_rest(void);

#endif
