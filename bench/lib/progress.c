// SPDX-License-Identifier: MIT
#include "progress.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "subprocess.h"
#include "terminal.h"
#include "text.h"

#define ERASE "\r\033[K"

static struct {
	pthread_mutex_t lock;
	size_t total, done;
	double start, ends[PROGRESS_WINDOW]; /* ends of the latest runs: a ring */
	bool line, color, quiet;
	char *latest; /* id of the run that started last */
	/* The thread that prints a line now and then. */
	pthread_t speaker;
	pthread_cond_t end;
	bool speaking, ending;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* With the lock held. */
static void say(void)
{
	AUTO_FREE char *since = readable_duration(monotonic_seconds() - state.start), *left = NULL;

	if (state.done && state.done < state.total)
		left = readable_duration(progress_left(state.start, state.ends, state.done,
						       state.total, monotonic_seconds()));
	complain("%zu of %zu runs done in %s%s%s%s%s%s", state.done, state.total, since,
		 left ? ", about " : "", left ? left : "", left ? " left" : "",
		 state.latest ? "; latest: " : "", state.latest ? state.latest : "");
}

static void *speak(void *unused)
{
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&state.lock);
	while (!state.ending) {
		next.tv_sec += PROGRESS_SECONDS;
		while (!state.ending &&
		       pthread_cond_timedwait(&state.end, &state.lock, &next) != ETIMEDOUT)
			;
		if (!state.ending)
			say();
	}
	pthread_mutex_unlock(&state.lock);
	return unused;
}

/* If no thread can be had, no lines are printed. */
static void start_speaker(void)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&state.end, &monotonic);
	pthread_condattr_destroy(&monotonic);
	state.ending = false;
	state.speaking = pthread_create(&state.speaker, NULL, speak, NULL) == 0;
}

void progress_begin(size_t total, bool quiet)
{
	const char *term = getenv("TERM");

	state.total = total;
	state.done = 0;
	state.start = monotonic_seconds();
	state.quiet = quiet;
	state.line = !quiet && isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
	state.color = state.line && terminal_has_colours(STDERR_FILENO);
	if (!quiet && !state.line && total)
		start_speaker();
}

char *readable_duration(double seconds)
{
	long s = lround(ceil(seconds));

	if (s < 60)
		return xasprintf("%ld s", s);
	return xasprintf("%ld min %ld s", s / 60, s % 60);
}

double progress_left(double start, const double *ends, size_t done, size_t total, double now)
{
	size_t n = done < PROGRESS_WINDOW ? done : PROGRESS_WINDOW - 1;
	double since = done < PROGRESS_WINDOW ? start : ends[done % PROGRESS_WINDOW];
	double last = ends[(done - 1) % PROGRESS_WINDOW];

	double each = (last - since) / (double)n, left = each * (double)(total - done);

	/* The next run may be late, which says little about the runs behind it. */
	return left - fmin(now - last, total > done ? each : 0);
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
		left = readable_duration(progress_left(state.start, state.ends, state.done,
						       state.total, monotonic_seconds()));
		fprintf(stderr, ERASE "[%zu/%zu] %.60s, about %s left", state.done, state.total, id,
			left);
		free(left);
	}
	fflush(stderr);
}

void progress_started(const char *id)
{
	pthread_mutex_lock(&state.lock);
	replace_text(&state.latest, "%s", id);
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
	if (state.speaking) {
		pthread_mutex_lock(&state.lock);
		state.ending = true;
		pthread_cond_signal(&state.end);
		pthread_mutex_unlock(&state.lock);
		pthread_join(state.speaker, NULL);
		pthread_cond_destroy(&state.end);
		state.speaking = false;
	}
	free(state.latest);
	state.latest = NULL;
	if (state.line)
		fputs(ERASE, stderr);
	fflush(stderr);
}
