/* SPDX-License-Identifier: MIT */
/* Which series of an index are meant: the filters that compare takes, applied to what the index
 * knows instead of to the runs of files. */
#ifndef PVMMU_BENCH_HISTORY_SELECT_H
#define PVMMU_BENCH_HISTORY_SELECT_H

#include <jansson.h>

#include "index.h"
#include "lib/sha256.h"
#include "resultset/filter.h"

/* A series of the index, before its runs are read. */
struct series_row {
	long long row;
	json_t *identity;    /* see series_identity() */
	char key[HASH_TEXT]; /* the beginning of a hash of it */
};

struct series_list {
	struct series_row *v;
	size_t n;
};

/* All series, or those whose key begins so; in an order that stays. */
void series_list_read(struct series_list *all, struct index *x, const char *begin);
void series_list_free(struct series_list *all);

/*
 * Those that a filter (NULL: none) leaves: [{"chosen": index into the list, "build": row}, ...]; a
 * build of 0 is any. NULL with *error. A new reference.
 */
json_t *series_choose(struct index *x, const struct series_list *all, struct filter *f,
		      char **error);

#endif
