/* SPDX-License-Identifier: MIT */
/*
 * The variants and workloads that can be run, as the build describes them in
 * build/share/variants.json and build/share/workloads.json. The build makes these from the
 * variants' files and by asking each workload, so there is no second list to maintain.
 */
#ifndef PVMMU_BENCH_SPEC_CATALOG_H
#define PVMMU_BENCH_SPEC_CATALOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

struct variant {
	const char *name;
	const char *label; /* its name in tables if it differs, or NULL */
	const char *summary;
	const char *env; /* the env it runs on */
	json_t *policy;	 /* {axis: value} */
	/* For a point of a sweep over numeric axes, else NULL. */
	json_t *axes;	    /* the swept axes: [{"name", "unit"}] */
	const char *family; /* the name without them */
};

/* A variant given as custom:..., see custom_variant.h. Owns its strings. */
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
	const char *points; /* "PARAMETER=LIST...", its points in a matrix; NULL: the defaults */
	unsigned min_vcpus; /* with fewer vCPUs it is left out unless named; 0: never */
	struct parameter *parameters;
	size_t nr_parameters;
};

struct catalog {
	struct variant *variants;
	struct workload *workloads;
	size_t nr_variants, nr_workloads;
	struct custom_variant **customs;
	size_t nr_customs;
	json_t *custom;				/* axes and exclusions; NULL: not known */
	json_t *variants_json, *workloads_json; /* own all the strings above */
};

/*
 * Reads both lists below root. false with *error: a list is missing (and how to make it) or
 * malformed.
 */
bool catalog_load(struct catalog *c, const char *root, char **error);
void catalog_free(struct catalog *c);

/* Looks a name up; NULL with *error, which lists the valid names and the likely one. */
const struct variant *catalog_variant(const struct catalog *c, const char *name, char **error);
const struct workload *catalog_workload(const struct catalog *c, const char *name, char **error);
const struct parameter *workload_parameter(const struct workload *w, const char *name,
					   char **error);

#endif
