/* SPDX-License-Identifier: MIT */
/*
 * A token goes round a ring of processes through pipes. Each process reads it from the one
 * before, touches its own memory, and writes the token to the next. On one CPU each hop is
 * a switch to another address space, with the system calls around it; the touched memory
 * must come back into caches and TLB.
 *
 * The processes inherit the mb MiB and write to each page, so each has pages and tables of
 * its own. A kernel that does not pin pays here for every table of the tree that it
 * switches to.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "workload.h"

#define MAX_PROCS 64
#define LINE	  64u /* bytes of a cache line */

enum { READ, WRITE };

static const struct workload_param params[] = {
	{"procs", "processes", 2, 2, MAX_PROCS, "processes in the ring"},
	{"kb", "KiB", 0, 0, 16384,
	 "memory that each process looks at before it passes the token on"},
	{0},
};

static unsigned int procs;
static int pipes[MAX_PROCS][2]; /* process i reads from pipe i */
static pid_t children[MAX_PROCS];
static unsigned int nr_children;
static volatile char *memory;
static size_t bytes;

static void look(void)
{
	for (size_t at = 0; at < bytes; at += LINE)
		(void)memory[at];
}

/* Makes own pages and tables. After the last fork the parent needs new ones too. */
static void own_pages(void)
{
	workload_touch();
	workload_write_pages((char *)memory, bytes);
}

/*
 * Each end of a pipe is open in one process only, so that if one process dies, all others
 * notice.
 */
static void keep_ends(unsigned int me)
{
	for (unsigned int i = 0; i < procs; i++) {
		if (i != me)
			close(pipes[i][READ]);
		if (i != (me + 1) % procs)
			close(pipes[i][WRITE]);
	}
}

static void __attribute__((noreturn)) take_part(unsigned int me)
{
	int from = pipes[me][READ], to = pipes[(me + 1) % procs][WRITE];
	ssize_t n;
	char token;

	keep_ends(me);
	own_pages();
	while ((n = read(from, &token, 1)) == 1) {
		look();
		if (write(to, &token, 1) != 1)
			_exit(1);
	}
	_exit(n ? 1 : 0);
}

/* All memory exists at the same time. */
static int check(void)
{
	return workload_check_total("procs, kb and mb",
				    workload_param("procs") * ((workload_param("kb") << 10) +
							       (workload_param("mb") << 20)));
}

static int body(void)
{
	char token = 'T';
	ssize_t n;

	look();
	if (write(pipes[1][WRITE], &token, 1) != 1)
		return workload_fail("write of the token", errno);
	n = read(pipes[0][READ], &token, 1);
	if (n != 1)
		return n ? workload_fail("read of the token", errno)
			 : workload_fail("a process of the ring is gone", 0);
	return 0;
}

static int setup(void)
{
	procs = (unsigned int)workload_param("procs");
	bytes = workload_param("kb") << 10;
	if (bytes && !(memory = workload_map(NULL, bytes)))
		return -1;
	for (unsigned int i = 0; i < procs; i++)
		if (pipe(pipes[i]) < 0)
			return workload_fail("pipe", errno);
	for (unsigned int i = 1; i < procs; i++) {
		children[i] = workload_fork();
		if (children[i] == 0)
			take_part(i);
		if (children[i] < 0)
			return workload_fail("fork", errno);
		nr_children++;
	}
	/* A write to a dead process is an error, not a deadly signal. */
	signal(SIGPIPE, SIG_IGN);
	keep_ends(0);
	own_pages();
	/* One round, after which all processes are ready. */
	return body();
}

static int teardown(void)
{
	/*
	 * Closing one end makes the others end one after the other. After a failed setup() all
	 * ends are open.
	 */
	for (unsigned int i = 0; i < procs; i++)
		close(pipes[i][WRITE]);
	for (unsigned int i = 1; i <= nr_children; i++)
		if (workload_wait(children[i]) > 0)
			workload_fail("a process of the ring did not exit with status 0", 0);
	return 0;
}

const struct workload workload = {
	.name = "ctx",
	.summary = "passes a token round a ring of processes through pipes",
	.measures =
		"the token once round the ring: procs hops, each a write, a switch of process and a "
		"read. A hop is the sample divided by procs",
	.field = "lmbench lat_ctx (there: per hop, less the cost of the pipes alone)",
	.n = 64,
	.warmup = 8,
	.points = "mb=0,16",
	.params = params,
	.check = check,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
