/* SPDX-License-Identifier: MIT */
/*
 * Changes the access to memory: every entry loses its write access, the TLB is flushed,
 * and every entry gets its write access back. It needs two calls, because one alone would
 * have no effect the second time.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "workload.h"

static const struct workload_param params[] = {
	{"kb", "KiB", 1024, 4, 65536, "size of what is protected, all of it touched"},
	{0},
};

static char *memory;
static size_t bytes;
static bool writable;

static int setup(void)
{
	bytes = (workload_param("kb") << 10) & ~4095ul;
	memory = workload_map(NULL, bytes);
	if (!memory)
		return -1;
	workload_write_pages(memory, bytes);
	writable = true;
	return 0;
}

static int body(void)
{
	writable = false;
	if (mprotect(memory, bytes, PROT_READ) < 0 ||
	    mprotect(memory, bytes, PROT_READ | PROT_WRITE) < 0)
		return workload_fail("mprotect", errno);
	writable = true;
	return 0;
}

static int teardown(void)
{
	if (writable)
		workload_write_pages(memory, bytes); /* crashes if the memory is not writable */
	return 0;
}

const struct workload workload = {
	.name = "mprotect",
	.summary = "takes write access from touched memory and gives it back",
	.measures = "mprotect of kb KiB of touched memory to read-only, and back",
	.field = "stress-ng --mprotect -like",
	.n = 64,
	.warmup = 8,
	.params = params,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
