/* SPDX-License-Identifier: MIT */
/* See arch/x86/insn.h. The per-CPU segment is GS. */
#ifndef ARCH_64_INSN_H
#define ARCH_64_INSN_H

#include "lib/types.h"

#define FXSAVE	"fxsave64"
#define FXRSTOR "fxrstor64"

static __always_inline void *per_cpu_self(void)
{
	void *p;

	asm volatile("movq %%gs:0, %0" : "=r"(p));
	return p;
}

/* One instruction. */
static __always_inline void per_cpu_add(size_t offset, u64 n)
{
	asm volatile("addq %1, %%gs:%c0" ::"i"(offset), "er"(n) : "memory");
}

#define CODE_ADDRESS(p) asm("leaq 0(%%rip), %0" : "=r"(p))

static __always_inline u64 entry_load(const u64 *entry)
{
	return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

static __always_inline void entry_store(u64 *entry, u64 v)
{
	__atomic_store_n(entry, v, __ATOMIC_RELAXED);
}

static __always_inline bool entry_exchange(u64 *entry, u64 *old, u64 v)
{
	return __atomic_compare_exchange_n(entry, old, v, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

static inline u64 scale_32(u64 a, u64 b)
{
	return (u64)(((unsigned __int128)a * b) >> 32);
}

#endif
