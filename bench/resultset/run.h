/* SPDX-License-Identifier: MIT */
/*
 * A run of a result set, taken apart once. runs_read() is the only place that knows where
 * results.schema.json puts what commands compute with; they read fields. Texts are borrowed from
 * the set, which must outlive the runs; a text that was not told is "", unless said otherwise.
 */
#ifndef PVMMU_BENCH_RESULTSET_RUN_H
#define PVMMU_BENCH_RESULTSET_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/outcome.h"
#include "lib/text.h"

struct series {
	const char *name, *unit;
	bool lower_is_better, exact;
	bool converted;	       /* measured in another unit, see units.h */
	double iterations;     /* of the workload in each sample */
	const json_t *samples; /* for series_samples() */
	size_t n;
};

/* A member of the identity, see identity.h. */
struct run_member {
	const char *text; /* JSON in one spelling, a string without its quotes; NULL: not told */
	bool could_tell;
};

struct counter {
	const char *group, *name;
	json_int_t count; /* in all counted iterations together */
};

struct run {
	const char *id, *env, *rig, *tier;
	const char *clock;		   /* see identity_clock() */
	const char *variant, *label;	   /* label: what tables call the variant, never "" */
	const char *mutant, *flavour;	   /* "": none */
	const char *workload, *image;	   /* image: the kernel's SHA-256 */
	const json_t *policy, *parameters; /* {axis: text}, {name: number}; NULL: none */
	json_int_t vcpus, seed;
	json_int_t memory_mib, high_pages; /* 0: not told, no such zone */
	struct run_member *member;	   /* as many as identity_members[] */

	enum outcome outcome;
	const char *status, *reason;
	bool exact;   /* the same identity gives the same samples, see run_is_exact() */
	bool inexact; /* the tier promises that, and it was found otherwise */
	struct series *series;
	size_t nr_series;
	struct counter *counter;
	size_t nr_counters;
	json_int_t counted_iterations;
	double overhead;	/* minimum of what measuring takes, in timer units; NaN: not told */
	const json_t *warnings; /* texts */
	const json_t *axes;	/* [{"name", "unit"}] of the sweep that it is a point of, or NULL */

	/* For commands that write parts of a run elsewhere. Borrowed. */
	const json_t *json, *identity;
};

struct run_list {
	struct run *run;
	size_t n;
	struct strv texts; /* values of members that are no strings */
};

/* Takes apart the runs of a set, which was checked (resultset_read.h). To be freed. */
void runs_read(struct run_list *all, const json_t *set);
void runs_free(struct run_list *all);

/* Writes the n samples of a series, each divided by its iterations. */
void series_samples(const struct series *s, double *to);

/* The policy's value on an axis ("ptl"); "": none. Borrowed. */
const char *run_policy(const struct run *run, const char *axis);

/* A member of the identity by its path and line, see identity.h. Borrowed. */
const struct run_member *run_member(const struct run *run, const char *path, const char *line);

#endif
