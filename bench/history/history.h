/* SPDX-License-Identifier: MIT */
/*
 * The history of series, from an index (index.h): for each series and metric its points, oldest
 * first, and its changes.
 *
 * A point is one run of one result set. Its date is the date of the set in which it was measured,
 * even if the set was merged or imported later. A run that several files have is one point. A run
 * without success is a point without a value.
 */
#ifndef PVMMU_BENCH_HISTORY_HISTORY_H
#define PVMMU_BENCH_HISTORY_HISTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "index.h"
#include "lib/text.h"
#include "resultset/filter.h"
#include "stats/change_points.h"

struct past_run {
	long long row; /* in the index */
	char *created, *name, *outcome, *reason, *command;
	char *commit;	      /* of the sources; "" if unknown */
	char *file;	      /* below the index's directory */
	size_t place;	      /* /runs/PLACE there */
	size_t copies;	      /* number of other files that have the same run */
	long long iterations; /* of the counters */
	json_t *counters;     /* NULL unless they were asked for */
};

/* A run and its value of one metric; NaN, 0 and "" if it has none. */
struct history_point {
	const struct past_run *run;
	double median, min, max;
	size_t n;
	char samples[32]; /* a hash of the samples */
	long long
		value_place; /* samples are at /runs/PLACE/series/VALUE_PLACE; -1: there are none */
};

struct track {
	char *key;	     /* a hash of the series' identity, to choose it by */
	json_t *identity;    /* see series_identity() */
	char *label;	     /* of its last run: env-workload~variant */
	char *metric, *unit; /* metric NULL: no run ever had one */
	bool exact, lower;
	struct history_point *point;
	size_t n;
	struct changes changes;
};

/* The runs of one series, shared by its tracks. */
struct past {
	struct past_run *run;
	size_t n;
};

struct history {
	struct track *track;
	size_t n;
	struct past *past;
	size_t nr_past;
};

/* Zero or NULL members select everything. */
struct history_query {
	struct filter *filter;	   /* filter.h */
	struct strv metrics;	   /* series of samples, or counters GROUP[.NAME] per iteration */
	const char *series;	   /* the beginning of a key */
	const char *since, *until; /* dates as in result sets, or days */
	struct change_rules rules;
	double exact_floor; /* smaller changes of exact metrics are ignored */
	bool by_content;    /* order files of the same second by their bytes, not by their names */
};

/* false with *error: no series matches, or no series has what was asked for. */
bool history_read(struct history *h, struct index *x, const struct history_query *q, char **error);
void history_free(struct history *h);

/* The inputs of a run (made_of()), and what was observed. New references. */
json_t *past_made_of(struct index *x, const struct past_run *r);
json_t *past_observed(struct index *x, const struct past_run *r);

/* Did the outcome change from point i - 1 to point i? */
bool outcome_changed(const struct track *t, size_t i);

#endif
