/* SPDX-License-Identifier: MIT */
/* A workload as somebody wrote it, NAME[:PARAMETER=VALUES]...: what plan.h says of them. */
#ifndef PVMMU_BENCH_SPEC_WORKLOAD_SPEC_H
#define PVMMU_BENCH_SPEC_WORKLOAD_SPEC_H

#include <jansson.h>
#include <stdbool.h>

#include "catalog.h"

/* More boots than this in one go is a typing error, not a wish. */
#define RUNS_MAX 4096

/*
 * One workload as given, with its parameters: sweeps holds an object for each
 * combination, every parameter set; axes those that take several values.
 */
struct workload_spec {
	const struct workload *workload;
	json_t *sweeps, *axes;
};

/*
 * Reads one. before: the item that a comma parts from it, or NULL; a parameter that was meant for
 * that one is told from a workload. false with *error; free the members in any case.
 */
bool workload_spec_read(struct workload_spec *c, const char *text, const char *before,
			const struct catalog *catalog, unsigned calibrate_ns, char **error);

/* "fork,mb=16": an item that is no workload but PARAMETER=VALUE. false with *error, how to write
 * it.
 */
bool workload_spec_is_named(const char *text, const char *before, char **error);

/* What is swept, as a family tells it. */
json_t *axis_json(const char *name, const char *unit);

/* Where time is real, samples are to last. */
json_int_t default_of(const struct parameter *p, unsigned calibrate_ns);

#endif
