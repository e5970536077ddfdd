/* SPDX-License-Identifier: MIT */
/*
 * One call of `pvmmu run`: what was asked for, and what is there to carry it out.
 * session.c measures workloads, run_program.c runs a program of the user's.
 */
#ifndef PVMMU_BENCH_SESSION_H
#define PVMMU_BENCH_SESSION_H

#include "engine.h"
#include "options.h"
#include "plan.h"
#include "program.h"

/* Which command the session is, and so what is measured. */
enum session_kind {
	SESSION_RUN,
	SESSION_DISTURBANCE, /* what collectors do to samples (disturbance.h) */
	SESSION_AA,	     /* what measuring again does (aa.h) */
};

/* Everything a run needs from the command line to the last byte written. */
struct session {
	struct request request;
	const char *out_given, *root_given, *qemu_given;
	unsigned timeout, jobs, seeds;
	struct program_request wanted;
	bool keep_logs, quiet, verbose, dry_run, resume, with_host_name, no_control;
	enum session_kind kind;
	unsigned repetitions; /* of SESSION_AA */
	const struct command *command;

	char *root, *out, *log_dir;
	struct program program;
	struct catalog catalog;
	struct plan plan;
	struct rig_context rig;
	struct strv collect, no_collect;
	struct collecting collecting;
	struct strv warnings;
	struct schema *schema;
	json_t *earlier; /* the set to go on with, or NULL */
};

/* Reads the command line of `run`, or of a command that takes the same options, and does it. */
int session_command_line(const struct command *cmd, enum session_kind kind, int argc, char **argv);

/* Has collectors look at what there is to see in all places of the plan; they are then those of the
 * runs. */
void session_probe(struct session *s, struct collecting *collecting);

/* Does everything that the options say, and returns the exit code. */
int session_run(struct session *s);
void session_free(struct session *s);

/* results/DATE-TIME.json below the root, the caller's. */
char *session_default_out(const char *root);

/* The command that repeats everything, with what the environment added to it; the caller's. */
char *session_command(void);

/* Everything that can be wrong before the first boot. false with *why. */
bool session_prepare(struct session *s, char **why);

/* What carries the plan out, as the options say. */
struct engine session_engine(struct session *s);

/* Checks a result set and writes it to s->out. false with *why. */
bool session_write(const struct session *s, json_t *set, char **why);

/* For --dry-run. */
void session_print_commands(const struct session *s);

/*
 * Runs the program in place of workloads: its output becomes ours, and so does its exit
 * status, which is returned. *why: what went wrong before it was started.
 */
int session_run_program(struct session *s, char **why);

#endif
