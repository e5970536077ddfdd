/* SPDX-License-Identifier: MIT */
/*
 * Several threads fault in memory at the same time, each in an area and page tables of its
 * own. In one address space they contend for the lock of its page tables. If each pte page
 * has its own lock, they contend only where tables are added. Processes that do the same
 * share no tables; they show the remaining cost.
 */
#include <errno.h>
#include <sys/mman.h>

#include "workload.h"

#define PAGE	    4096u
#define TABLE_SPAN  (2ul << 20) /* span of one pte page */
#define MAX_WORKERS 16

static const struct workload_param params[] = {
	{"threads", "threads", 2, 1, MAX_WORKERS, "how many do it at the same time"},
	{"processes", "switch", 0, 0, 1, "processes instead of threads of one process"},
	{"kb", "KiB", 512, 4, 16384, "memory of each, mapped, written and unmapped"},
	{0},
};

static char *place;
static size_t bytes, stride;

/* Returns 0 or an errno. Threads must not use anything else that is shared. */
static int fault(unsigned int me)
{
	char *at = place + me * stride;

	if (mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) != at)
		return errno;
	workload_write_pages(at, bytes);
	return munmap(at, bytes) < 0 ? errno : 0;
}

static int setup(void)
{
	const struct workload_crew crew = {
		.part = fault,
		.nr = (unsigned int)workload_param("threads"),
		.threads = workload_param("processes") == 0,
	};
	size_t room;

	bytes = (workload_param("kb") << 10) & ~(size_t)(PAGE - 1);
	stride = (bytes + TABLE_SPAN - 1) / TABLE_SPAN * TABLE_SPAN;
	/*
	 * Keeps the addresses free until all threads have their stacks: the first round maps over
	 * it.
	 */
	room = (crew.nr + 1) * stride;
	place = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (place == MAP_FAILED)
		return workload_fail("mmap of address space", errno);
	place += -(unsigned long)place & (TABLE_SPAN - 1);
	return workload_crew(&crew) < 0 ? -1 : workload_crew_round();
}

const struct workload workload = {
	.name = "threads_fault",
	.summary = "threads of one process fault in memory side by side",
	.measures =
		"each of the threads maps kb KiB, writes to each page and unmaps it, all at the same "
		"time; from the first one's start to the last one's end",
	.field =
		"will-it-scale page_fault1 -like, threads mode (processes=1: processes mode), with less "
		"than 128 MiB",
	.n = 16,
	.warmup = 2,
	.params = params,
	.setup = setup,
	.body = workload_crew_round,
	.teardown = workload_crew_end,
};
