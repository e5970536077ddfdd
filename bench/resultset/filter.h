/* SPDX-License-Identifier: MIT */
/* Which runs of result sets are meant: by variant, workload, or any axis (axes.h). */
#ifndef PVMMU_BENCH_RESULTSET_FILTER_H
#define PVMMU_BENCH_RESULTSET_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

/* Filled in by options (OPTION_LIST, OPTION_LIST, OPTION_TEXTS); all zero means all runs. */
struct filter {
	struct strv variants;  /* names or labels */
	struct strv workloads; /* NAME[:PARAMETER=VALUES]... */
	struct strv where;     /* AXIS=VALUE[,VALUE]... */
};

/*
 * Replaces each set by one that holds its matching runs only, and gives the old one up. false with
 * *error, and nothing changed: a filter cannot be read, or one of its values is in no run of any
 * set, or no run matches all of them.
 */
bool filter_sets(struct filter *f, json_t **sets, size_t n, char **error);
void filter_free(struct filter *f);

#endif
