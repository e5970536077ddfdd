/* SPDX-License-Identifier: MIT */
/*
 * Several result sets in one. Each run keeps the date, the program and the machine of the set that
 * it is from ("merged_from", "origin"); merging merged sets keeps the first origin, not the way.
 *
 * Ids are unique in a set, so two runs that share one are a conflict, unless they say the same:
 * everything but what was observed and the sweep that they were part of is equal, as when a set was
 * merged before, or a run of the exact tier was repeated. Of those the first is kept.
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

/* Which of two runs that share an id and differ is taken. */
enum prefer { PREFER_NONE, PREFER_FIRST, PREFER_LAST, PREFER_NEWEST, NR_PREFER };

struct merged {
	json_t *set;
	size_t same;	       /* runs left out because they said the same */
	struct strv conflicts; /* "ID: in A and in B" of those that share an id and differ */
};

/*
 * false with *error: sets that no table could show together (dataset.h: other tiers, kinds of time,
 * builds of Xen), or conflicts with PREFER_NONE, which are in m->conflicts. command: what the set
 * says made it.
 */
bool merge_sets(struct merged *m, const struct source_set *sources, size_t n, enum prefer prefer,
		const char *command, char **error);
void merged_free(struct merged *m);

#endif
