/* SPDX-License-Identifier: MIT */
/*
 * Failing loudly. BUG prints a panic record and stops the machine. The host reports the
 * run as a crash with that reason. The checks are never compiled out: a benchmark that
 * continues after a broken invariant prints wrong numbers. Checks that are too expensive
 * for timed code belong in the audit.
 */
#ifndef LIB_BUG_H
#define LIB_BUG_H

#include "lib/types.h"

/* Provided by the platform: ends the machine; `crashed` reports a failure to the host. */
void platform_shutdown(bool crashed) __noreturn;

/*
 * An image contains no file name, line number or text of a condition; otherwise one more
 * comment would change the image. A panic reports the address of its call, and the build
 * records what is there (mk/panic-sites.awk, bench/machine/panic_site.h). The number
 * `distinct` keeps the compiler from merging two equal calls. The number of arguments of a
 * call decides which registers the surrounding code uses, even where no panic happens:
 * with two fewer, attaching a table took four instructions fewer.
 */
void panic_at(const char *what, int distinct, const char *fmt, ...) __printf(3, 4) __noreturn
	__attribute__((cold));

#ifdef PVMMU_HOSTED
/* Unit tests have no image, and look for the file and the text of the condition. */
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
