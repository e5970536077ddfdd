// SPDX-License-Identifier: MIT
#include "lib/bug.h"

#include "lib/print.h"
#include "lib/string.h"

#define PANIC_PATIENCE (1u << 22)

void panic_at(const char *file, int line, const char *fmt, ...)
{
	static u32 panicked;
	static char reason[400];
	char where[64];
	va_list ap;

	/*
	 * A panic inside a panic has nothing to add; nor has one of another CPU, which
	 * gives the first one the time to say what happened and end the machine.
	 */
	if (__atomic_exchange_n(&panicked, 1, __ATOMIC_SEQ_CST)) {
		for (unsigned i = 0; i < PANIC_PATIENCE; i++)
			__builtin_ia32_pause();
		platform_shutdown(true);
	}
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	snprintf(where, sizeof(where), "%s:%d", file, line);
	print("\nguest kernel panic at %s: %s\n", where, reason);
	record_begin("panic");
	record_str("reason", reason);
	record_str("where", where);
	record_end();
	platform_shutdown(true);
}
