/* SPDX-License-Identifier: MIT */
/*
 * The main page-table benchmark. fork copies the parent's tables and write-protects its
 * pages, the child's first writes copy pages, and exit frees the copy. With mb the tables
 * grow, and everything else stays the same.
 */
#include "workload.h"

const struct workload workload = {
	.name = "fork",
	.summary = "fork, the child exits at once, the parent waits",
	.measures = "fork + exit + wait of one child with a copy of the parent's memory",
	.field = "lmbench lat_proc fork; UnixBench spawn",
	.n = 64,
	.warmup = 8,
	.points = "mb=0,1,16,64",
	.body = workload_fork_and_wait,
};
