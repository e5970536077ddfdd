/* SPDX-License-Identifier: MIT */
/* A workload as somebody wrote it, NAME[:PARAMETER=VALUES]...: what plan.h says of them. */
#ifndef PVMMU_BENCH_CHOICE_H
#define PVMMU_BENCH_CHOICE_H

#include <jansson.h>
#include <stdbool.h>

#include "catalog.h"

/* More boots than this in one go is a typing error, not a wish. */
#define RUNS_MAX 4096

/*
 * One workload as given, with its parameters: sweeps holds an object for each
 * combination, every parameter set; axes those that take several values.
 */
struct choice {
	const struct workload *workload;
	json_t *sweeps, *axes;
};

/*
 * Reads one. before: the item that a comma parts from it, or NULL; a parameter that was meant for
 * that one is told from a workload. false with *why; free the members in any case.
 */
bool choice_read(struct choice *c, const char *text, const char *before,
		 const struct catalog *catalog, unsigned calibrate_ns, char **why);

/* "fork,mb=16": an item that is no workload but PARAMETER=VALUE. false with *why, how to write it.
 */
bool choice_is_named(const char *text, const char *before, char **why);

/* What is swept, as a family tells it. */
json_t *axis_json(const char *name, const char *unit);

/* Where time is real, samples are to last. */
json_int_t default_of(const struct parameter *p, unsigned calibrate_ns);

#endif
