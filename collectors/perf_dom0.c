// SPDX-License-Identifier: MIT
#include "perf_dom0.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* perf's descriptors for commands and answers. */
#define PERF_CONTROL 3
#define PERF_ANSWER  4
#define CONTROL	     "fd:3,4"
/*
 * perf answers in milliseconds, in seconds in an emulated dom0, and later on a busy machine. If it
 * dies, we notice at once. So this limit is only for a perf that hangs.
 */
#define ANSWER_MS (10 * 60 * 1000)

extern char **environ;

/* Sends a command and waits for the answer. */
static bool order(struct beside *b, const char *text)
{
	struct pollfd fd = {.fd = b->control, .events = POLLIN};
	size_t n = strlen(text);
	char answer[16];
	int ready;

	/* Not by write(): the signal for a closed socket must not kill us. */
	if (send(b->control, text, n, MSG_NOSIGNAL) != (ssize_t)n)
		return false;
	while ((ready = poll(&fd, 1, ANSWER_MS)) < 0 && errno == EINTR)
		;
	return ready == 1 && read(b->control, answer, sizeof(answer)) > 0;
}

void beside_begin(struct beside *b, const char *file, const char *events)
{
	/* -D -1: counts from `enable` on. */
	char *argv[] = {(char *)"perf",
			(char *)"stat",
			(char *)"-a",
			(char *)"-j",
			(char *)"-D",
			(char *)"-1",
			(char *)"--control",
			(char *)CONTROL,
			(char *)"-o",
			(char *)file,
			(char *)"-e",
			(char *)events,
			NULL};
	posix_spawn_file_actions_t files;
	int ends[2];

	*b = (struct beside){.problem = "perf cannot be started"};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, ends[1], PERF_CONTROL);
	posix_spawn_file_actions_adddup2(&files, ends[1], PERF_ANSWER);
	if (posix_spawnp(&b->pid, "perf", &files, NULL, argv, environ) != 0)
		b->pid = 0;
	posix_spawn_file_actions_destroy(&files);
	close(ends[1]);
	b->control = ends[0];
	if (!b->pid) {
		close(b->control);
		return;
	}
	b->problem = order(b, "enable\n") ? NULL : "perf did not begin to count";
}

void beside_end(struct beside *b)
{
	if (!b->pid)
		return;
	if (!b->problem && !order(b, "disable\n"))
		b->problem = "perf did not count to the end";
	kill(b->pid, b->problem ? SIGKILL : SIGINT);
	while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(b->control);
	b->pid = 0;
}
