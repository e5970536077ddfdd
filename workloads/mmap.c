/* SPDX-License-Identifier: MIT */
/*
 * Maps memory and unmaps it again without a touch. No entry is written and no table is
 * made, so only the kernel's book-keeping of areas remains. It is the control for munmap
 * and pagefault: no page-table policy may change its time.
 */
#include <errno.h>
#include <sys/mman.h>

#include "workload.h"

static const struct workload_param params[] = {
	{"kb", "KiB", 1024, 4, 65536, "size of what is mapped"},
	{0},
};

static size_t bytes;

static int setup(void)
{
	bytes = workload_param("kb") << 10;
	return 0;
}

static int body(void)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return workload_fail("mmap", errno);
	if (munmap(p, bytes) < 0)
		return workload_fail("munmap", errno);
	return 0;
}

const struct workload workload = {
	.name = "mmap",
	.summary = "maps memory and unmaps it untouched",
	.measures = "mmap + munmap of kb KiB of anonymous memory, no page touched",
	.field = "will-it-scale mmap1 -like",
	.n = 64,
	.warmup = 8,
	.params = params,
	.setup = setup,
	.body = body,
};
