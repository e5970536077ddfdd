/* SPDX-License-Identifier: MIT */
/*
 * The runs that a verdict expects. A benchmark that silently lacks a run looks like one that
 * passed, so a verdict begins with a list of required runs, from one of three sources:
 *
 *	options		the same options as for `pvmmu run`
 *	a file		the same as JSON, kept beside the sources; its format is
 *			declaration.schema.json
 *	the set		the runs that its command was asked for (its member "declared")
 */
#ifndef PVMMU_BENCH_VERDICT_EXPECTED_RUNS_H
#define PVMMU_BENCH_VERDICT_EXPECTED_RUNS_H

#include <jansson.h>
#include <stdbool.h>

#include "gate_parse.h"
#include "lib/outcome.h"
#include "plan/plan.h"

struct declaration {
	char *by;	   /* the source: "the options", the file's name, "the set itself" */
	struct strv ids;   /* of runs */
	struct strv gates; /* gates from the file */
	/* The runs, if the source has more than ids; else plan.n is 0. */
	struct catalog catalog;
	struct plan plan;
};

/* One declared run in a result set. */
struct finding {
	const char *id;	      /* borrowed from the declaration */
	enum outcome outcome; /* skip: it was not measured */
	bool intended;	      /* the workload or the rig skipped it on purpose */
	const char *reason;   /* borrowed; NULL for a success */
	json_t *run;	      /* borrowed from the set; NULL: the set has no such run */
};

/*
 * From options: variants and workloads are as in `pvmmu run`; rig and tier default to the set's.
 * The request's strings must outlive the declaration. false with *error; free in any case.
 */
bool declaration_of_request(struct declaration *d, struct request *r, const char *root,
			    const json_t *set, char **error);

/* From a file's content, which fits the schema and must outlive the declaration. */
bool declaration_of_file(struct declaration *d, const char *path, const json_t *file,
			 const char *root, const json_t *set, char **error);

/* From the set's member "declared"; false with *error if it has none. */
bool declaration_of_set(struct declaration *d, const json_t *set, char **error);

void declaration_free(struct declaration *d);

/* The finding for each declared run, as many as d->ids. The caller's. */
struct finding *declaration_findings(const struct declaration *d, const json_t *set);

/* The id of the first run that a gate matches, or NULL. Only runs of d->plan are searched. */
const char *declaration_find(const struct declaration *d, const struct gate *g);

#endif
