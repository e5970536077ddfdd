/* SPDX-License-Identifier: MIT */
/*
 * Ticketless spin lock and a reader-writer spin lock. Interrupts need no care:
 * the kernel runs with events masked.
 */
#ifndef ARCH_SPINLOCK_H
#define ARCH_SPINLOCK_H

#include "arch/x86/cpu.h"

typedef struct {
	u32 held;
} spinlock_t;

static inline void spin_lock(spinlock_t *l)
{
	while (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static inline void spin_unlock(spinlock_t *l)
{
	__atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
}

/* readers: bits 1.. count them; bit 0 is the writer. */
typedef struct {
	u32 state;
} rwlock_t;

static inline void read_lock(rwlock_t *l)
{
	while (__atomic_add_fetch(&l->state, 2, __ATOMIC_ACQUIRE) & 1) {
		__atomic_sub_fetch(&l->state, 2, __ATOMIC_RELAXED);
		cpu_relax();
	}
}

static inline void read_unlock(rwlock_t *l)
{
	__atomic_sub_fetch(&l->state, 2, __ATOMIC_RELEASE);
}

static inline void write_lock(rwlock_t *l)
{
	u32 expect = 0;

	while (!__atomic_compare_exchange_n(&l->state, &expect, 1, false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		expect = 0;
		cpu_relax();
	}
}

static inline void write_unlock(rwlock_t *l)
{
	__atomic_sub_fetch(&l->state, 1, __ATOMIC_RELEASE);
}

#endif
