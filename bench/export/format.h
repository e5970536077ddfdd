/* SPDX-License-Identifier: MIT */
/*
 * Result sets in other programs' formats. Each format is a file in formats/, found by wildcard: it
 * defines a struct export_format and registers it with EXPORT_FORMAT(). `export --help` and `export
 * --format` then know it.
 *
 * All formats say the same. A benchmark is a run, by its id, so seeds stay separate. A measure is a
 * series of the run, by iteration: its median, and the interval of the median if the metric is not
 * exact (summary.h). An exact metric has no error, so no interval is invented for it. A failed run
 * has no numbers; `export` names it on standard error, and so do formats that can.
 */
#ifndef PVMMU_BENCH_EXPORT_FORMAT_H
#define PVMMU_BENCH_EXPORT_FORMAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/text.h"
#include "stats/summary.h"

struct export_series {
	const char *name, *unit;  /* borrowed from the set */
	bool exact, lower;	  /* lower is better */
	double *samples, *sorted; /* by iteration: in order of time, and ascending */
	struct summary summary;
	struct interval interval; /* of the median; none for an exact metric */
	bool constant;		  /* all samples are equal */
};

struct export_run {
	const char *file, *id, *status, *reason; /* reason: "" of a success */
	const json_t *set, *run, *identity;	 /* borrowed */
	struct export_series *series;
	size_t nr_series; /* 0: it failed, or measured none of the requested metrics */
};

struct export_data {
	struct export_run *run;
	size_t n;
};

struct export_format {
	const char *name, *summary; /* the summary starts in lower case and has no full stop */
	/* The reason why this format cannot hold a series, or NULL. The series is then left out
	 * and named. */
	const char *(*refuses)(const struct export_series *s);
	/* The reason why it cannot hold a set, or NULL. */
	const char *(*refuses_set)(const json_t *set);
	/* Each value has its unit beside it, so one metric may have several. */
	bool tells_units;
	/* Runs of the same id in different files stay distinct. */
	bool tells_files_apart;
	void (*write)(FILE *to, const struct export_data *d);
};

/* Registers pointers, not structs, since structs could have alignment gaps between them. */
#define EXPORT_FORMAT(f)                                                                           \
	static const struct export_format *const f##_entry                                         \
		__attribute__((section("pvmmu_exports"), used)) = &(f)

/* Format i in the order of their names, NULL after the last. */
const struct export_format *export_at(size_t i);
/* NULL with *error, which names the valid ones. */
const struct export_format *export_by_name(const char *name, char **error);

/*
 * All runs of the sets with the series that are named in metrics (an empty list: all) and that the
 * format can hold. The sets must outlive the data. left_out gets a line for each failed run and
 * each refused series. false with *error: no run has a requested metric, no data is left, or two
 * runs have the same name. Free the data in either case.
 */
bool export_collect(struct export_data *d, const struct strv *files, json_t *const *sets,
		    const struct strv *metrics, const struct export_format *f,
		    struct strv *left_out, char **error);
void export_free(struct export_data *d);

/* ---- for formats; texts are the caller's ---- */

/* A double with as few digits as reproduce it: 15, or 17. */
char *export_number(double v);

/* The same for JSON: an integer if it has no fraction. A new reference. */
json_t *export_json(double v);

/* JSON with an indentation of 1 and a newline behind it; takes over the value. */
void export_write_json(FILE *to, json_t *value);

/*
 * The identity of a run, flat and in order: {"env", "rig", "tier", "workload", each of its
 * parameters, "variant", "vcpus", "seed"}, numbers as integers. A parameter with one of these names
 * gets "param_" in front. A new reference.
 */
json_t *export_parameters(const struct export_run *r);

/* A parameter as text; the caller's. */
char *export_text(const json_t *value);

#endif
