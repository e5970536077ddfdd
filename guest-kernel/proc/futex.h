/* SPDX-License-Identifier: MIT */
/*
 * Sleeping on a word of user memory: what a C library makes locks, condition
 * variables and joining of threads from. Addresses are the user's and aligned to 4.
 */
#ifndef PROC_FUTEX_H
#define PROC_FUTEX_H

#include "arch/x86/types.h"

struct task;

#define FUTEX_ANY 0xffffffffu

/*
 * Sleeps until woken, if the word still has the value: 0. -EAGAIN if it has not, -EFAULT,
 * -ETIMEDOUT at that monotonic time (ns, 0: none), or why it was interrupted. `bits`:
 * which wakers it hears. `private`: nobody outside of the address space wakes.
 */
long futex_wait(unsigned long va, u32 value, u32 bits, u64 deadline, bool private);
/* Wakes up to n waiters that hear one of the bits; returns how many. */
long futex_wake(unsigned long va, unsigned n, u32 bits, bool private);
/*
 * Wakes n waiters of the first word and has up to `moved` others wait for the second
 * one; returns both numbers' sum. With `value`, only if the first word has that: else -EAGAIN.
 */
long futex_requeue(unsigned long va, unsigned n, unsigned long to, unsigned moved, const u32 *value,
		   bool private);
/*
 * Changes the second word as `op` says, wakes n waiters of the first, and, if the old
 * value compares as `op` says, n2 of the second.
 */
long futex_wake_op(unsigned long va, unsigned n, unsigned long va2, unsigned n2, u32 op,
		   bool private);
/* A thread ends: marks the locks on its list, which others wait for, as their owner's death. */
void futex_owner_died(struct task *t);

#endif
