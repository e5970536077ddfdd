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

void panic_at(const char *file, int line, const char *fmt, ...) __printf(3, 4) __noreturn
	__attribute__((cold));

#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
#define BUG()	   panic("BUG")
#define BUG_ON(c)                                                                                  \
	do {                                                                                       \
		if (unlikely(c))                                                                   \
			panic("BUG_ON(%s)", #c);                                                   \
	} while (0)

#endif
