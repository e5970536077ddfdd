/* SPDX-License-Identifier: MIT */
/*
 * Processes start and end while the kernel ages pages: a kernel thread on another vCPU
 * visits all memory and clears the accessed bits in the entries of every process, as a
 * kernel does that looks for pages to reclaim. It meets tables that fork is filling,
 * tables that are being registered with the hypervisor, and tables that are being released
 * from it.
 *
 * The parent reads all its pages before each fork. So their bits are set, and the thread
 * has bits to clear in both copies.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "workload.h"

static const struct workload_param params[] = {
	{"kb", "KiB", 4096, 4, 65536, "memory of the parent, all of it touched"},
	{"ageing", "switch", 1, 0, 1, "whether pages are aged; 0 to compare"},
	{0},
};

static int device = -1, is_on;
static volatile char *memory;
static size_t bytes;

static int ageing(const char *on)
{
	if (write(device, on, 1) == 1)
		return is_on = *on == '1', 0;
	if (errno == ENODEV)
		return workload_skip("page ageing needs a vCPU of its own: run with 2 or more");
	return workload_fail("/dev/ageing", errno);
}

static int setup(void)
{
	bytes = (workload_param("kb") << 10) & ~4095ul;
	memory = workload_map(NULL, bytes);
	if (!memory)
		return -1;
	workload_write_pages((char *)memory, bytes);
	/* Not open(), which with musl is two system calls. */
	device = (int)syscall(SYS_open, "/dev/ageing", O_WRONLY | O_CLOEXEC);
	if (device < 0 && errno == ENOENT)
		return workload_skip("this kernel has no /dev/ageing");
	if (device < 0)
		return workload_fail("open of /dev/ageing", errno);
	return ageing(workload_param("ageing") ? "1" : "0");
}

static int body(void)
{
	for (size_t i = 0; i < bytes; i += 4096)
		(void)memory[i];
	return workload_fork_and_wait();
}

static int teardown(void)
{
	return is_on ? ageing("0") : 0;
}

const struct workload workload = {
	.name = "reclaim",
	.summary = "forks and exits while the kernel ages pages on another vCPU",
	.measures =
		"reading kb KiB, then fork + exit + wait of one child, with all that the other vCPU "
		"does meanwhile",
	.field = "the race of page aging with fork and exit that Xen's split pte locks are for",
	.n = 64,
	.warmup = 8,
	.min_vcpus = 2,
	.params = params,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
