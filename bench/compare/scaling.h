/* SPDX-License-Identifier: MIT */
/*
 * How a cost grows along the axes of a sweep: for each variant a line through the points that
 * differ in that axis only (line_fit.h). Derived from the samples, never stored.
 */
#ifndef PVMMU_BENCH_COMPARE_SCALING_H
#define PVMMU_BENCH_COMPARE_SCALING_H

#include "dataset.h"
#include "lib/table.h"
#include "stats/line_fit.h"

struct scaling_curve {
	size_t file;
	const char *axis;      /* borrowed from the cells */
	char *per;	       /* one unit of it: "MiB", "process" */
	char *workload;	       /* label of the points without the axis */
	char *variant;	       /* label, likewise */
	const struct cell *of; /* the first point: its metric and unit */
	struct fit fit;
};

struct scaling {
	struct scaling_curve *v;
	size_t n;
};

/*
 * All lines along one axis, or along each axis that is swept if `by` is NULL; of one metric, or of
 * all if that is NULL. least: through least samples instead of medians. The cells must outlive
 * them. A point that failed is not in its line.
 */
void scaling_make(struct scaling *g, const struct dataset *c, const char *by, const char *metric,
		  bool least);
void scaling_free(struct scaling *g);

/* A label without "AXIS=VALUE" and what separates that from the rest; the caller's. */
char *scaling_label_without(const char *label, const char *axis);

/* Tables, one for each axis and metric, each after an empty line if `more`. */
void scaling_print(const struct scaling *g, const struct dataset *c, enum table_format format,
		   bool least, bool more);
/* One table with every digit, for machines. */
void scaling_print_tsv(const struct scaling *g, const struct dataset *c, bool least);
/* An array, the caller's. */
json_t *scaling_json(const struct scaling *g, bool least);

#endif
