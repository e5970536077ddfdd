/* SPDX-License-Identifier: MIT */
/*
 * Memory for workloads. Page tables are the subject, so a Linux that would use 2 MiB pages
 * for large areas is asked not to.
 */
#include <errno.h>
#include <sys/mman.h>

#include "harness.h"

/* The maximum that a workload may prepare at a time, in addition to the mb MiB. */
#define MAX_PREPARED_MIB 2048u

void *map_pages(void *at, size_t bytes, int sharing, const char *what)
{
	int flags = sharing | MAP_ANONYMOUS | (at ? MAP_FIXED : 0);
	void *p = mmap(at, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (p == MAP_FAILED) {
		workload_fail(what, errno);
		return NULL;
	}
	if (on_linux && sharing == MAP_PRIVATE)
		madvise(p, bytes, MADV_NOHUGEPAGE);
	return p;
}

void *workload_map(void *at, size_t bytes)
{
	return map_pages(at, bytes, MAP_PRIVATE, "mmap");
}

void workload_write_pages(char *p, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += PAGE_BYTES)
		*(volatile uint64_t *)(p + at) = at + 1;
}

int workload_check_total(const char *what, uint64_t bytes)
{
	uint64_t mib = (bytes + MIB - 1) / MIB;
	static char why[128];
	struct text t = {.buf = why, .cap = sizeof(why) - 1};

	if (mib <= MAX_PREPARED_MIB)
		return 0;
	text_put(&t, what);
	text_put(&t, " together need ");
	text_u64(&t, mib);
	text_put(&t, " MiB at a time, more than ");
	text_u64(&t, MAX_PREPARED_MIB);
	why[t.len] = 0;
	return workload_fail(why, 0);
}

int workload_check_memory(uint64_t bytes_per_iteration)
{
	return workload_check_total("n, reps and warmup",
				    workload_iterations() * bytes_per_iteration);
}
