/* SPDX-License-Identifier: MIT */
/* What is written down of a run, and the set of all of them: see results.schema.json. */
#ifndef PVMMU_BENCH_RUN_RUN_RECORD_H
#define PVMMU_BENCH_RUN_RUN_RECORD_H

#include <jansson.h>

#include "lib/outcome.h"
#include "machine/rig.h"

/*
 * The entry of one run. reason may be NULL; extra warnings may be empty. On any
 * outcome but success what the guest sent is not to be trusted, so series,
 * counters and conserved quantities are left out, apart from the quantities of
 * a failure to conserve them.
 */
json_t *result_of_run(const struct rig_context *c, const struct run_spec *spec,
		      const struct boot *b, enum outcome outcome, const char *reason,
		      const struct strv *warnings);

/* The entry of a run that was not started. */
json_t *result_not_run(const struct rig_context *c, const struct run_spec *spec,
		       const char *reason);

/* A whole set; takes over runs and observed. */
json_t *result_set(const char *command, json_t *observed, json_t *runs);

#endif
