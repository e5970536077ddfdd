/* SPDX-License-Identifier: MIT */
/*
 * What collectors do to the samples: the same runs without any collector, once more without, which
 * shows what repeating alone changes, and with each collector by itself. All of it is kept in the
 * result set, whose `runs` are those without.
 */
#ifndef PVMMU_BENCH_DISTURBANCE_H
#define PVMMU_BENCH_DISTURBANCE_H

#include <jansson.h>
#include <stdio.h>

#include "session.h"

/*
 * Measures the prepared session's plan so often, with the collectors that were asked for, or all
 * that there are. Returns the runs without; *all: what the set keeps as "disturbance". Both are
 * the caller's. *kept: how many runs were taken over from the journal of a session that died.
 */
json_t *disturbance_measure(struct session *s, const struct engine *e, json_t **all,
			    enum outcome *worst, size_t *kept);

/* A table of it. */
void disturbance_print(FILE *to, const json_t *all);

#endif
