/* SPDX-License-Identifier: MIT */
/*
 * Carries out a plan: boots its runs, several at a time, each on a fresh machine, and returns the
 * entries in the plan's order. After a signal, running machines are stopped and the remaining runs
 * are not started; every run still has an entry.
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
	/* Output and exit code of programs (run_spec.program), one for each run; or NULL. */
	struct output *outputs;
	bool keep_logs; /* of successes too */
	bool quiet;	/* show no progress */
	bool verbose;	/* print each command on stderr */
	/*
	 * The runs of an earlier set, or NULL. A success that measured the same thing is taken
	 * over instead of being measured again.
	 */
	const json_t *earlier;
	json_t *controls; /* the drift control's runs in real time; or NULL */
	/*
	 * Gets each entry as soon as its run has ended; or NULL. If it breaks, no further run is
	 * started.
	 */
	struct journal *journal;
	const char *pass; /* which pass this is, for the journal; NULL: the session has one */
};

/*
 * The entries of all runs as an array, the caller's. *worst: the worst outcome; *kept: how many
 * were taken over.
 */
json_t *engine_run(const struct engine *e, enum outcome *worst, size_t *kept);

/* The command that makes a run by hand, for a shell; the caller's. */
char *engine_command(const struct rig_context *c, const struct run_spec *spec, const char *log);

/* Where the console of a run is logged, the caller's. */
char *engine_log_path(const char *log_dir, const struct run_spec *spec);

#endif
