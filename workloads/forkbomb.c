/* SPDX-License-Identifier: MIT */
/*
 * A tree of forks: each process of the first `depth` levels forks `width` children and
 * waits for them. Many address spaces exist at once, which a single fork never shows.
 *
 * An unlimited fork bomb is an accident. The size of the tree follows from the parameters
 * alone, so it is computed before the first fork, and refused if it is above the cap. All
 * processes of the tree can exist at one moment.
 *
 * A process's exit status is the errno of the first failed fork below it, so that the root
 * learns why a tree did not grow.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "harness/text.h"
#include "workload.h"

static const struct workload_param params[] = {
	{"width", "processes", 2, 1, 512, "children of each process"},
	{"depth", "levels", 3, 1, 512, "levels of children below the first process"},
	{"cap", "processes", 64, 2, 512, "refuse a tree of more processes, the first included"},
	{0},
};

static unsigned int width, depth;

static int too_large(uint64_t total, uint64_t cap)
{
	char why[160];
	struct text t = {.buf = why, .cap = sizeof(why) - 1};

	text_put(&t, "width=");
	text_u64(&t, width);
	text_put(&t, " depth=");
	text_u64(&t, depth);
	text_put(&t, " is a tree of ");
	text_u64(&t, total);
	text_put(&t, " processes or more, cap=");
	text_u64(&t, cap);
	text_put(&t, " allows fewer");
	why[t.len] = 0;
	return workload_fail(why, 0);
}

static int check(void)
{
	uint64_t level = 1, total = 1, cap = workload_param("cap");

	width = (unsigned int)workload_param("width");
	depth = (unsigned int)workload_param("depth");
	/* Stops when the cap is passed, so the sum cannot overflow. */
	for (unsigned int i = 0; i < depth && total <= cap; i++) {
		level *= width;
		total += level;
	}
	return total > cap ? too_large(total, cap) : 0;
}

/* Grows the tree below the calling process. Returns 0 or an errno. */
static int grow(unsigned int levels)
{
	unsigned int alive = 0;
	int err = 0, status;

	for (unsigned int i = 0; i < width && !err; i++) {
		pid_t pid = workload_fork();

		if (pid == 0)
			_exit(levels > 1 ? grow(levels - 1) : 0);
		if (pid < 0)
			err = errno;
		else
			alive++;
	}
	/* After a failure too: a tree leaves no process behind. */
	while (alive) {
		if (syscall(SYS_wait4, -1, &status, 0, NULL) < 0) {
			if (errno == EINTR)
				continue;
			return err ? err : errno;
		}
		alive--;
		if (!err && status)
			err = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	}
	return err;
}

static int body(void)
{
	int err = grow(depth);

	return err ? workload_fail("fork or wait in the tree", err) : 0;
}

const struct workload workload = {
	.name = "forkbomb",
	.summary = "a bounded tree of forks, all alive at once",
	.measures = "one whole tree: every process forks width children, waits and exits",
	.field = "stress-ng --fork -like, where all children are alive at once",
	.n = 8,
	.warmup = 2,
	.params = params,
	.check = check,
	.body = body,
};
