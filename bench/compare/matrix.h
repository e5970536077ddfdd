/* SPDX-License-Identifier: MIT */
/*
 * All variants of one result set side by side: for each metric and number of
 * vCPUs a table with a row for each workload and a column for each variant.
 */
#ifndef PVMMU_BENCH_COMPARE_MATRIX_H
#define PVMMU_BENCH_COMPARE_MATRIX_H

#include "dataset.h"
#include "lib/table.h"
#include "reference.h"

struct matrix {
	bool least; /* the least sample instead of the median */
	bool tax;   /* tables of the ratios to native as well, see native_ratio.h */
	enum table_format format;
	struct reference reference; /* shown beside series, not counters; may be empty */
};

/* Prints to stdout. A missing value is a dash; a failed run names its outcome. */
void matrix_print(const struct matrix *w, const struct dataset *c);

#endif
