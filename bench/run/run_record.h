/* SPDX-License-Identifier: MIT */
/* The record of a run, and the set of all runs: see results.schema.json. */
#ifndef PVMMU_BENCH_RUN_RUN_RECORD_H
#define PVMMU_BENCH_RUN_RUN_RECORD_H

#include <jansson.h>

#include "lib/outcome.h"
#include "machine/rig.h"

struct schema;

/*
 * The entry of one run. reason may be NULL; extra warnings may be empty. If the outcome is no
 * success the guest's records are not trusted, so series, counters and conserved quantities are
 * left out. A failure to conserve quantities keeps these.
 */
json_t *result_of_run(const struct rig_context *c, const struct run_spec *spec,
		      const struct boot *b, enum outcome outcome, const char *reason,
		      const struct strv *warnings);

/* The entry of a run that was not started. */
json_t *result_not_run(const struct rig_context *c, const struct run_spec *spec,
		       const char *reason);

/* Does an entry fit the schema, and do its members agree? false with *error. */
bool entry_is_valid(const struct schema *schema, json_t *entry, char **error);

/* A complete set; takes over runs and observed. */
json_t *result_set(const char *command, json_t *observed, json_t *runs);

#endif
