// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic.h"
#include "cancel.h"
#include "observe.h"
#include "output.h"
#include "paths.h"
#include "report.h"
#include "resultset.h"
#include "run_out.h"
#include "session.h"
#include "verdict.h"

/* Did a program measure something? */
static bool any_series(const json_t *runs)
{
	json_t *run;
	size_t i;

	json_array_foreach ((json_t *)runs, i, run)
		if (json_array_size(json_object_get(run, "series")))
			return true;
	return false;
}

/* A program that says itself that it failed needs no console to explain it. */
static void remove_log(const struct session *s, const struct run_spec *spec)
{
	char *log = engine_log_path(s->log_dir, spec);

	unlink(log);
	free(log);
}

/*
 * Prints what was not printed while it ran, and what went wrong; standard output is
 * the program's alone. Returns the first exit status that is not 0.
 */
static int report_programs(const struct session *s, struct output *outputs, const json_t *runs)
{
	int code = EXIT_FINE;

	for (size_t i = 0; i < s->plan.n; i++) {
		const json_t *run = json_array_get(runs, i);
		const char *status = text_at(run, "outcome", "status", NULL);
		const char *reason = text_at(run, "outcome", "reason", NULL);
		struct output *o = &outputs[i];

		if (!o->live)
			fprintf(stderr, "== %s\n", s->plan.runs[i].id);
		output_print(o);
		if (o->unprinted) {
			complain("the program's output cannot be written");
			o->exit_code = EXIT_ERROR;
		} else if (!o->own_exit) {
			complain("%s: %s", status, reason);
		} else if (strstr(reason, " killed by ")) {
			complain("%s", reason);
		}
		if ((o->own_exit || o->unprinted) && !s->keep_logs)
			remove_log(s, &s->plan.runs[i]);
		code = code ? code : o->exit_code;
	}
	return code;
}

/* A program in place of workloads: its output and exit status become ours. */
static int run_program(struct session *s, char **why)
{
	struct engine e = session_engine(s);
	json_t *observed = observe(s->with_host_name), *runs, *set;
	char *command = session_command();
	enum outcome worst;
	size_t kept;
	int code;

	e.quiet = true;
	e.outputs = xcalloc(s->plan.n, sizeof(*e.outputs));
	e.outputs[0].live = s->plan.n == 1;
	runs = engine_run(&e, &worst, &kept);
	code = report_programs(s, e.outputs, runs);
	json_object_set_new(observed, "jobs", json_integer(e.jobs));
	set = result_set(command, observed, runs);
	if (!s->out && any_series(runs))
		s->out = session_default_out(s->root);
	if (s->out && (!run_can_write(s->out, why) || !session_write(s, set, why) ||
		       !verdict_write(s->out, cancelled() ? EXIT_INTERRUPTED : outcome_exit(worst),
				      cancelled() ? "interrupted" : NULL, runs, why))) {
		complain("%s", *why);
		code = EXIT_ERROR;
	}
	if (!s->quiet) {
		report_warnings(runs, s->plan.n > 1);
		if (any_series(runs))
			report_summary(stderr, runs);
		if (s->out && !*why)
			fprintf(stderr, "%s\n", s->out);
	}
	for (size_t i = 0; i < s->plan.n; i++)
		output_free(&e.outputs[i]);
	free(e.outputs);
	free(command);
	json_decref(set);
	return cancelled() ? EXIT_INTERRUPTED : code;
}

/* Where a program's archive and the consoles are while it runs, if no result is asked for. */
static bool make_scratch(struct session *s, char **why)
{
	const char *tmp = getenv("TMPDIR");

	s->log_dir = xasprintf("%s/pvmmu-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(s->log_dir))
		return true;
	fail(why, "cannot make a directory like %s: %s", s->log_dir, strerror(errno));
	free(s->log_dir);
	s->log_dir = NULL;
	return false;
}

int session_run_program(struct session *s, char **why)
{
	char *unwritten = NULL;
	int code = EXIT_ERROR;

	s->out = s->out_given ? absolute_path(s->out_given) : NULL;
	if ((s->out && !run_can_write(s->out, why)) || !make_scratch(s, why))
		return code;
	/* Who reads our output may have had enough; that is told, not died of. */
	signal(SIGPIPE, SIG_IGN);
	if (session_prepare(s, why)) {
		code = EXIT_FINE;
		if (s->dry_run)
			session_print_commands(s);
		else
			code = run_program(s, &unwritten);
	} else if (s->out) {
		verdict_write(s->out, EXIT_ERROR, *why, NULL, &unwritten);
	}
	free(unwritten);
	unlink(s->program.archive_file ? s->program.archive_file : "");
	if (rmdir(s->log_dir) < 0)
		fprintf(stderr, "console: %s\n", s->log_dir);
	return code;
}
