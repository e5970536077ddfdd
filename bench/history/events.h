/* SPDX-License-Identifier: MIT */
/*
 * What happened in a series: its value changed, or it ended otherwise than before (a crash, or a
 * crash no more). With each goes what differs between the run before and the one after.
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
	json_t *made;		     /* of what they are made: made_of_changes() */
	json_t *observed; /* the same of the machine; what varies all the time left out */
};

struct events {
	struct event *event; /* in order of time */
	size_t n;
};

struct events events_of(const struct track *t, struct index *x);
void events_free(struct events *e);

/* "commit a -> b; xen.version c -> d", long hashes cut, of lists of arguments
 * what only one side has; "" if nothing differs. The caller's. */
char *changes_text(const json_t *changes);

/*
 * What changed in one line: "1,000 -> 1,100 instructions (+10.00 %, worse)", "success -> crash:
 * guest panic". The caller's.
 */
char *event_text(const struct track *t, const struct event *e);

/* "+1.25 %", "=" of equals, "-" of what cannot be told; small shares with the digit that counts.
 * The caller's. */
char *share_text(double from, double to);

/* The command that repeats a run, and at which commit; the caller's. */
char *repeat_text(const struct past_run *r);

#endif
