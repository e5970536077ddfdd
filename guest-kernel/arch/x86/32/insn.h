/* SPDX-License-Identifier: MIT */
/*
 * See arch/x86/insn.h. The per-CPU segment is FS, because programs use GS for their
 * thread-local storage.
 *
 * A page-table entry has two halves, and the processor may read it at any moment. The
 * present bit is in the low half. So the low half is written last when an entry appears,
 * and first when it vanishes. An entry that stays present changes in one piece.
 */
#ifndef ARCH_32_INSN_H
#define ARCH_32_INSN_H

#include "lib/types.h"

#define FXSAVE	"fxsave"
#define FXRSTOR "fxrstor"

static __always_inline void *per_cpu_self(void)
{
	void *p;

	asm volatile("movl %%fs:0, %0" : "=r"(p));
	return p;
}

/* Two instructions. */
static __always_inline void per_cpu_add(size_t offset, u64 n)
{
	asm volatile("addl %1, %%fs:%c0\n"
		     "adcl %2, %%fs:%c0+4" ::"i"(offset),
		     "ri"((u32)n), "ri"((u32)(n >> 32))
		     : "memory", "cc");
}

#define CODE_ADDRESS(p) asm("1: movl $1b, %0" : "=r"(p))

/* The halves belong together if the low one is the same before and after the high one. */
static inline u64 entry_load(const u64 *entry)
{
	const volatile u32 *half = (const volatile u32 *)entry;
	u32 low, high;

	do {
		low = half[0];
		high = half[1];
	} while (low != half[0]);
	return (u64)high << 32 | low;
}

static inline bool entry_exchange(u64 *entry, u64 *old, u64 v)
{
	bool same;

	asm volatile("lock cmpxchg8b %1"
		     : "=@ccz"(same), "+m"(*entry), "+A"(*old)
		     : "b"((u32)v), "c"((u32)(v >> 32))
		     : "memory");
	return same;
}

static inline void entry_store(u64 *entry, u64 v)
{
	volatile u32 *half = (volatile u32 *)entry;

	if (!(v & 1)) {
		half[0] = (u32)v;
		half[1] = (u32)(v >> 32);
	} else if (!(half[0] & 1)) {
		half[1] = (u32)(v >> 32);
		half[0] = (u32)v;
	} else {
		u64 old = *entry;

		while (!entry_exchange(entry, &old, v))
			;
	}
}

static inline u64 scale_32(u64 a, u64 b)
{
	u32 al = (u32)a, ah = (u32)(a >> 32), bl = (u32)b, bh = (u32)(b >> 32);
	u64 low = ((u64)al * bl) >> 32;

	return low + (u64)ah * bl + (u64)al * bh + ((u64)(ah * bh) << 32);
}

#endif
