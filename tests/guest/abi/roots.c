// SPDX-License-Identifier: MIT
/*
 * The kernel's part of the roots grows while processes exist: one that is running,
 * one that waits, one that is made afterwards. Each of them then uses what was added,
 * by way of /dev/vmalloc, at the same time where there are CPUs enough, while trees
 * are made and ended. Not a workload; tests/guest/vmalloc.t boots it.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>

#include "../../../abi/vmalloc.h"

static int device;

static int use(void)
{
	const struct pvmmu_vmalloc cycle = {PVMMU_VMALLOC_CYCLE, {600, 3}};

	return write(device, &cycle, sizeof(cycle)) == (ssize_t)sizeof(cycle) ? 0 : errno;
}

static int body(void)
{
	int *go =
		mmap(NULL, sizeof(*go), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t children[3];
	int err;

	device = open("/dev/vmalloc", O_WRONLY);
	if (device < 0 || go == MAP_FAILED)
		return workload_fail("open or mmap", errno);
	for (int i = 0; i < 3; i++) {
		/* The last one's tree is copied from one that has the slot. */
		if (i == 2) {
			err = use();
			if (err)
				return workload_fail("the running process", err);
		}
		children[i] = workload_fork();
		if (children[i])
			continue;
		while (!__atomic_load_n(go, __ATOMIC_ACQUIRE))
			sched_yield();
		for (int n = err = 0; n < 8 && !err; n++)
			err = use();
		_exit(err);
	}
	sched_yield(); /* each of them has run before */
	__atomic_store_n(go, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < 8; i++) {
		pid_t pid = workload_fork();

		if (pid == 0)
			_exit(use());
		if (pid < 0)
			return workload_fail("fork", errno);
		if ((err = workload_wait(pid)))
			return workload_fail("a process made meanwhile", err);
	}
	for (int i = 0; i < 3; i++)
		if ((err = workload_wait(children[i])))
			return workload_fail("a process that waited, or was made later", err);
	return 0;
}

const struct workload workload = {
	.name = "roots",
	.summary = "every root gets what the kernel adds to its part",
	.measures = "nothing",
	.field = "nothing",
	.n = 1,
	.body = body,
};
