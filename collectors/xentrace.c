// SPDX-License-Identifier: MIT
/*
 * The domain's hypercalls and faults over time, from Xen's trace buffers: xentrace writes them to a
 * file while the workload runs. Each event costs Xen hundreds of instructions, and xentrace runs in
 * dom0 ten times a second: do not use it in runs whose samples matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collector.h"
#include "inside.h"
#include "lib/file_write.h"
#include "lib/text.h"
#include "trace.h"

#define PROGRAM "xentrace"
/* Xen's events: entries of PV guests, and switches of domains. */
#define EVENTS "0x0022f000"
/* Pages of each CPU's buffer: it must hold all events while xentrace sleeps. */
#define BUFFER_PAGES "1024"
#define BINS	     64
/*
 * xentrace has started once it was seen asleep this often; the interval of the looks, and their
 * maximum.
 */
#define LOOK_MS	     20
#define ASLEEP_LOOKS 10
#define LOOKS_MAX    30000

extern char **environ;

struct tracing {
	bool inside;
	char *path;
	pid_t pid;
	unsigned domain;
};

static json_t *xentrace_probe(const struct collector_place *place, char **error)
{
	if (is_inside(place))
		return json_object();
	if (system("command -v " PROGRAM " > /dev/null 2>&1") != 0) {
		fail(error, PROGRAM " is not in PATH: the Debian package xen-utils-4.xx has it, "
				    "in /usr/lib/xen-4.xx/bin");
		return NULL;
	}
	return json_object();
}

static void *xentrace_start(const struct collector_run *run, struct collector_hooks *hooks,
			    char **error)
{
	struct tracing *t = xcalloc(1, sizeof(*t));

	(void)hooks;
	(void)error;
	t->path = xasprintf("%s/trace", run->dir);
	t->inside = is_inside(run->place);
	return t;
}

/* The state of a process: R, S, D, Z; 0 if there is none. */
static char process_state(pid_t pid)
{
	char path[sizeof("/proc//stat") + 24], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%*d (" PROGRAM ") %c", &state) != 1)
		state = 0;
	if (f)
		fclose(f);
	return state;
}

/*
 * xentrace does not report that the buffers are set up, but then sleeps until they have data. So we
 * look for that: on a busy machine any number of milliseconds can pass before it runs at all.
 */
static void wait_for_start(pid_t pid)
{
	struct timespec a_moment = {.tv_nsec = LOOK_MS * 1000000};

	for (int looks = 0, asleep = 0; asleep < ASLEEP_LOOKS && looks < LOOKS_MAX; looks++) {
		char state = process_state(pid);

		if (state == 'Z')
			return;
		asleep += state == 'S';
		nanosleep(&a_moment, NULL);
	}
}

static void xentrace_begun(void *state, const struct collector_moment *at)
{
	struct tracing *t = state;
	char *argv[] = {(char *)PROGRAM, (char *)"-D",	       (char *)"-e", (char *)EVENTS,
			(char *)"-S",	 (char *)BUFFER_PAGES, t->path,	     NULL};
	posix_spawn_file_actions_t files;

	if (t->inside)
		return;
	t->domain = at->domain;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&t->pid, PROGRAM, &files, NULL, argv, environ) != 0)
		t->pid = 0;
	posix_spawn_file_actions_destroy(&files);
	if (t->pid)
		wait_for_start(t->pid);
}

static void xentrace_ended(void *state, const struct collector_moment *at)
{
	struct tracing *t = state;

	(void)at;
	if (!t->pid)
		return;
	/* On this signal xentrace reads the remaining events and ends. */
	kill(t->pid, SIGINT);
	while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
		;
	t->pid = 0;
}

static json_t *read_trace(const struct tracing *t, char **error)
{
	size_t n;
	AUTO_FREE char *bytes = read_whole_file(t->path, &n, NULL);

	if (bytes && n)
		return trace_counts(bytes, n, t->domain, BINS, error);
	fail(error, PROGRAM " wrote nothing: does this Xen have trace buffers?");
	return NULL;
}

static json_t *xentrace_stop(void *state, const json_t *seen, char **error)
{
	struct tracing *t = state;
	json_t *all = NULL;

	xentrace_ended(t, NULL);
	if (seen)
		all = t->inside ? inside_value(seen, error) : read_trace(t, error);
	free(t->path);
	free(t);
	return all;
}

static const struct collector xentrace = {
	.name = "xentrace",
	.summary = "hypercalls and faults in the course of time, by Xen's trace buffers, in dom0",
	.rigs = "xl box",
	.envs = "xen64",
	.tiers = "exact wall",
	.probe = xentrace_probe,
	.start = xentrace_start,
	.begun = xentrace_begun,
	.ended = xentrace_ended,
	.stop = xentrace_stop,
};
COLLECTOR(xentrace);
