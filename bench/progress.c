// SPDX-License-Identifier: MIT
#include "progress.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "subprocess.h"
#include "terminal.h"
#include "text.h"

#define ERASE "\r\033[K"

static struct {
	pthread_mutex_t lock;
	size_t total, done;
	double start, ends[PROGRESS_WINDOW]; /* the last ones, by done modulo their number */
	bool line, color, quiet;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

void progress_begin(size_t total, bool quiet)
{
	const char *term = getenv("TERM");

	state.total = total;
	state.done = 0;
	state.start = monotonic_seconds();
	state.quiet = quiet;
	state.line = !quiet && isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
	state.color = state.line && terminal_has_colours(STDERR_FILENO);
}

char *readable_duration(double seconds)
{
	long s = lround(ceil(seconds));

	if (s < 60)
		return xasprintf("%ld s", s);
	return xasprintf("%ld min %ld s", s / 60, s % 60);
}

double progress_left(double start, const double *ends, size_t done, size_t total)
{
	size_t n = done < PROGRESS_WINDOW ? done : PROGRESS_WINDOW - 1;
	double since = done < PROGRESS_WINDOW ? start : ends[done % PROGRESS_WINDOW];
	double last = ends[(done - 1) % PROGRESS_WINDOW];

	return (last - since) / (double)n * (double)(total - done);
}

/* With the lock held. */
static void draw(const char *id)
{
	char *left;

	if (!state.line)
		return;
	if (!state.done) {
		fprintf(stderr, ERASE "[0/%zu] %.60s", state.total, id);
	} else {
		left = readable_duration(
			progress_left(state.start, state.ends, state.done, state.total));
		fprintf(stderr, ERASE "[%zu/%zu] %.60s, about %s left", state.done, state.total, id,
			left);
		free(left);
	}
	fflush(stderr);
}

void progress_started(const char *id)
{
	pthread_mutex_lock(&state.lock);
	draw(id);
	pthread_mutex_unlock(&state.lock);
}

void progress_finished(const char *id, enum outcome outcome, const char *reason)
{
	pthread_mutex_lock(&state.lock);
	state.ends[state.done % PROGRESS_WINDOW] = monotonic_seconds();
	state.done++;
	if (outcome != OUTCOME_SUCCESS && !state.quiet)
		fprintf(stderr, "%s%s%s%s: %s: %s\n", state.line ? ERASE : "",
			state.color ? "\033[31m" : "", outcome_name(outcome),
			state.color ? "\033[0m" : "", id, reason ? reason : "");
	draw(id);
	pthread_mutex_unlock(&state.lock);
}

void progress_end(void)
{
	if (state.line)
		fputs(ERASE, stderr);
	fflush(stderr);
}
