/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own mappings: memory that is contiguous in virtual addresses only. It needs
 * an entry in the kernel's tables for each page, and all address spaces share these
 * tables. Process 1 drives it through a device that only our guest has.
 *
 * The cases and their numbers are those of the Linux kernel's test_vmalloc, which times a
 * complete loop; here each operation is timed.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../abi/vmalloc.h"
#include "workload.h"

enum { FIX_SIZE, RANDOM_SIZE, FULL_FIT, LONG_BUSY_LIST };

static const struct workload_param params[] = {
	{"case", "choice", 0, 0, 3, "0 fix_size, 1 random_size, 2 full_fit, 3 long_busy_list"},
	{"pages", "pages", 1, 1, 1024,
	 "size of the area of fix_size; the other cases have their own"},
	{0},
};

static int device = -1;
static struct pvmmu_vmalloc operation;
static int random_size;
static uint32_t random_state = 1;

static int check(void)
{
	if (workload_param("case") != FIX_SIZE && workload_param("pages") != 1)
		return workload_fail("pages= belongs to case=0, fix_size", 0);
	return 0;
}

static int ask(const struct pvmmu_vmalloc *what)
{
	if (write(device, what, sizeof(*what)) != (ssize_t)sizeof(*what))
		return workload_fail("/dev/vmalloc", errno);
	return 0;
}

static int setup(void)
{
	const struct pvmmu_vmalloc dense = {PVMMU_VMALLOC_HOLD, {1, 16384}},
				   holes = {PVMMU_VMALLOC_THIN, {0, 0}},
				   many = {PVMMU_VMALLOC_HOLD, {1, 15000}};

	/* Not open(), which with musl is two system calls. */
	device = (int)syscall(SYS_open, "/dev/vmalloc", O_WRONLY | O_CLOEXEC);
	if (device < 0 && errno == ENOENT)
		return workload_skip("this kernel has no /dev/vmalloc");
	if (device < 0)
		return workload_fail("open of /dev/vmalloc", errno);
	operation.pages[0] = (uint32_t)workload_param("pages");
	random_size = workload_param("case") == RANDOM_SIZE;
	switch (workload_param("case")) {
	case FULL_FIT: return ask(&dense) < 0 ? -1 : ask(&holes);
	case LONG_BUSY_LIST:
		operation.pages[0] = 100;
		operation.pages[1] = 1;
		return ask(&many);
	}
	return 0;
}

static int body(void)
{
	if (random_size) {
		/* The same sizes in each run. */
		random_state = random_state * 1664525u + 1013904223u;
		operation.pages[0] = (random_state >> 16) % 100 + 1;
	}
	return ask(&operation);
}

static int teardown(void)
{
	return device >= 0 && close(device) < 0 ? workload_fail("close", errno) : 0;
}

const struct workload workload = {
	.name = "vmalloc",
	.summary = "allocates and frees kernel memory that is mapped page by page",
	.measures = "one system call in which the kernel allocates, writes and frees an area "
		    "(case=3: one of 100 pages and one of 1)",
	.field = "Linux test_vmalloc -like: fix_size, random_size, full_fit, long_busy_list",
	.n = 256,
	.warmup = 8,
	.points = "case=0..3",
	.params = params,
	.check = check,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
