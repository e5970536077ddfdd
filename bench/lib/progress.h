/* SPDX-License-Identifier: MIT */
/*
 * Progress on stderr while boots run. On a terminal (TERM is not "dumb") it is one line that is
 * redrawn. In a pipe or a log it is a line every PROGRESS_SECONDS, so that a long run does not look
 * like one that hangs. Outcomes other than success are coloured unless NO_COLOR is set. All
 * functions may be called from several threads.
 */
#ifndef PVMMU_BENCH_LIB_PROGRESS_H
#define PVMMU_BENCH_LIB_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "outcome.h"

#define PROGRESS_SECONDS 10

/* quiet: print no progress and no outcomes. */
void progress_begin(size_t total, bool quiet);
void progress_started(const char *id);
/* An outcome that is not success also gets a line of its own. */
void progress_finished(const char *id, enum outcome outcome, const char *reason);
/* Erases the line, or ends the lines. */
void progress_end(void);

/*
 * The estimate of seconds left of `total` runs at the time `now`. The k-th of the `done` runs (at
 * least 1) ended at ends[(k - 1) % PROGRESS_WINDOW]. Only the latest runs count, because the first
 * ones boot their machines while later ones start from a snapshot. The estimate goes down from the
 * latest end on, and stands still once the next run takes longer than the others did.
 */
#define PROGRESS_WINDOW 16
double progress_left(double start, const double *ends, size_t done, size_t total, double now);

/* "1 min 20 s", "12 s"; the caller's. */
char *readable_duration(double seconds);

#endif
