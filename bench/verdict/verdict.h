/* SPDX-License-Identifier: MIT */
/*
 * Makes a verdict: it checks each declared run, and each gate on each cell that it matches. The
 * worst outcome is the verdict. From the worst: error, crash, timeout, failure, inconclusive,
 * success.
 *
 * A declared run that skipped itself on purpose (for example because vCPUs are missing) is
 * reported and does not change the verdict. If there are no other runs, or a gate needs it, the
 * verdict is inconclusive.
 */
#ifndef PVMMU_BENCH_VERDICT_VERDICT_H
#define PVMMU_BENCH_VERDICT_VERDICT_H

#include <stdio.h>

#include "expected_runs.h"
#include "gate_check.h"
#include "resultset/noise_file.h"

/* Missing parts are zero. Names of files are borrowed. */
struct verdict {
	const char *file[2]; /* new, base or NULL */
	json_t *set[2];
	struct declaration declaration;
	struct gates gates;
	struct noise_file noise;
	struct finding *finding; /* of each declared run */
	json_t *judged;		 /* the new set with the declared runs only */
	size_t successes, skips, undeclared;
	enum outcome outcome;
	struct strv reasons; /* the worst first */
	struct strv notes, warnings;
};

/*
 * Computes the other members from sets, declaration and gates. Returns the exit code; an error
 * with *error is no verdict.
 */
enum exit_code verdict_make(struct verdict *r, char **error);
void verdict_free(struct verdict *r);

/*
 * Prints a table of gates, missing runs, and a last line that begins with the verdict. If there
 * are many cells, those on which a gate holds are only counted, unless all is set.
 */
void verdict_print(const struct verdict *r, bool all, FILE *to);

/* The content of verdict.json. error: why there is no verdict, or NULL. The caller's. */
json_t *verdict_to_json(const struct verdict *r, enum exit_code code, const char *error);

#endif
