/* SPDX-License-Identifier: MIT */
/*
 * What is seen while boots run, on stderr: on a terminal that can do so (TERM is not
 * "dumb") one line that is redrawn; elsewhere, as in a pipe or a log, a line of its own
 * every PROGRESS_SECONDS, so that nobody takes a long run for one that hangs. Colour, for
 * outcomes that are not success, is left out if NO_COLOR is set. Safe to call from several
 * threads.
 */
#ifndef PVMMU_BENCH_LIB_PROGRESS_H
#define PVMMU_BENCH_LIB_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "outcome.h"

#define PROGRESS_SECONDS 10

/* quiet: draw nothing at all and report no outcome. */
void progress_begin(size_t total, bool quiet);
void progress_started(const char *id);
/* An outcome that is not success is also reported as a line of its own, on any stderr. */
void progress_finished(const char *id, enum outcome outcome, const char *reason);
/* Erases the line, or ends the lines. */
void progress_end(void);

/*
 * Seconds left of `total` runs at the time `now`, from when the latest of the `done` (at least 1)
 * ended: the k-th at ends[(k - 1) % PROGRESS_WINDOW]. Only those count, because the first runs of
 * all boot their machines and say little about the others, which start from a kept state. Since the
 * last end it goes down, until the next run takes longer than the others did; then it stands still.
 */
#define PROGRESS_WINDOW 16
double progress_left(double start, const double *ends, size_t done, size_t total, double now);

/* "1 min 20 s", "12 s"; the caller's. */
char *readable_duration(double seconds);

#endif
