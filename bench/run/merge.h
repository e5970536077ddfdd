/* SPDX-License-Identifier: MIT */
/*
 * Merges result sets into one. Each run keeps the date, the program and the machine of its set
 * ("merged_from", "origin"). Runs of sets that were merged before keep their first origin.
 *
 * Ids are unique in a set, so two runs with one id are a conflict unless they are equal apart from
 * what was observed and the sweep that they were part of. Equal runs occur when a set was merged
 * before, or a run of the exact tier was repeated. The first of them is kept.
 */
#ifndef PVMMU_BENCH_RUN_MERGE_H
#define PVMMU_BENCH_RUN_MERGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/sha256.h"
#include "lib/text.h"

struct source_set {
	const char *path;
	json_t *set;
	char sha256[HASH_TEXT]; /* of the file */
};

/* The run to take if two share an id and differ. */
enum prefer { PREFER_NONE, PREFER_FIRST, PREFER_LAST, PREFER_NEWEST, NR_PREFER };

struct merged {
	json_t *set;
	size_t same;	       /* runs left out because they said the same */
	struct strv conflicts; /* "ID: in A and in B" of those that share an id and differ */
};

/*
 * false with *error: no table can show these sets together (dataset.h: other tiers, kinds of time,
 * builds of Xen), or there are conflicts, in m->conflicts, and prefer is PREFER_NONE. command:
 * recorded as the command of the set.
 */
bool merge_sets(struct merged *m, const struct source_set *sources, size_t n, enum prefer prefer,
		const char *command, char **error);
void merged_free(struct merged *m);

#endif
