/* SPDX-License-Identifier: MIT */
/*
 * The result set: what was measured, as one JSON file. Its format is
 * results.schema.json, which says what every member means.
 */
#ifndef PVMMU_BENCH_RESULTSET_RESULTSET_READ_H
#define PVMMU_BENCH_RESULTSET_RESULTSET_READ_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/json.h"
#include "lib/text.h"

struct schema;

#define RESULTSET_VERSION   2
#define METRIC_INSTRUCTIONS "insns"

/*
 * True if the same identity gives the same samples and counters. Tier exact promises this; a run
 * that was found otherwise says so itself (repeat_exact.h).
 */
bool run_is_exact(const json_t *run);

/* How a tier is called where it is shown: exact only if all that is shown is. Borrowed. */
const char *shown_tier(const char *tier, bool all_exact);

/* Iterations of the workload in each sample of a series of a run. */
json_int_t iterations_per_sample(const json_t *series);

/* The samples of a series, each divided by its iterations, *n of them; the caller's. */
double *sample_values(const json_t *series, size_t *n);

/*
 * Reads and checks a file: syntax, version (migrate.h), schema, then sense. NULL with errors: file,
 * and line or JSON pointer, what was expected and what is there. A file of more bytes than a limit
 * is refused, before it is read if it has a size; in memory a set takes some six times its size.
 */
json_t *resultset_load(const char *path, const struct schema *schema, struct strv *errors);

/* In MiB, unless the environment has another. */
#define RESULTSET_LIMIT_MIB 64
#define RESULTSET_LIMIT_ENV "PVMMU_RESULT_LIMIT"

/* The same of n bytes, without a limit; `name` is what errors call them. */
json_t *resultset_parse(const char *bytes, size_t n, const char *name, const struct schema *schema,
			struct strv *errors);

/* The same of what was parsed already, which is made of today's version. false with errors. */
bool resultset_check(json_t *set, const struct schema *schema, struct strv *errors);

/*
 * The rules that a schema cannot state: unique ids, agreeing counts, outcomes and contents that
 * fit; numbers that a double holds; names that can be shown on a terminal (utf8.h).
 */
bool resultset_makes_sense(const json_t *set, struct strv *errors);

/*
 * An identity's value on an axis: a parameter of the workload, vcpus, or a number in the policy. A
 * new reference, NULL if it has none.
 */
json_t *axis_value(const json_t *identity, const char *axis);

#endif
