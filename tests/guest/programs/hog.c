// SPDX-License-Identifier: MIT
/*
 * Memory until there is none, in every way a process can come by it, and processes until
 * there are no more. Prints how that ended; tests/guest/limits.t runs it with little memory.
 *
 *	hog all MIB	what children want, MIB each being too much for all of them, but not for one
 *	hog self	the first process itself
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../width.h"

#define PAGE 4096UL

static size_t bytes; /* MIB */

static char *map(size_t n, int flags)
{
	char *p =
		mmap(NULL, n, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void touch(char *p, size_t n)
{
	for (size_t i = 0; i < n; i += PAGE)
		p[i] = 1;
}

static void want_private(void)
{
	touch(map(HUGE, MAP_PRIVATE), HUGE);
}

static void want_shared(void)
{
	touch(map(HUGE, MAP_SHARED), HUGE);
}

/* Tables only: a page in each two megabytes, which is the zero page. */
static void want_tables(void)
{
	volatile char *p = map(BY_WIDTH(45, 1536), MAP_PRIVATE);

	for (size_t i = 0; i < BY_WIDTH(45, 1536); i += 2UL << 20)
		(void)p[i];
}

/* Areas only, each different from its neighbours: the kernel's memory, which has to say no. */
static void want_areas(void)
{
	char *p = map(HUGE, MAP_PRIVATE);

	for (size_t i = 0; i < HUGE; i += 2 * PAGE)
		if (mprotect(p + i, PAGE, PROT_READ) < 0)
			_exit(errno == ENOMEM ? 12 : 1);
}

/* Files: writing fails with an error, which is fine, or the reserve is used up. */
static void want_files(void)
{
	int fd = open("/tmp/hog", O_RDWR | O_CREAT | O_TRUNC, 0600);
	static char block[65536];
	ssize_t n;

	unlink("/tmp/hog");
	do
		n = write(fd, block, sizeof(block));
	while (n > 0);
	_exit(errno == ENOSPC || errno == ENOMEM ? 12 : 1);
}

static int in_child(void (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		fn();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static void report(const char *what, int status)
{
	if (WIFSIGNALED(status))
		printf("%s: signal %d\n", what, WTERMSIG(status));
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
	fflush(stdout);
}

/* Several at once that together want too much: some of them end, others get what they want. */
static void crowd(void)
{
	int status, fine = 0, killed = 0, other = 0;

	for (int i = 0; i < 12; i++) {
		pid_t pid = fork();

		if (!pid) {
			touch(map(bytes, MAP_PRIVATE), bytes);
			_exit(0);
		}
	}
	while (wait(&status) > 0) {
		fine += !status;
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		other += status && !WIFSIGNALED(status);
	}
	printf("crowd: %s, others %d\n", fine && fine + killed > 1 ? "some fine" : "none", other);
	fflush(stdout);
}

/* The first process wants what a child has: the child goes. */
static void take_from_child(void)
{
	int pipe_fds[2], status;
	char byte, *p;
	pid_t pid;

	if (pipe(pipe_fds) < 0)
		exit(1);
	pid = fork();
	if (!pid) {
		touch(map(bytes, MAP_PRIVATE), bytes);
		if (write(pipe_fds[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	if (read(pipe_fds[0], &byte, 1) != 1)
		exit(1);
	p = map(bytes, MAP_PRIVATE);
	touch(p, bytes);
	munmap(p, bytes);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	waitpid(pid, &status, 0);
	report("whose memory was wanted", status);
}

/* Processes that make processes that have some memory each, until fork refuses. */
static void fork_bomb(void)
{
	int status, refused = 0, made = 0;
	int alive[2];
	char byte;

	if (pipe(alive) < 0)
		exit(1);
	while (made < 4000) {
		pid_t pid = fork();

		if (!pid) {
			touch(map(16 * PAGE, MAP_PRIVATE), 16 * PAGE);
			close(alive[1]);
			_exit(read(alive[0], &byte, 1) != 0); /* until the parent has had enough */
		}
		if (pid < 0) {
			refused = errno == EAGAIN || errno == ENOMEM;
			break;
		}
		made++;
		/* Some were killed, so there is room for more, but that is no end. */
		while (waitpid(-1, &status, WNOHANG) > 0)
			if (WIFSIGNALED(status))
				refused = 1;
		if (refused)
			break;
	}
	close(alive[1]);
	close(alive[0]);
	while (wait(&status) > 0)
		;
	printf("fork bomb: %s\n", made > 50 && refused ? "stopped" : "not stopped");
	fflush(stdout);
}

static void fine(void)
{
	touch(map(bytes, MAP_PRIVATE), bytes);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "self"))
		want_private();
	if (argc != 3)
		return 64;
	bytes = strtoul(argv[2], NULL, 10) << 20;
	report("private memory", in_child(want_private));
	report("shared memory", in_child(want_shared));
	report("tables", in_child(want_tables));
	report("areas", in_child(want_areas));
	report("files", in_child(want_files));
	crowd();
	take_from_child();
	fork_bomb();
	report("afterwards", in_child(fine));
	return 0;
}
