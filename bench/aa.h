/* SPDX-License-Identifier: MIT */
/*
 * A against A: each run of a plan several times in one session, to see what measuring the same
 * thing again changes. In real time the repetitions of a run take turns with those of the other
 * variants, in an order that the seed decides (rounds.h), as two variants would that are to be
 * compared. On the exact tier there must be no difference at all, so one is an error of the rig.
 */
#ifndef PVMMU_BENCH_AA_H
#define PVMMU_BENCH_AA_H

#include <jansson.h>
#include <stdio.h>

#include "session.h"

/* With this few repetitions there is one pair of each run. */
#define AA_REPETITIONS	   2
#define AA_REPETITIONS_MAX 64

/*
 * Measures the prepared session's plan s->repetitions times. Returns the first runs; *again gets
 * the others as result sets keep them ("repetitions"). Both are the caller's. *kept: how many were
 * taken over from the journal of a session that died.
 */
json_t *aa_measure(struct session *s, const struct engine *e, json_t **again, enum outcome *worst,
		   size_t *kept);

/*
 * What a set with repetitions says of its noise, as it is kept in it ("noise"); the caller's.
 * *why: which exact metric did not repeat, the caller's, or NULL.
 */
json_t *aa_noise(const json_t *set, char **why);

/* A table of it. */
void aa_print(FILE *to, const json_t *noise);

#endif
