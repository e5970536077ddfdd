/* SPDX-License-Identifier: MIT */
/*
 * The fault that fills anonymous memory: the first write to a page enters the kernel,
 * which allocates a page, zeroes it and writes one entry. Under Xen the fault goes through
 * the hypervisor both ways, and so does the entry.
 *
 * A sample is one page, not an average. If the page is the first one of its 2 MiB, the
 * sample includes a new pte page, and stands out.
 */
#include <errno.h>
#include <sys/mman.h>

#include "workload.h"

#define PAGE 4096

static const struct workload_param params[] = {
	{"kb", "KiB", 4, 4, 131072, "written by one iteration, a fault for each page"},
	{"unmap", "switch", 0, 0, 1, "map it and unmap it in each iteration too"},
	{0},
};

static char *next;
static size_t bytes;

static int check(void)
{
	/* Memory that is unmapped again is not prepared. */
	return workload_param("unmap") ? 0 : workload_check_memory(workload_param("kb") << 10);
}

static int setup(void)
{
	bytes = (workload_param("kb") << 10) & ~(PAGE - 1ul);
	if (workload_param("unmap"))
		return 0;
	next = workload_map(NULL, workload_iterations() * bytes);
	return next ? 0 : -1;
}

static int body(void)
{
	char *p = next;

	if (p) {
		next += bytes;
	} else {
		p = workload_map(NULL, bytes);
		if (!p)
			return -1;
	}
	workload_write_pages(p, bytes);
	if (!next && munmap(p, bytes) < 0)
		return workload_fail("munmap", errno);
	return 0;
}

const struct workload workload = {
	.name = "pagefault",
	.summary = "the first write to a page of anonymous memory",
	.measures =
		"a write to each of the next pages (kb KiB, by default one page) of a fresh mapping",
	.field =
		"will-it-scale page_fault1 -like; that is kb=131072:unmap=1, with a sample for 128 MiB",
	.n = 256,
	.warmup = 8,
	.params = params,
	.check = check,
	.setup = setup,
	.body = body,
};
