// SPDX-License-Identifier: MIT
#include "lib/bug.h"

#include "lib/print.h"
#include "lib/string.h"

/* Size of the call instruction that reached this function: an opcode and 32 bits. */
#define CALL_BYTES 5

#define PANIC_PATIENCE (1u << 22)

void panic_at(const char *what, int distinct, const char *fmt, ...)
{
	static u32 panicked;
	static char reason[400];
	char where[20];
	va_list ap;

	(void)distinct;

	/*
	 * A panic inside a panic adds nothing. Nor does a panic of another CPU, which waits while
	 * the first CPU reports its panic and ends the machine.
	 */
	if (__atomic_exchange_n(&panicked, 1, __ATOMIC_SEQ_CST)) {
		for (unsigned i = 0; i < PANIC_PATIENCE; i++)
			__builtin_ia32_pause();
		platform_shutdown(true);
	}
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	snprintf(where, sizeof(where), "0x%lx",
		 (unsigned long)__builtin_return_address(0) - CALL_BYTES);
	print("\nguest kernel %s at %s: %s\n", what, where, reason);
	record_begin("panic");
	record_str("reason", reason);
	record_str("where", where);
	record_end();
	platform_shutdown(true);
}
