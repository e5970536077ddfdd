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

/* The command of the session. */
enum session_kind {
	SESSION_RUN,
	SESSION_DISTURBANCE, /* how collectors change samples */
	SESSION_AA,	     /* how samples vary when measured again */
};

struct session;

/* The steps in which a command differs from `run`; each may be NULL. */
struct session_work {
	enum session_kind kind;
	/* Makes all runs; *found becomes the member `finds` of the set. */
	const char *finds;
	json_t *(*measure)(struct session *s, const struct engine *e, json_t **found,
			   enum outcome *worst, size_t *kept);
	/* Computes the member `concludes` from the set. *error: why the session is an error. */
	const char *concludes;
	json_t *(*conclude)(const json_t *set, char **error);
	/* Prints the last of these members; print_alone: without the summary of the runs. */
	void (*print)(FILE *to, const json_t *told);
	bool print_alone;
};

/* All state of a session, from the command line to the result. */
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
	char *previous;		/* the name that keeps the earlier file at out, or NULL */
	size_t previous_runs;	/* its runs that were not measured now */
	struct program program;
	struct catalog catalog;
	struct plan plan;
	struct rig_context rig;
	struct strv collect, no_collect;
	struct collecting collecting;
	struct strv warnings;
	struct schema *schema;
	json_t *earlier; /* of earlier sessions: "runs", "controls"; or NULL */
};

/* Probes the collectors in all places of the plan. The runs use these collectors then. */
void session_probe(struct session *s, struct collecting *collecting);

/* Carries out the options, and returns the exit code. */
int session_run(struct session *s);
void session_free(struct session *s);

/* results/DATE-TIME.json below the root; -2, -3 and so on behind the time. The caller's. */
char *session_default_out(const char *root, unsigned number);

/*
 * Chooses s->out and locks it until session_close(): its journal is open, and the verdict beside
 * it says that a run is in progress. false with *error: another process has it, or it cannot be
 * written.
 */
bool session_open(struct session *s, char **error);
/* Ends a session that cannot measure: writes the verdict, returns the exit code. */
int session_refuse(struct session *s, char **error);
/* Releases the lock. The journal is removed if the result was written. */
void session_close(struct session *s);

/*
 * Makes s->log_dir for the consoles, beside the result, and removes logs of earlier runs from it.
 */
bool session_open_logs(struct session *s, char **error);
/* Makes s->log_dir as a temporary directory. */
bool session_scratch(struct session *s, char **error);

/* With --resume: reads earlier results into s->earlier. false with *error. */
bool session_load_earlier(struct session *s, char **error);

/* The command that repeats the session, with variables of the environment; the caller's. */
char *session_command(void);

/* Checks everything that can be wrong before the first boot. false with *error. */
bool session_prepare(struct session *s, char **error);

/* The engine for the plan and the options. */
struct engine session_engine(struct session *s);

/*
 * Checks a result set and writes it to s->out; previous_set.h keeps an earlier file. If it fails,
 * the user is told where the measured runs are instead. false with *error, which was printed.
 */
bool session_write(struct session *s, json_t *set, char **error);

/* Says where the earlier file at s->out is kept, if it is. */
void session_print_previous(const struct session *s, FILE *to);

/* For --dry-run. */
void session_print_commands(const struct session *s);

/*
 * Runs the program in place of workloads: its output becomes ours, and its exit status is
 * returned. *error: why it could not be started.
 */
int session_run_program(struct session *s, char **error);

#endif
