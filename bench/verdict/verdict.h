/* SPDX-License-Identifier: MIT */
/*
 * How a verdict comes about: each declared run is looked up, each gate is held against each cell
 * that it is about, and the worst that is found is the verdict. From the worst: error, crash,
 * timeout, failure, inconclusive, success.
 *
 * A declared run that skipped itself by intent (for want of vCPUs, say) measured nothing, and could
 * not have: it is told, and does not spoil a verdict that others support. If there are no others,
 * or a gate is about it, nothing can be concluded.
 */
#ifndef PVMMU_BENCH_VERDICT_VERDICT_H
#define PVMMU_BENCH_VERDICT_VERDICT_H

#include <stdio.h>

#include "expected_runs.h"
#include "gate_check.h"
#include "resultset/noise_file.h"

/* A part that is not there is zero. Files' names are borrowed. */
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

/* From sets, declaration and gates to the rest. Exit code; an error with *error is no ruling. */
enum exit_code verdict_make(struct verdict *r, char **error);
void verdict_free(struct verdict *r);

/*
 * A table of gates, what is missing, and a last line that begins with the verdict. Of many cells
 * those on which a gate holds are only counted, unless all are wanted.
 */
void verdict_print(const struct verdict *r, bool all, FILE *to);

/* What verdict.json holds; why: of an error without a ruling, or NULL. The caller's. */
json_t *verdict_to_json(const struct verdict *r, enum exit_code code, const char *error);

#endif
