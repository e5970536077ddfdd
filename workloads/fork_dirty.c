/* SPDX-License-Identifier: MIT */
/*
 * A parent that only forks loses write access to its pages at the first fork, and cannot
 * lose it again at the next. Here the parent writes to all of the mb MiB before each fork,
 * untimed, like a parent that works between its forks. So fork must change an entry of the
 * parent's live tables for each page.
 */
#include "workload.h"

static int prepare(void)
{
	workload_touch();
	return 0;
}

const struct workload workload = {
	.name = "fork_dirty",
	.summary = "fork of a parent that has written to its memory since the last one",
	.measures = "fork + exit + wait of one child, when the parent's mb MiB are writable",
	.field = "lmbench lat_proc fork -like; there the parent writes nothing in between",
	.n = 32,
	.warmup = 4,
	.points = "mb=0,16",
	.prepare = prepare,
	.body = workload_fork_and_wait,
};
