/* SPDX-License-Identifier: MIT */
/*
 * Unmaps memory: entries are cleared, the TLB is flushed, and only then are the pages
 * free. Each piece has page tables of its own, so that each munmap() frees the same number
 * of them.
 */
#include <errno.h>
#include <sys/mman.h>

#include "workload.h"

/* The span of one pte page. */
#define TABLE_SPAN (2ul << 20)

static const struct workload_param params[] = {
	{"kb", "KiB", 1024, 4, 65536, "size of what is unmapped, all of it touched"},
	{0},
};

static char *next;
static size_t piece, stride;

static int check(void)
{
	return workload_check_memory(workload_param("kb") << 10);
}

static int setup(void)
{
	size_t n = workload_iterations(), room;
	char *base;

	piece = (workload_param("kb") << 10) & ~4095ul;
	stride = (piece + TABLE_SPAN - 1) / TABLE_SPAN * TABLE_SPAN;
	/* Reserves addresses whose page tables no other mapping shares. */
	room = (n + 2) * stride + TABLE_SPAN;
	base = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED || munmap(base, room) < 0)
		return workload_fail("mmap of address space", errno);
	base += stride + (-(unsigned long)base & (TABLE_SPAN - 1));
	for (size_t i = 0; i < n; i++) {
		if (!workload_map(base + i * stride, piece))
			return -1;
		workload_write_pages(base + i * stride, piece);
	}
	next = base;
	return 0;
}

static int body(void)
{
	if (munmap(next, piece) < 0)
		return workload_fail("munmap", errno);
	next += stride;
	return 0;
}

const struct workload workload = {
	.name = "munmap",
	.summary = "unmaps memory of which each page was touched",
	.measures = "one munmap of kb KiB of touched anonymous memory",
	.field =
		"the munmap of will-it-scale page_fault1 and of lmbench lat_mmap, which has a file",
	.n = 32,
	.warmup = 4,
	.params = params,
	.check = check,
	.setup = setup,
	.body = body,
};
