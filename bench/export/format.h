/* SPDX-License-Identifier: MIT */
/*
 * Result sets in other programs' formats. Each format is one file in this directory, found by
 * wildcard: it defines a struct export_format and registers it with EXPORT_FORMAT(), and that is
 * all it takes to appear in `export --help` and in `export --format`.
 *
 * What all of them say is the same: a benchmark is a run, by its id, so that seeds stay apart; a
 * measure is a series of it, by iteration, as its median, and with the interval of the median where
 * the metric is not exact (summary.h). An exact metric has no error, so none is made up for it. A
 * run that failed is no number: formats that can say so do, and export names it on standard error
 * in any case.
 */
#ifndef PVMMU_BENCH_EXPORT_FORMAT_H
#define PVMMU_BENCH_EXPORT_FORMAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "stats/summary.h"

struct export_series {
	const char *name, *unit;  /* borrowed from the set */
	bool exact, lower;	  /* lower is better */
	double *samples, *sorted; /* by iteration; as they came, and ascending */
	struct summary summary;	  /* of them */
	struct interval interval; /* of the median; there is none for an exact metric */
	bool constant;		  /* all samples are the same */
};

struct export_run {
	const char *file, *id, *status, *reason; /* reason: "" of a success */
	const json_t *set, *run, *identity;	 /* borrowed */
	struct export_series *series;
	size_t nr_series; /* 0: it failed, or measured nothing that was asked for */
};

struct export_data {
	struct export_run *run;
	size_t n;
};

struct export_format {
	const char *name, *summary; /* the summary starts in lower case and has no full stop */
	/* Why a series cannot be said in this format, or NULL; such a series is left out and named.
	 */
	const char *(*refuses)(const struct export_series *s);
	/* Why nothing of a set can be said in it, or NULL. */
	const char *(*refuses_set)(const json_t *set);
	/* Each value has its unit beside it, so that one metric may have several. */
	bool tells_units;
	/* It tells runs of the same id apart if they are in different files. */
	bool tells_files_apart;
	void (*write)(FILE *to, const struct export_data *d);
};

/* Pointers, not structs, so that no alignment gap can come between them. */
#define EXPORT_FORMAT(f)                                                                           \
	static const struct export_format *const export_entry                                      \
		__attribute__((section("pvmmu_exports"), used)) = &(f)

/* ---- what formats are made with; texts are the caller's ---- */

/* A double with as few digits as give it back: 15, or 17. */
char *export_number(double v);

/* The same for JSON: an integer if it is whole. A new reference. */
json_t *export_json(double v);

/* JSON with an indentation of 1 and a newline behind it; takes the value over. */
void export_put_json(FILE *to, json_t *value);

/*
 * What tells runs apart, flat and in order: {"env", "rig", "tier", "workload", each of its
 * parameters, "variant", "vcpus", "seed"}, numbers as integers. A parameter of one of these names
 * has "param_" in front. A new reference.
 */
json_t *export_parameters(const struct export_run *r);

/* One of those as text; the caller's. */
char *export_text(const json_t *value);

#endif
