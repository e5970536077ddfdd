/* SPDX-License-Identifier: MIT */
/*
 * Failing loudly. BUG prints a panic record and takes the machine down; the
 * host reports the run as a crash with that reason. The checks are never
 * compiled out: a benchmark that goes on after a broken invariant prints wrong
 * numbers. Those that cost too much for timed code belong into the audit.
 */
#ifndef LIB_BUG_H
#define LIB_BUG_H

#include "lib/types.h"

/* Given by the platform: ends the machine; `crashed` tells those outside that it was not in order.
 */
void platform_shutdown(bool crashed) __noreturn;

/*
 * An image holds no file's name, no line's number and no condition's words, or a comment more would
 * make it another one. A panic tells the address of its call, and the build writes down what stands
 * there (mk/panic-sites.awk, bench/machine/panic_site.h). The number keeps the compiler from making
 * one call of two that are alike. How many arguments a call has decides which registers the code
 * around it uses, also where nothing panics: with two fewer, attaching a table took four
 * instructions fewer.
 */
void panic_at(const char *what, int distinct, const char *fmt, ...) __printf(3, 4) __noreturn
	__attribute__((cold));

#ifdef PVMMU_HOSTED
/* Unit tests have no image, and look for the file and the condition's words. */
#define PANIC_WHAT	    "panic in " __FILE__
#define BUG_ON_WORDS(words) "(" words ")"
#else
#define PANIC_WHAT	    "panic"
#define BUG_ON_WORDS(words) ""
#endif
#define panic(...) panic_at(PANIC_WHAT, __COUNTER__, __VA_ARGS__)
#define BUG()	   panic("BUG")
#define BUG_ON(c)                                                                                  \
	do {                                                                                       \
		if (unlikely(c))                                                                   \
			panic("BUG_ON%s", BUG_ON_WORDS(#c));                                       \
	} while (0)

#endif
