/* SPDX-License-Identifier: MIT */
/*
 * Carries out a plan: boots its runs, several at a time, each on a fresh
 * machine, and keeps what comes out in the plan's order whatever order the
 * boots end in. After a signal, what runs is stopped and the rest is not
 * started; every run still has an entry.
 */
#ifndef PVMMU_BENCH_RUN_SCHEDULER_H
#define PVMMU_BENCH_RUN_SCHEDULER_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/outcome.h"
#include "plan/plan.h"

struct journal;

struct engine {
	const struct plan *plan;
	struct rig_context *rig;
	const struct schema *schema;
	const char *log_dir;	     /* exists */
	const struct strv *warnings; /* for every run */
	double timeout;		     /* seconds for each boot */
	unsigned jobs;
	/* What programs (run_spec.program) print and end with, one for each run; or NULL. */
	struct output *outputs;
	bool keep_logs; /* of successes too */
	bool quiet;	/* show no progress */
	bool verbose;	/* print each command on stderr */
	/*
	 * Of an earlier set, or NULL: a success in it that measured the very same thing
	 * is taken over instead of being measured again.
	 */
	const json_t *earlier;
	json_t *controls; /* array for the control's runs in real time; or NULL */
	/* Gets each entry as soon as its run has ended; or NULL. Broken, it ends the session. */
	struct journal *journal;
	const char
		*pass; /* which one this is, for the journal, if a session makes several; or NULL */
};

/*
 * The entries of all runs as an array, the caller's. *worst: the worst outcome;
 * *kept: how many were taken over.
 */
json_t *engine_run(const struct engine *e, enum outcome *worst, size_t *kept);

/* Where the console of a run is logged, the caller's. */
char *engine_log_path(const char *log_dir, const struct run_spec *spec);

#endif
