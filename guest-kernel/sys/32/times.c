// SPDX-License-Identifier: MIT
/*
 * Times of 32 and of 64 bits. i386's first calls have 32-bit times. Most of them exist a
 * second time with 64 bits, and C libraries use both. The number of the running call, which
 * its frame stores, says which times it has.
 */
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/32/numbers.h"
#include "sys/timespec.h"

#define MOST 32 /* numbers in the longest structure */

static bool narrow(void)
{
	const struct regs *r = (struct regs *)((char *)current->stack + KERNEL_STACK_SIZE) - 1;

	return syscall_is_narrow(r->orig);
}

bool copy_times_from_user(void *dst, unsigned long src, size_t n)
{
	unsigned count = n / sizeof(s64);
	int in[MOST];
	s64 *out = dst;

	if (!narrow())
		return copy_from_user(dst, src, n);
	if (!copy_from_user(in, src, count * sizeof(in[0])))
		return false;
	for (unsigned i = 0; i < count; i++)
		out[i] = in[i];
	return true;
}

bool copy_times_to_user(unsigned long dst, const void *src, size_t n)
{
	unsigned count = n / sizeof(s64);
	const s64 *in = src;
	int out[MOST];

	if (!narrow())
		return copy_to_user(dst, src, n);
	for (unsigned i = 0; i < count; i++)
		out[i] = (int)in[i];
	return copy_to_user(dst, out, count * sizeof(out[0]));
}
