// SPDX-License-Identifier: MIT
/*
 * The compiler's own library calls: it calls these functions for operations on 64-bit
 * numbers that a 32-bit machine has no instruction for, by the names of its library, which
 * is not linked.
 *
 * The processor divides 64 bits by 32 if the result has 32 bits. If the divisor has more,
 * its highest 32 bits are taken. The result is then one too large at most, and is corrected.
 */
#include "lib/types.h"

int __ctzdi2(u64 v);
u64 __udivmoddi4(u64 n, u64 d, u64 *rest);
u64 __udivdi3(u64 n, u64 d);
u64 __umoddi3(u64 n, u64 d);
s64 __divdi3(s64 n, s64 d);
s64 __moddi3(s64 n, s64 d);

/* high < d */
static u32 divide_word(u32 high, u32 low, u32 d, u32 *rest)
{
	u32 q;

	asm("divl %4" : "=a"(q), "=d"(*rest) : "a"(low), "d"(high), "rm"(d) : "cc");
	return q;
}

u64 __udivmoddi4(u64 n, u64 d, u64 *rest)
{
	u32 high = (u32)(n >> 32), low = (u32)n, r;
	unsigned shift;
	u64 q;

	if (!(d >> 32)) {
		q = (u64)divide_word(0, high, (u32)d, &r) << 32;
		q |= divide_word(r, low, (u32)d, &r);
		*rest = r;
		return q;
	}
	/* The divisor's highest 32 bits, and half of n: with all of it the result might not fit. */
	shift = (unsigned)__builtin_clz((u32)(d >> 32));
	q = divide_word((u32)(n >> 33), (u32)(n >> 1), (u32)((d << shift) >> 32), &r);
	q = q << shift >> 31;
	if (q)
		q--;
	*rest = n - q * d;
	if (*rest >= d) {
		*rest -= d;
		q++;
	}
	return q;
}

u64 __udivdi3(u64 n, u64 d)
{
	u64 rest;

	return __udivmoddi4(n, d, &rest);
}

u64 __umoddi3(u64 n, u64 d)
{
	u64 rest;

	__udivmoddi4(n, d, &rest);
	return rest;
}

static u64 magnitude(s64 v)
{
	return v < 0 ? -(u64)v : (u64)v;
}

s64 __divdi3(s64 n, s64 d)
{
	u64 q = __udivdi3(magnitude(n), magnitude(d));

	return (s64)((n < 0) != (d < 0) ? -q : q);
}

s64 __moddi3(s64 n, s64 d)
{
	u64 rest = __umoddi3(magnitude(n), magnitude(d));

	return (s64)(n < 0 ? -rest : rest);
}

/* The number of zero bits below the lowest one. */
int __ctzdi2(u64 v)
{
	u32 low = (u32)v;

	return low ? __builtin_ctz(low) : 32 + __builtin_ctz((u32)(v >> 32));
}

u64 fetch_add_64(volatile u64 *p, u64 n, int order) asm("__atomic_fetch_add_8");
u64 fetch_add_64(volatile u64 *p, u64 n, int order)
{
	u64 old = *p;
	bool same;

	(void)order;
	do {
		u64 new = old + n;

		asm volatile("lock cmpxchg8b %1"
			     : "=@ccz"(same), "+m"(*p), "+A"(old)
			     : "b"((u32) new), "c"((u32)(new >> 32))
			     : "memory");
	} while (!same);
	return old;
}
