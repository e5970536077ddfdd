/* SPDX-License-Identifier: MIT */
/*
 * What can be run: the variants and workloads that the build has described in
 * build/share/variants.json and build/share/workloads.json. They are made from
 * the variants' files and by asking each workload, so this is never a second
 * list to keep up to date.
 */
#ifndef PVMMU_BENCH_SPEC_CATALOG_H
#define PVMMU_BENCH_SPEC_CATALOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

struct variant {
	const char *name;
	const char *label; /* what tables call it if not by its name, or NULL */
	const char *summary;
	const char *env; /* what it runs on */
	json_t *policy;	 /* {axis: value} */
	/* Of one among several that differ in axes with numbers, else NULL. */
	json_t *axes;	    /* those: [{"name", "unit"}] */
	const char *family; /* the name without them */
};

/* One that was asked for as custom:..., see custom_variant.h. Owns what it holds. */
struct custom_variant {
	struct variant variant;
	char *name, *label, *family;
};

struct parameter {
	const char *name, *unit, *help;
	json_int_t def, min, max;
};

struct workload {
	const char *name, *summary, *measures;
	const char *points; /* "PARAMETER=LIST...", what a matrix has of it; NULL: the defaults */
	unsigned min_vcpus; /* where all workloads are meant, left out on fewer; 0: never */
	struct parameter *parameters;
	size_t nr_parameters;
};

struct catalog {
	struct variant *variants;
	struct workload *workloads;
	size_t nr_variants, nr_workloads;
	struct custom_variant **customs;
	size_t nr_customs;
	json_t *custom;				/* axes and exclusions; NULL: not told */
	json_t *variants_json, *workloads_json; /* own all the strings above */
};

/* Reads both lists below root. false with *error: missing (and how to make it) or malformed. */
bool catalog_load(struct catalog *c, const char *root, char **error);
void catalog_free(struct catalog *c);

/* Looks a name up; NULL with *error naming the valid ones and the likely one. */
const struct variant *catalog_variant(const struct catalog *c, const char *name, char **error);
const struct workload *catalog_workload(const struct catalog *c, const char *name, char **error);
const struct parameter *workload_parameter(const struct workload *w, const char *name,
					   char **error);

#endif
