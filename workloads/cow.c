/* SPDX-License-Identifier: MIT */
/*
 * The copy-on-write fault. After a fork both sides see the same page write-protected, and
 * the first to write gets a copy. One entry changes, from read-only to another page, and
 * the old one must leave the TLB.
 *
 * The child must only exist, because a page with one user is made writable in place. It
 * sleeps, and wakes from time to time to check whether it is still needed.
 */
#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "workload.h"

#define PAGE 4096

static char *next;
static int *over;
static pid_t parent, child;

static void __attribute__((noreturn)) wait_for_end(void)
{
	const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};

	while (!__atomic_load_n(over, __ATOMIC_ACQUIRE) && getppid() == parent)
		nanosleep(&pause, NULL);
	_exit(0);
}

static int check(void)
{
	return workload_check_memory(PAGE);
}

static int setup(void)
{
	size_t bytes = workload_iterations() * PAGE;

	next = workload_map(NULL, bytes);
	if (!next)
		return -1;
	over = mmap(NULL, sizeof(*over), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (over == MAP_FAILED)
		return workload_fail("mmap of shared memory", errno);
	workload_write_pages(next, bytes);
	parent = getpid();
	child = workload_fork();
	if (child == 0)
		wait_for_end();
	return child < 0 ? workload_fail("fork", errno) : 0;
}

static int body(void)
{
	*(volatile char *)next = 1;
	next += PAGE;
	return 0;
}

static int teardown(void)
{
	int status;

	if (child <= 0)
		return 0;
	__atomic_store_n(over, 1, __ATOMIC_RELEASE);
	status = workload_wait(child);
	if (status > 0)
		return workload_fail("the child did not exit with status 0", 0);
	return status;
}

const struct workload workload = {
	.name = "cow",
	.summary = "the first write to a page that is shared with a child",
	.measures = "one write to the next page of memory shared by a fork, which is copied",
	.field = "vm-scalability anon-cow-seq -like; the fault that lmbench lat_proc fork contains",
	.n = 256,
	.warmup = 8,
	.check = check,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
