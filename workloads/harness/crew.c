/* SPDX-License-Identifier: MIT */
/*
 * A crew, see workload.h. Each member waits for one byte from a common pipe, and reports
 * in a pipe of its own that it has finished. If a member dies, the end of its pipe is
 * read. For the same reason each process keeps only the ends that it uses.
 *
 * There are two start pipes, for even and for odd rounds. With one, a member that has
 * finished could take the byte of another that has not begun.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "harness.h"

enum { READ, WRITE };

struct member {
	pid_t pid;
	pthread_t thread;
	int done[2];
};

static struct workload_crew crew;
static struct member members[WORKLOAD_CREW_MAX];
static int start[2][2] = {{-1, -1}, {-1, -1}};
static unsigned int rounds;

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static ssize_t get(int fd, unsigned char *byte)
{
	ssize_t n;

	do {
		n = read(fd, byte, 1);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* Until the process that starts rounds has ended. */
static void serve(unsigned int me)
{
	int to = members[me].done[WRITE];

	for (unsigned int round = 0;; round++) {
		unsigned char byte;
		int err = 0;

		if (get(start[round % 2][READ], &byte) != 1)
			return;
		if (!round && crew.begin)
			err = crew.begin(me);
		if (!err)
			err = crew.part(me);
		byte = err > 0 && err < 256 ? (unsigned char)err : err != 0;
		if (write(to, &byte, 1) != 1)
			return;
	}
}

static void *serve_in_thread(void *arg)
{
	serve((unsigned int)(uintptr_t)arg);
	return NULL;
}

static void __attribute__((noreturn)) serve_in_process(unsigned int me)
{
	for (unsigned int i = 0; i <= me; i++)
		shut(&members[i].done[READ]);
	shut(&start[0][WRITE]);
	shut(&start[1][WRITE]);
	serve(me);
	_exit(0);
}

static int hire(unsigned int me)
{
	struct member *m = &members[me];

	if (pipe(m->done) < 0)
		return workload_fail("pipe", errno);
	crew.nr = me + 1;
	if (crew.threads) {
		int err = pthread_create(&m->thread, NULL, serve_in_thread, (void *)(uintptr_t)me);

		return err ? crew.nr--, workload_fail("a thread", err) : 0;
	}
	m->pid = workload_fork();
	if (m->pid == 0)
		serve_in_process(me);
	if (m->pid < 0)
		return crew.nr--, workload_fail("fork", errno);
	shut(&m->done[WRITE]);
	return 0;
}

int workload_crew(const struct workload_crew *wanted)
{
	if (wanted->nr > WORKLOAD_CREW_MAX)
		__builtin_trap();
	crew = *wanted;
	crew.nr = 0;
	if (pipe(start[0]) < 0 || pipe(start[1]) < 0)
		return workload_fail("pipe", errno);
	while (crew.nr < wanted->nr)
		if (hire(crew.nr) < 0)
			return -1;
	return 0;
}

int workload_crew_round(void)
{
	static const unsigned char go[WORKLOAD_CREW_MAX];
	unsigned char byte;

	if (write(start[rounds++ % 2][WRITE], go, crew.nr) != (ssize_t)crew.nr)
		return workload_fail("write to the crew", errno);
	for (unsigned int i = 0; i < crew.nr; i++) {
		ssize_t n = get(members[i].done[READ], &byte);

		if (n != 1)
			return workload_fail("a member of the crew is gone", n ? errno : 0);
		if (byte)
			workload_fail("a member of the crew", byte);
	}
	return workload_failed() ? -1 : 0;
}

int workload_crew_end(void)
{
	shut(&start[0][WRITE]);
	shut(&start[1][WRITE]);
	for (unsigned int i = 0; i < crew.nr; i++) {
		struct member *m = &members[i];

		if (crew.threads)
			pthread_join(m->thread, NULL);
		else if (workload_wait(m->pid) > 0)
			workload_fail("a member of the crew did not exit with status 0", 0);
		shut(&m->done[READ]);
		if (crew.threads)
			shut(&m->done[WRITE]);
	}
	shut(&start[0][READ]);
	shut(&start[1][READ]);
	crew.nr = 0;
	return workload_failed() ? -1 : 0;
}
