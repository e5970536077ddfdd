/* SPDX-License-Identifier: MIT */
/*
 * Two sides of a comparison, row by row: two files, or in one file a base
 * variant and each other one. A row that only one side has is still a row.
 */
#ifndef PVMMU_BENCH_COMPARISON_H
#define PVMMU_BENCH_COMPARISON_H

#include "cells.h"

struct side {
	size_t file;
	const char *variant;	 /* borrowed */
	const char *label;	 /* what tables call it; borrowed */
	const struct cell *cell; /* NULL: missing */
	char *missing;		 /* why: an outcome, or "not in the file" */
	double tax;		 /* ratio to native of the medians (tax.h); NaN: unknown */
};

struct row {
	const struct panel *panel;
	const char *metric; /* borrowed; NULL if neither side measured anything */
	const char *unit;
	bool exact;
	struct side base, new;
	bool equal;   /* exact, and all samples are equal */
	double ratio; /* new / base of the medians; NaN if one is missing or base is 0 */
};

struct comparison {
	struct cells cells;
	struct row *row;
	size_t n;
	struct strv metrics;
	struct strv differences; /* what else differs between the sides, by name */
	struct strv notes;	 /* same images; warnings of the runs */
};

/*
 * One or two sets, which must outlive the comparison. With one set, base names
 * the variant to compare with (NULL: the first in the file). With two sets that
 * hold one variant each, those two are compared; otherwise each variant with
 * itself. counters: which of them are compared as well (cells.h). false with *why.
 */
bool comparison_make(struct comparison *k, json_t *const *sets, size_t nr_sets, const char *base,
		     const struct strv *counters, char **why);
void comparison_free(struct comparison *k);

/* On stdout; files as they were named. */
void comparison_print_json(const struct comparison *k, const struct strv *files, bool tax);

#endif
