/* SPDX-License-Identifier: MIT */
/*
 * One call of `pvmmu run`: what was asked for, and what is there to carry it out.
 * session.c measures workloads, run_program.c runs a program of the user's, session_files.c knows
 * where everything goes.
 */
#ifndef PVMMU_BENCH_RUN_SESSION_H
#define PVMMU_BENCH_RUN_SESSION_H

#include <stdio.h>

#include "collect/collect.h"
#include "journal.h"
#include "lib/options.h"
#include "plan/plan.h"
#include "scheduler.h"
#include "spec/user_program.h"

/* Which command the session is. */
enum session_kind {
	SESSION_RUN,
	SESSION_DISTURBANCE, /* what collectors do to samples */
	SESSION_AA,	     /* what measuring again does */
};

struct session;

/* What a command makes of the runs, if not what `run` does; each may be NULL. */
struct session_work {
	enum session_kind kind;
	/* Makes all runs, and has something more to tell of them, that member of the set. */
	const char *finds;
	json_t *(*measure)(struct session *s, const struct engine *e, json_t **found,
			   enum outcome *worst, size_t *kept);
	/* From the set, a further member; *error: what makes the session an error. */
	const char *concludes;
	json_t *(*conclude)(const json_t *set, char **error);
	/* Instead of the summary of the runs, or behind it: the last of the members above. */
	void (*print)(FILE *to, const json_t *told);
	bool print_alone;
};

/* Everything a run needs from the command line to the last byte written. */
struct session {
	struct request request;
	const char *out_given, *root_given, *qemu_given;
	unsigned timeout, jobs, seeds;
	struct program_request wanted;
	bool keep_logs, quiet, verbose, dry_run, resume, with_host_name, no_control;
	const struct session_work *work;
	unsigned repetitions; /* of SESSION_AA */
	const struct command *command;

	char *root, *out, *log_dir;
	char *place;		/* the file that out leads to, or NULL */
	struct journal journal; /* open (path is not NULL) if there is a place */
	bool written;		/* the result */
	char *aside;		/* the name under which what was at out is kept, or NULL */
	size_t aside_runs;	/* of it, those that were not measured now */
	struct program program;
	struct catalog catalog;
	struct plan plan;
	struct rig_context rig;
	struct strv collect, no_collect;
	struct collecting collecting;
	struct strv warnings;
	struct schema *schema;
	json_t *earlier; /* what to go on with: "runs", "controls"; or NULL */
};

/* Has collectors look at what there is to see in all places of the plan; they are then those of the
 * runs. */
void session_probe(struct session *s, struct collecting *collecting);

/* Does everything that the options say, and returns the exit code. */
int session_run(struct session *s);
void session_free(struct session *s);

/* results/DATE-TIME.json below the root; -2, -3 and so on behind the time. The caller's. */
char *session_default_out(const char *root, unsigned number);

/*
 * Chooses s->out and takes possession of it: nobody else writes there until session_close(), the
 * verdict beside it says that a run is under way, its journal is open. false with *error: somebody
 * else has it, or it cannot be written; then only what cannot be helped was touched.
 */
bool session_open(struct session *s, char **error);
/* Ends a session that measures nothing: writes the verdict, returns the exit code. */
int session_refuse(struct session *s, char **error);
/* Gives it up. The journal goes if the result was written. */
void session_close(struct session *s);

/* Makes s->log_dir, for the consoles: beside the result, without logs of earlier runs. */
bool session_open_logs(struct session *s, char **error);
/* The same somewhere else. */
bool session_scratch(struct session *s, char **error);

/* With --resume: reads what there is to go on with into s->earlier. false with *error. */
bool session_load_earlier(struct session *s, char **error);

/* The command that repeats everything, with what the environment added to it; the caller's. */
char *session_command(void);

/* Everything that can be wrong before the first boot. false with *error. */
bool session_prepare(struct session *s, char **error);

/* What carries the plan out, as the options say. */
struct engine session_engine(struct session *s);

/*
 * Checks a result set and writes it to s->out; what else was there is kept (previous_set.h). false
 * with *error, after complaining of it and saying where what was measured is instead.
 */
bool session_write(struct session *s, json_t *set, char **error);

/* Says where what was at s->out is now, if it had to be kept. */
void session_print_aside(const struct session *s, FILE *to);

/* For --dry-run. */
void session_print_commands(const struct session *s);

/*
 * Runs the program in place of workloads: its output becomes ours, and so does its exit
 * status, which is returned. *error: what went wrong before it was started.
 */
int session_run_program(struct session *s, char **error);

#endif
