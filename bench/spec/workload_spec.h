/* SPDX-License-Identifier: MIT */
/* A workload as given on a command line, NAME[:PARAMETER=VALUES]... (plan.h). */
#ifndef PVMMU_BENCH_SPEC_WORKLOAD_SPEC_H
#define PVMMU_BENCH_SPEC_WORKLOAD_SPEC_H

#include <jansson.h>
#include <stdbool.h>

#include "catalog.h"

/* More boots than this in one call are taken for a typing error. */
#define RUNS_MAX 4096

/*
 * One workload with its parameters: sweeps holds an object for each combination, every parameter
 * set; axes those that take several values.
 */
struct workload_spec {
	const struct workload *workload;
	json_t *sweeps, *axes;
};

/*
 * Reads one. before: the item in front of it in a list with commas, or NULL, so that a parameter
 * behind a comma gets a good message. false with *error; free the members in any case.
 */
bool workload_spec_read(struct workload_spec *c, const char *text, const char *before,
			const struct catalog *catalog, unsigned calibrate_ns, char **error);

/*
 * false with *error, which says how to write it, for an item that is PARAMETER=VALUE and no
 * workload, as in "fork,mb=16".
 */
bool workload_spec_is_named(const char *text, const char *before, char **error);

/* An axis of a sweep, as a family has it. */
json_t *axis_json(const char *name, const char *unit);

/* The default of a parameter. In real time, samples must last long enough (calibrate_ns). */
json_int_t default_of(const struct parameter *p, unsigned calibrate_ns);

#endif
