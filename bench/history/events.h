/* SPDX-License-Identifier: MIT */
/*
 * Events in a series: its value changed, or its outcome did (a crash, or the end of one). Each
 * event has the differences between the run before and the run after.
 */
#ifndef PVMMU_BENCH_HISTORY_EVENTS_H
#define PVMMU_BENCH_HISTORY_EVENTS_H

#include <jansson.h>
#include <stddef.h>

#include "history.h"
#include "index.h"

struct event {
	const struct history_point *before, *after;
	const struct change *change; /* NULL: the outcome changed */
	json_t *made;		     /* differences of their inputs: made_of_changes() */
	json_t *observed; /* differences observed on the machine, without values that always vary */
};

struct events {
	struct event *event; /* in order of time */
	size_t n;
};

struct events events_of(const struct track *t, struct index *x);
void events_free(struct events *e);

/*
 * "commit a -> b; xen.version c -> d". Long hashes are cut; of argument lists only the differences
 * are shown. "" if there is no difference. The caller's.
 */
char *changes_text(const json_t *changes);

/*
 * An event in one line: "1,000 -> 1,100 instructions (+10.00 %, worse)", "success -> crash: guest
 * panic". The caller's.
 */
char *event_text(const struct track *t, const struct event *e);

/*
 * "+1.25 %"; "=" if both are equal, "-" if there is no ratio. Small changes have more digits. The
 * caller's.
 */
char *share_text(double from, double to);

/* The command that repeats a run, and its commit; the caller's. */
char *repeat_text(const struct past_run *r);

#endif
