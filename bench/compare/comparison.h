/* SPDX-License-Identifier: MIT */
/*
 * Result sets beside each other, row by row. In pairs: two files, or in one file a base variant and
 * each other one, a row for each workload and pair. Or by an axis: a row for each workload and
 * variant, and in it a side for each value of the axis, the first being the base. A row that some
 * side lacks is still a row.
 */
#ifndef PVMMU_BENCH_COMPARE_COMPARISON_H
#define PVMMU_BENCH_COMPARE_COMPARISON_H

#include "dataset.h"
#include "difference.h"
#include "lib/table.h"

struct noise;

struct side {
	size_t file;
	const char *variant;	 /* borrowed; of a column that lacks the cell: the row's name */
	const char *label;	 /* what tables call it; borrowed */
	const struct cell *cell; /* NULL: missing */
	double median;		 /* of what is compared, see difference.h; NaN: missing */
	char *missing;		 /* why: an outcome, or "not in the file" */
	double tax;		 /* ratio to native of the medians (native_ratio.h); NaN: unknown */
};

struct row {
	const struct point *point;
	const char *metric; /* borrowed; NULL if no side measured anything */
	const char *unit;
	bool exact;
	struct side *side;	    /* n of them, at least 2; the first is the base */
	struct difference *against; /* n of them: each side beside the base; [0] means nothing */
	size_t n;
	size_t place; /* as in the files */
};

/* The geometric means of a table, over the rows in which all sides have a value. */
struct mean {
	const char *metric;
	char *of;	       /* which rows: "nopin -> eager", or "" for all of the table */
	size_t rows, n;	       /* rows in it; sides */
	double *value, *ratio; /* geometric means of each side's medians, and of its ratios */
	struct strv left_out;  /* the other rows, with why */
};

struct comparison {
	struct dataset data;
	const char *by;	     /* NULL: in pairs */
	struct strv columns; /* by an axis: its values, the base first */
	bool tax;	     /* ratios to native are known */
	bool crosses;	     /* some row compares one variant with another */
	struct row *row;
	size_t n, nr_all; /* rows that are shown, which come first, and all that there are */
	struct mean *mean;
	size_t nr_means;
	struct strv metrics;
	struct strv differences; /* other differences between the sides, by name */
	struct strv notes;	 /* same images; warnings of the runs */
};

/* The request; all zero is the default. */
struct comparison_request {
	const char *by, *base;
	struct strv files, counters, metrics;
	const char *sort;
	double floor;		   /* the minimum change that matters, as a share */
	const struct noise *noise; /* the floors that are known, or NULL */
	bool regressions, changed; /* only rows that are that */
	bool complete;		   /* only rows with a value on every side */
	bool tax;		   /* each side's ratio to native as well */
};

/*
 * Sets, which must outlive the comparison. With one set, base names the variant to compare with
 * (NULL: the first in the file), by an axis the value on it. With two sets that hold one variant
 * each, those two are compared; otherwise each variant with itself; more sets are compared by file.
 * false with *error.
 */
bool comparison_make(struct comparison *k, json_t *const *sets, size_t nr_sets,
		     const struct comparison_request *q, char **error);
void comparison_free(struct comparison *k);

/* A row's variants: "eager", "nopin -> eager". The caller's. */
char *row_variant(const struct comparison *k, const struct row *r);

/* Was some side measured with several seeds? */
bool comparison_has_seeds(const struct comparison *k);

/* The orders that rows can be asked for in, for messages and help: borrowed texts. */
void comparison_orders(struct strv *names);

/* ---- parts of comparison_make() ---- */

/* Fills in differences and notes: notes.c. */
void comparison_notes(struct comparison *k);

/* Fills in means of all rows: means.c. */
void comparison_means(struct comparison *k);

/* Puts rows in order and keeps those that are asked for: row_order.c. */
bool comparison_arrange(struct comparison *k, const struct comparison_request *q, char **error);

/* ---- on stdout; files as they were named ---- */

void comparison_print_json(const struct comparison *k, const struct strv *files);
void comparison_print_text(const struct comparison *k, const struct comparison_request *q,
			   const struct strv *files, enum table_format format);
/* One table for machines, with tabs or commas. */
void comparison_print_table(const struct comparison *k, enum table_format format);

#endif
