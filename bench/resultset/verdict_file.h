/* SPDX-License-Identifier: MIT */
/*
 * verdict.json: what the process exits with and why, beside the result. make
 * turns every failure into 2; the exact code is here. Both `pvmmu run` and `pvmmu
 * verdict` write it; its format is verdict.schema.json.
 *
 * There are five verdicts, each with its outcomes and exit codes:
 *
 *	pass		success					0
 *	running		skip: the run is under way, or died	3
 *	inconclusive	skip: nothing can be concluded yet	3, or 130 after a signal
 *	fail		failure, crash, timeout: the subject's	5, 6, 7
 *	error		error: the harness' or environment's	4
 */
#ifndef PVMMU_BENCH_RESULTSET_VERDICT_FILE_H
#define PVMMU_BENCH_RESULTSET_VERDICT_FILE_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/outcome.h"

#define VERDICT_VERSION 1

#define VERDICT_RUNNING "running"

/* "pass", "inconclusive", "fail", "error" */
const char *verdict_name(enum exit_code code);
const char *verdict_of_outcome(enum outcome o);

/* The verdict's members that every one has; reason may be NULL, runs too. The caller's. */
json_t *verdict_json(enum exit_code code, const char *reason, const json_t *runs);

/* Writes it to path. false with *error. */
bool verdict_save(const char *path, const json_t *verdict, char **error);

/* The path of verdict.json beside a result file, the caller's. */
char *verdict_path(const char *result);

/*
 * Writes verdict.json into the directory of the result file `out`. reason may
 * be NULL; runs is a result set's, or NULL if none was started. false with *error.
 */
bool verdict_write(const char *out, enum exit_code code, const char *reason, const json_t *runs,
		   char **error);

/* The same of a run that begins now: whatever was concluded before is not about it. */
bool verdict_write_running(const char *out, char **error);

#endif
