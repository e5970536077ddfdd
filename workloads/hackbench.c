/* SPDX-License-Identifier: MIT */
/*
 * Groups of senders and receivers. In a group every sender writes its messages to every
 * receiver's pipe. Many processes are runnable at once and wake each other, so this
 * measures the scheduler, and with it the switch between address spaces.
 *
 * The original creates its processes, waits until all are ready, and times one round. Here
 * the processes stay, and each sample is one more round.
 */
#include <errno.h>
#include <unistd.h>

#include "workload.h"

#define MAX_BYTES 4096u

enum { READ, WRITE };

static const struct workload_param params[] = {
	{"groups", "groups", 1, 1, 16, "groups, which have nothing to do with each other"},
	{"fds", "senders", 4, 1, 20, "senders, and as many receivers, in each group"},
	{"loops", "messages", 10, 1, 10000,
	 "messages from each sender to each receiver of its group"},
	{"bytes", "bytes", 100, 1, MAX_BYTES, "size of a message"},
	{"threads", "switch", 0, 0, 1, "threads of one process instead of processes"},
	{0},
};

/* A process may have 256 open files, and a crew has some of its own. */
#define MAX_WORKERS WORKLOAD_CREW_MAX

static unsigned int groups, fds, loops;
static size_t bytes;
static int threads;
static int pipes[MAX_WORKERS / 2][2]; /* of each receiver */

static int check(void)
{
	if (workload_param("groups") * workload_param("fds") * 2 > MAX_WORKERS)
		return workload_fail("groups times fds may be 32 at most: 64 senders and receivers",
				     0);
	return 0;
}

/* Members of the crew: the receivers of all groups, then the senders in the same order. */
static unsigned int nr_receivers(void)
{
	return groups * fds;
}

static int receive(unsigned int me)
{
	char message[MAX_BYTES];
	size_t due = bytes * loops * fds;

	while (due) {
		ssize_t n = read(pipes[me][READ], message, due < bytes ? due : bytes);

		if (n <= 0)
			return n ? errno : EPIPE;
		due -= (size_t)n;
	}
	return 0;
}

static int send_all(unsigned int first)
{
	char message[MAX_BYTES] = {0};

	for (unsigned int i = 0; i < loops; i++)
		for (unsigned int to = first; to < first + fds; to++)
			/* A message is small enough for a pipe to take it in one piece. */
			if (write(pipes[to][WRITE], message, bytes) != (ssize_t)bytes)
				return errno;
	return 0;
}

static int part(unsigned int me)
{
	if (me < nr_receivers())
		return receive(me);
	return send_all((me - nr_receivers()) / fds * fds);
}

/* A process keeps only the ends that it uses, so that the others notice if it dies. */
static int begin(unsigned int me)
{
	unsigned int group = (me < nr_receivers() ? me : me - nr_receivers()) / fds;

	for (unsigned int i = 0; i < nr_receivers(); i++) {
		if (i != me)
			close(pipes[i][READ]);
		if (me < nr_receivers() || i / fds != group)
			close(pipes[i][WRITE]);
	}
	return 0;
}

static int setup(void)
{
	struct workload_crew crew = {.part = part};

	groups = (unsigned int)workload_param("groups");
	fds = (unsigned int)workload_param("fds");
	loops = (unsigned int)workload_param("loops");
	bytes = workload_param("bytes");
	threads = workload_param("threads") != 0;
	for (unsigned int i = 0; i < nr_receivers(); i++)
		if (pipe(pipes[i]) < 0)
			return workload_fail("pipe", errno);
	crew.nr = 2 * nr_receivers();
	crew.threads = threads;
	crew.begin = threads ? NULL : begin;
	if (workload_crew(&crew) < 0)
		return -1;
	for (unsigned int i = 0; !threads && i < nr_receivers(); i++) {
		close(pipes[i][READ]);
		close(pipes[i][WRITE]);
	}
	return 0;
}

const struct workload workload = {
	.name = "hackbench",
	.summary = "groups of senders and receivers exchange messages through pipes",
	.measures =
		"one round: each sender writes loops messages to each receiver of its group, until "
		"all are read",
	.field =
		"hackbench --pipe -like (perf bench sched messaging -p); there 10 groups of 20, 100 loops, "
		"and each process is created anew",
	.n = 16,
	.warmup = 2,
	.params = params,
	.check = check,
	.setup = setup,
	.body = workload_crew_round,
	.teardown = workload_crew_end,
};
