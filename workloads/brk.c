/* SPDX-License-Identifier: MIT */
/*
 * Moves the end of the heap up and down, as allocators do. Growing is book-keeping; the
 * costs are the faults of the new pages and their removal.
 */
#include <errno.h>
#include <sys/syscall.h>

#include "workload.h"

static const struct workload_param params[] = {
	{"kb", "KiB", 64, 4, 65536, "how far the end is moved"},
	{"touch", "switch", 1, 0, 1, "whether each new page is written"},
	{0},
};

static char *end;
static size_t bytes;
static int touch;

/* The system call returns the end of the heap afterwards, moved or not. */
static char *move_end(char *to)
{
	return (char *)syscall(SYS_brk, to);
}

static int setup(void)
{
	bytes = (workload_param("kb") << 10) & ~4095ul;
	touch = workload_param("touch") != 0;
	end = move_end(NULL);
	/* Start at a page border, so that each iteration has the same pages. */
	end += -(unsigned long)end & 4095;
	return move_end(end) == end ? 0 : workload_fail("brk", ENOMEM);
}

static int body(void)
{
	if (move_end(end + bytes) != end + bytes)
		return workload_fail("brk, growing", ENOMEM);
	if (touch)
		workload_write_pages(end, bytes);
	if (move_end(end) != end)
		return workload_fail("brk, shrinking", ENOMEM);
	return 0;
}

const struct workload workload = {
	.name = "brk",
	.summary = "grows the heap, writes to it, shrinks it again",
	.measures = "brk up by kb KiB + a write to each page + brk down",
	.field = "will-it-scale brk1 -like; that is kb=4:touch=0",
	.n = 64,
	.warmup = 8,
	.params = params,
	.setup = setup,
	.body = body,
};
