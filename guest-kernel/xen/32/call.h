/* SPDX-License-Identifier: MIT */
/*
 * How a hypercall is made on 32 bits (xen/arch-x86/xen-x86_32.h): arguments go in
 * EBX ECX EDX ESI EDI, the result comes back in EAX. None of ours has five.
 */
#ifndef XEN_32_CALL_H
#define XEN_32_CALL_H

#include "arch/x86/types.h"

extern char hypercall_page[];

/* `counting` is done just before. */
#define HYPERCALL_ASM(nr, counting, a1, a2, a3, a4, a5)                                            \
	({                                                                                         \
		long ret_;                                                                         \
		unsigned long a1_ = (unsigned long)(a1), a2_ = (unsigned long)(a2),                \
			      a3_ = (unsigned long)(a3), a4_ = (unsigned long)(a4);                \
		_Static_assert((a5) == 0, "a fifth argument");                                     \
		counting;                                                                          \
		asm volatile("call hypercall_page + %c[off]"                                       \
			     : "=a"(ret_), "+b"(a1_), "+c"(a2_), "+d"(a3_), "+S"(a4_)              \
			     : [off] "i"((nr)*32)                                                  \
			     : "memory", "cc");                                                    \
		ret_;                                                                              \
	})

static inline long hypercall_raw(unsigned long nr, unsigned long a1, unsigned long a2,
				 unsigned long a3, unsigned long a4)
{
	long ret = (long)(hypercall_page + nr * 32);

	asm volatile("call *%0"
		     : "+a"(ret), "+b"(a1), "+c"(a2), "+d"(a3), "+S"(a4)
		     :
		     : "memory", "cc");
	return ret;
}

#endif
