/* SPDX-License-Identifier: MIT */
/*
 * How a hypercall is made on 64 bits (xen/arch-x86/xen-x86_64.h): arguments go in
 * RDI RSI RDX R10 R8, the result comes back in RAX.
 */
#ifndef XEN_64_CALL_H
#define XEN_64_CALL_H

#include "arch/x86/types.h"

extern char hypercall_page[];

/* `counting` is done just before. */
#define HYPERCALL_ASM(nr, counting, a1, a2, a3, a4, a5)                                            \
	({                                                                                         \
		long ret_;                                                                         \
		unsigned long a1_ = (unsigned long)(a1), a2_ = (unsigned long)(a2),                \
			      a3_ = (unsigned long)(a3);                                           \
		register unsigned long a4_ asm("r10") = (unsigned long)(a4);                       \
		register unsigned long a5_ asm("r8") = (unsigned long)(a5);                        \
		counting;                                                                          \
		asm volatile("call hypercall_page + %c[off]"                                       \
			     : "=a"(ret_), "+D"(a1_), "+S"(a2_), "+d"(a3_), "+r"(a4_), "+r"(a5_)   \
			     : [off] "i"((nr)*32)                                                  \
			     : "memory", "rcx", "r11", "cc");                                      \
		ret_;                                                                              \
	})

static inline long hypercall_raw(unsigned long nr, unsigned long a1, unsigned long a2,
				 unsigned long a3, unsigned long a4)
{
	long ret = (long)(hypercall_page + nr * 32);
	register unsigned long r10 asm("r10") = a4;

	asm volatile("call *%0"
		     : "+a"(ret), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10)
		     :
		     : "memory", "rcx", "r8", "r11", "cc");
	return ret;
}

#endif
