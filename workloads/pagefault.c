/* SPDX-License-Identifier: MIT */
/*
 * The fault that fills anonymous memory: the first write to a page enters the
 * kernel, which finds a page, zeroes it and writes one entry. Under Xen the
 * fault goes through the hypervisor both ways, and so does the entry.
 *
 * A sample is one page, not an average: where the page is the first one of its
 * 2 MiB, the sample has a new pte page in it, and stands out.
 */
#include "workload.h"

#define PAGE 4096

static char *next;

static int check(void)
{
	return workload_check_memory(PAGE);
}

static int setup(void)
{
	next = workload_map(NULL, workload_iterations() * PAGE);
	return next ? 0 : -1;
}

static int body(void)
{
	*(volatile char *)next = 1;
	next += PAGE;
	return 0;
}

const struct workload workload = {
	.name = "pagefault",
	.summary = "the first write to a page of anonymous memory",
	.measures = "one write to the next page of a fresh mapping, which faults",
	.field = "will-it-scale page_fault1 -like, without its munmap",
	.n = 256,
	.warmup = 8,
	.check = check,
	.setup = setup,
	.body = body,
};
