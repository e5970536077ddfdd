/* SPDX-License-Identifier: MIT */
/*
 * What had to be measured. A benchmark that silently lacks a cell looks like one that passed, so a
 * verdict begins with a list of runs that have to be there, from one of three sources:
 *
 *	options		the same words that `pvmmu run` takes
 *	a file		the same as JSON, to be kept beside the sources it is about; its format is
 *			declaration.schema.json
 *	the set		what the command that made it was asked for (its member "declared")
 */
#ifndef PVMMU_BENCH_VERDICT_EXPECTED_RUNS_H
#define PVMMU_BENCH_VERDICT_EXPECTED_RUNS_H

#include <jansson.h>
#include <stdbool.h>

#include "gate_parse.h"
#include "lib/outcome.h"
#include "plan/plan.h"

struct declaration {
	char *by;	   /* for sentences: "the options", the file's name, "the set itself" */
	struct strv ids;   /* of runs */
	struct strv gates; /* a file may hold gates as well */
	/* Where the source tells more than ids, the run of each; plan.n is 0 otherwise. */
	struct catalog catalog;
	struct plan plan;
};

/* One declared run in a result set. */
struct finding {
	const char *id;	      /* borrowed from the declaration */
	enum outcome outcome; /* not measured though it should have been: skip */
	bool intended;	      /* a skip that the workload or the rig meant, not a gap */
	const char *reason;   /* borrowed; NULL for a success */
	json_t *run;	      /* borrowed from the set; NULL: it has none that is meant */
};

/*
 * From a request: variants and workloads are as in `pvmmu run`, rig and tier (if not given) those
 * of the set. The request's strings must outlive the declaration. false with *error; free in any
 * case.
 */
bool declaration_of_request(struct declaration *d, struct request *r, const char *root,
			    const json_t *set, char **error);

/* From a file's content, which is checked against the schema and must outlive it. */
bool declaration_of_file(struct declaration *d, const char *path, const json_t *file,
			 const char *root, const json_t *set, char **error);

/* From the set's own member; false with *error if it has none. */
bool declaration_of_set(struct declaration *d, const json_t *set, char **error);

void declaration_free(struct declaration *d);

/* How each declared run ended in a set; as many as d->ids. The caller's. */
struct finding *declaration_findings(const struct declaration *d, const json_t *set);

/* The first run that a gate is about among those whose identity is known, or NULL. */
const char *declaration_find(const struct declaration *d, const struct gate *g);

#endif
