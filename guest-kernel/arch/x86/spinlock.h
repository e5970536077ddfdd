/* SPDX-License-Identifier: MIT */
/*
 * A spin lock without tickets, and a reader-writer spin lock. They need not mask
 * interrupts, because the kernel runs with events masked.
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

/*
 * Bit 0 is the writer, bit 1 is a waiting writer, the rest counts readers. A waiting
 * writer blocks new readers; otherwise threads that fault all the time could starve it. So
 * a CPU must not take the lock for reading twice.
 */
typedef struct {
	u32 state;
} rwlock_t;

#define RW_WRITER 1u
#define RW_WANTED 2u
#define RW_READER 4u

static inline void read_lock(rwlock_t *l)
{
	while (__atomic_add_fetch(&l->state, RW_READER, __ATOMIC_ACQUIRE) &
	       (RW_WRITER | RW_WANTED)) {
		__atomic_sub_fetch(&l->state, RW_READER, __ATOMIC_RELAXED);
		do {
			cpu_relax();
		} while (__atomic_load_n(&l->state, __ATOMIC_RELAXED) & (RW_WRITER | RW_WANTED));
	}
}

static inline void read_unlock(rwlock_t *l)
{
	__atomic_sub_fetch(&l->state, RW_READER, __ATOMIC_RELEASE);
}

static inline void write_lock(rwlock_t *l)
{
	u32 expect = 0;

	while (!__atomic_compare_exchange_n(&l->state, &expect, RW_WRITER, false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		if (!(expect & RW_WANTED))
			__atomic_or_fetch(&l->state, RW_WANTED, __ATOMIC_RELAXED);
		cpu_relax();
		expect = RW_WANTED;
	}
}

static inline void write_unlock(rwlock_t *l)
{
	__atomic_sub_fetch(&l->state, RW_WRITER, __ATOMIC_RELEASE);
}

#endif
