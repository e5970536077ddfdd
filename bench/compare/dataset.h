/* SPDX-License-Identifier: MIT */
/*
 * Result sets laid out for comparing. A point is a workload with all its parameters on a number of
 * vCPUs. A cell has the samples of one metric in one point, from one variant of one file; the
 * samples of several seeds are pooled in one cell.
 *
 * "By" an axis (axes.h) a cell has the samples of all runs with one value of that axis, from any
 * file. The point or the row then lacks the axis, so cells that differ only in it lie side by side.
 */
#ifndef PVMMU_BENCH_COMPARE_DATASET_H
#define PVMMU_BENCH_COMPARE_DATASET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"
#include "resultset/run.h"
#include "stats/summary.h"

struct cell {
	size_t file, point;  /* indices; by an axis the file is 0 */
	const char *row;     /* what tells it from others of the point: the variant, or what is left
				of it without the axis; borrowed from the cells */
	const char *column;  /* the value on the axis, likewise; "" without one */
	const char *variant; /* borrowed from the set */
	const char *label;   /* what to call the variant, likewise */
	const char *metric;  /* borrowed; NULL: the run measured nothing */
	const char *unit;    /* borrowed; NULL likewise */
	bool counter;	     /* a counter per iteration, not a series */
	const char *status;  /* borrowed; of the worst of the pooled runs */
	bool exact, lower;   /* lower is better */
	bool converted;	     /* some of it was measured in another unit, see units.h */
	double *samples;     /* sorted */
	struct summary summary;
	/* For each pooled run, thus for each seed; sorted: */
	double *medians, *minima;
	struct summary by_median, by_min; /* the spread between seeds */
	double overhead; /* minimum share of a sample that measuring takes, in its unit; NaN: not
			    told */
	const struct run **run; /* that are pooled in it, at least one; borrowed from the dataset */
	size_t nr_runs;
};

struct point {
	char *label;	      /* as short as can be told apart: "fork mb=16 vcpus=4" */
	const char *workload; /* borrowed */
	json_t *parameters;   /* without the axis of the columns */
	json_int_t vcpus;     /* 0: they are the columns */
};

struct dataset {
	struct run_list *set; /* one for each file */
	size_t nr_sets;
	struct cell *cell;
	struct point *point;
	size_t n, nr_points, room;
	const char *tier;    /* the one tier of all */
	const char *shown;   /* the same as it is shown, see shown_tier() */
	const char *flavour; /* the one build of Xen; "": Debian's, or none */
	const char *clock;   /* which kind of time; see identity_clock() */
	struct strv counters;
	struct strv columns, rows; /* distinct, in order of appearance */
	struct strv without;	   /* ids of the runs left out: no value on the axis */
	json_t *cell_index, *point_index, *names; /* places of cells and points by what they are */
	json_t *axes; /* {name: unit} of all that is swept in some family, in order of appearance */
};

/*
 * Lays out sets (which must outlive the cells), in the order of the files and
 * of the runs in them, but the points of a sweep by their values. Series become metrics, and so do
 * the counters that are named, divided by the iterations that they are about: GROUP is the sum of a
 * group's, GROUP.* each of them, GROUP.NAME one. false with *error if the sets mix
 * tiers or flavours of Xen, or no run has such a counter.
 */
bool dataset_make(struct dataset *c, json_t *const *sets, size_t nr_sets,
		  const struct strv *counters, char **error);
void dataset_free(struct dataset *c);

/*
 * The same with a column for each value of an axis, or for each file if by is "file"; names are
 * what to call the files. NULL is dataset_make(). false with *error also if runs would share a cell
 * that differ in more than the seed.
 */
bool dataset_make_by(struct dataset *c, json_t *const *sets, size_t nr_sets, const char *by,
		     const struct strv *names, const struct strv *counters, char **error);

/* The cell of a point, file, row, column and metric, or NULL. A run without measurements has a cell
 * with metric NULL. */
const struct cell *dataset_at(const struct dataset *c, size_t point, size_t file, const char *row,
			      const char *column, const char *metric);

/* The cell of a file, point, variant and metric, or NULL. */
const struct cell *dataset_find(const struct dataset *c, size_t file, size_t point,
				const char *variant, const char *metric);

/* The cell that tells why a metric is missing, or NULL if there was no run. */
const struct cell *dataset_find_failed(const struct dataset *c, size_t file, size_t point,
				       const char *variant);

/* The label of a variant of the set, for tables. */
const char *dataset_label(const struct dataset *c, const char *variant);

/* Distinct names in order of appearance (variants of a sweep by their values), borrowed pointers
 * are copied into the list. */
void dataset_metrics(const struct dataset *c, struct strv *metrics);
void dataset_variants(const struct dataset *c, size_t file, struct strv *variants);

/* Distinct values of a member of the identity (its path, see identity.h) over all cells of a side,
 * joined by " | ". */
struct side_filter {
	size_t file;
	const char *variant; /* NULL: all */
};
char *dataset_identity(const struct dataset *c, struct side_filter side, const char *path);

#endif
