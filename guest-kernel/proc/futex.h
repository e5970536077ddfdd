/* SPDX-License-Identifier: MIT */
/*
 * Sleeping on a word of user memory. C libraries build locks, condition variables and the
 * joining of threads on it. Addresses are user addresses, aligned to 4.
 */
#ifndef PROC_FUTEX_H
#define PROC_FUTEX_H

#include "arch/x86/types.h"

struct task;

#define FUTEX_ANY 0xffffffffu

/*
 * Sleeps until woken, if the word has the value: 0. -EAGAIN if it has another one,
 * -EFAULT, -ETIMEDOUT at that monotonic time (ns, 0: none), or the error of an interrupted
 * call. `bits`: which wakers can wake it. `private`: only wakers in this address space.
 */
long futex_wait(unsigned long va, u32 value, u32 bits, u64 deadline, bool private);
/* Wakes up to n waiters that match one of the bits; returns how many. */
long futex_wake(unsigned long va, unsigned n, u32 bits, bool private);
/*
 * Wakes n waiters of the first word and moves up to `moved` others to the second one;
 * returns the sum of both numbers. With `value`: only if the first word has that value,
 * else -EAGAIN.
 */
long futex_requeue(unsigned long va, unsigned n, unsigned long to, unsigned moved, const u32 *value,
		   bool private);
/*
 * Changes the second word as `op` says, wakes n waiters of the first and, if the old value
 * compares as `op` says, n2 of the second.
 */
long futex_wake_op(unsigned long va, unsigned n, unsigned long va2, unsigned n2, u32 op,
		   bool private);
/*
 * A thread ends: marks the locks on its robust list with the death of their owner, and
 * wakes waiters.
 */
void futex_owner_died(struct task *t);

#endif
