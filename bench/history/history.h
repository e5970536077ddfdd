/* SPDX-License-Identifier: MIT */
/*
 * What an index (index.h) tells of series in the course of time: for each series and metric its
 * points, oldest first, and where they changed.
 *
 * A point is one run of one result set. Its date is that of the set in which it was measured, also
 * when the set was merged into another or imported. A run that is in several files is one point.
 * A run that was no success is a point without a value.
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
	char *commit;	      /* of the sources; "" if it is not known */
	char *file;	      /* below the index's directory */
	size_t place;	      /* /runs/PLACE there */
	size_t copies;	      /* further files that have the same run */
	long long iterations; /* that the counters are about */
	json_t *counters;     /* NULL unless they were asked for */
};

/* A run and its value of one metric; NaN, 0 and "" if it has none. */
struct history_point {
	const struct past_run *run;
	double median, least, largest;
	size_t n;
	char samples[32];      /* tells them from others */
	long long value_place; /* samples are at /runs/PLACE/series/VALUE_PLACE; -1: nowhere */
};

struct track {
	char *key;	     /* a hash of what names the series, to choose it by */
	json_t *identity;    /* see series_identity() */
	char *label;	     /* of its last run: env-workload~variant */
	char *metric, *unit; /* metric NULL: no run ever had one */
	bool exact, lower;
	struct history_point *point;
	size_t n;
	struct changes changes;
};

/* The runs of one series, which its tracks share. */
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

/* All of them zero or NULL: everything. */
struct history_query {
	struct filter *filter;	   /* filter.h */
	struct strv metrics;	   /* series of samples, or counters GROUP[.NAME] per iteration */
	const char *series;	   /* the beginning of a key */
	const char *since, *until; /* dates as in result sets, or days */
	struct change_rules rules;
	double exact_floor; /* the same for exact metrics, which have no noise */
	bool by_content;    /* of the same second files count by their bytes, not by their names */
};

/* false with *error: nothing matches, or something asked for is in no series. */
bool history_read(struct history *h, struct index *x, const struct history_query *q, char **error);
void history_free(struct history *h);

/* A part of history_read(): times of one metric that series have in different units become ns. */
void history_settle_units(struct history *h);

/* What a run was made of (made_of()), and what was observed. New references. */
json_t *past_made_of(struct index *x, const struct past_run *r);
json_t *past_observed(struct index *x, const struct past_run *r);

/* Did the outcome of the run change at point i, from that of the one before? */
bool outcome_changed(const struct track *t, size_t i);

#endif
