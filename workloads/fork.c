/* SPDX-License-Identifier: MIT */
/*
 * The page-table benchmark proper: fork copies the parent's tables and
 * write-protects its pages, the child's first writes copy pages, exit tears
 * the copy down. With mb the tables grow and everything else stays the same.
 */
#include <errno.h>

#include "workload.h"

static int body(void)
{
	pid_t pid = workload_fork();
	int status;

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return workload_fail("fork", errno);
	status = workload_wait(pid);
	if (status > 0)
		return workload_fail("the child did not exit with status 0", 0);
	return status;
}

const struct workload workload = {
	.name = "fork",
	.summary = "fork, the child exits at once, the parent waits",
	.measures = "fork + exit + wait of one child with a copy of the parent's memory",
	.field = "lmbench lat_proc fork",
	.n = 64,
	.warmup = 8,
	.body = body,
};
