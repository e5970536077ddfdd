/* SPDX-License-Identifier: MIT */
/*
 * Grows memory that cannot grow in place: a page lies behind it, so the kernel moves all
 * of it, entry by entry and without a copy, to a free place. Large arrays are reallocated
 * in this way.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "workload.h"

#define PAGE 4096u

static const struct workload_param params[] = {
	{"kb", "KiB", 1024, 4, 65536, "size of what is moved, all of it touched"},
	{0},
};

static char *home, *moved;
static size_t bytes;

static int setup(void)
{
	bytes = (workload_param("kb") << 10) & ~4095ul;
	/*
	 * The last page is the one in the way. Its access differs, so that it stays an area of its
	 * own.
	 */
	home = workload_map(NULL, bytes + PAGE);
	if (!home)
		return -1;
	if (mprotect(home + bytes, PAGE, PROT_NONE) < 0)
		return workload_fail("mprotect", errno);
	workload_write_pages(home, bytes);
	return 0;
}

/* Moves it back to where it cannot grow. */
static int prepare(void)
{
	if (moved &&
	    mremap(moved, bytes + PAGE, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, home) != home)
		return workload_fail("mremap, going back", errno);
	moved = NULL;
	return 0;
}

static int body(void)
{
	char *to = mremap(home, bytes, bytes + PAGE, MREMAP_MAYMOVE);

	if (to == MAP_FAILED)
		return workload_fail("mremap", errno);
	moved = to;
	return 0;
}

static int teardown(void)
{
	/* The word that workload_write_pages() wrote to the last page must have moved too. */
	if (moved && *(uint64_t *)(moved + bytes - PAGE) != bytes - PAGE + 1)
		return workload_fail("mremap lost the contents", 0);
	return 0;
}

const struct workload workload = {
	.name = "mremap",
	.summary = "grows touched memory that has to move for it",
	.measures = "one mremap of kb KiB of touched memory to a place with room for a page more",
	.field = "stress-ng --mremap -like",
	.n = 32,
	.warmup = 4,
	.params = params,
	.setup = setup,
	.prepare = prepare,
	.body = body,
	.teardown = teardown,
};
