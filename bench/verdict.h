/* SPDX-License-Identifier: MIT */
/*
 * verdict.json: what the process exits with and why, beside the result. make
 * turns every failure into 2; whoever needs the truth reads it here.
 */
#ifndef PVMMU_BENCH_VERDICT_H
#define PVMMU_BENCH_VERDICT_H

#include <jansson.h>
#include <stdbool.h>

#include "outcome.h"

/*
 * Writes verdict.json into the directory of the result file `out`. reason may
 * be NULL; runs is a result set's, or NULL if none was started. false with *why.
 */
bool verdict_write(const char *out, enum exit_code code, const char *reason, const json_t *runs,
		   char **why);

/* "pass", "skip", "error", "fail", "crash", "timeout", "usage", "interrupted" */
const char *verdict_name(enum exit_code code);

#endif
