// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "machine/program_output.h"
#include "resultset/verdict_file.h"
#include "rigs/host_info.h"
#include "run_record.h"
#include "run_summary.h"
#include "session.h"

/* Did the program measure anything? */
static bool any_series(const json_t *runs)
{
	json_t *run;
	size_t i;

	json_array_foreach ((json_t *)runs, i, run)
		if (json_array_size(json_object_get(run, "series")))
			return true;
	return false;
}

/* The exit status of a program explains a failure, so its console is not kept. */
static void remove_log(const struct session *s, const struct run_spec *spec)
{
	AUTO_FREE char *log = engine_log_path(s->log_dir, spec);

	unlink(log);
}

/*
 * Prints output that was not printed while the programs ran, and errors. Standard output is the
 * program's alone. Returns the first exit status that is not 0.
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

/*
 * Writes the result, if one was asked for or something was measured. false: it could not be
 * written.
 */
static bool write_result(struct session *s, json_t *set, enum outcome worst)
{
	json_t *runs = json_object_get(set, "runs");
	AUTO_FREE char *error = NULL;
	bool ok = true;

	if (!s->out_given && !any_series(runs))
		return true;
	if (!s->out && !(ok = session_open(s, &error)))
		complain("%s", error);
	ok = ok && session_write(s, set, &error);
	if (s->place && s->journal.fd >= 0 &&
	    !verdict_write(s->out,
			   !ok		 ? EXIT_ERROR
			   : cancelled() ? EXIT_INTERRUPTED
					 : outcome_exit(worst),
			   error	 ? error
			   : cancelled() ? REASON_INTERRUPTED
					 : NULL,
			   runs, &error)) {
		complain("%s", error);
		ok = false;
	}
	return ok;
}

/* Runs the program in place of workloads; its output and exit status become ours. */
static int run_program(struct session *s)
{
	struct engine e = session_engine(s);
	json_t *observed = host_info(s->with_host_name), *runs;
	json_auto_t *set = NULL;
	AUTO_FREE char *command = session_command();
	enum outcome worst;
	bool written;
	size_t kept;
	int code;

	e.quiet = true;
	e.outputs = xcalloc(s->plan.n, sizeof(*e.outputs));
	e.outputs[0].live = s->plan.n == 1;
	runs = engine_run(&e, &worst, &kept);
	code = report_programs(s, e.outputs, runs);
	json_object_set_new(observed, "jobs", json_integer(e.jobs));
	set = result_set(command, observed, runs);
	written = write_result(s, set, worst);
	if (!written)
		code = EXIT_ERROR;
	if (!s->quiet) {
		report_warnings(runs, s->plan.n > 1);
		if (any_series(runs))
			report_summary(stderr, runs);
		session_print_previous(s, stderr);
		if (s->out && written)
			fprintf(stderr, "%s\n", s->out);
	}
	for (size_t i = 0; i < s->plan.n; i++)
		output_free(&e.outputs[i]);
	free(e.outputs);
	return cancelled() ? EXIT_INTERRUPTED : code;
}

int session_run_program(struct session *s, char **error)
{
	int code;

	if (!session_scratch(s, error))
		return EXIT_ERROR;
	if (s->out_given && !s->dry_run && !session_open(s, error)) {
		code = session_refuse(s, error);
	} else if (!session_prepare(s, error) || cancelled()) {
		code = session_refuse(s, error);
	} else if (s->dry_run) {
		session_print_commands(s);
		code = EXIT_FINE;
	} else {
		code = run_program(s);
	}
	unlink(s->program.archive_file ? s->program.archive_file : "");
	if (rmdir(s->log_dir) < 0)
		fprintf(stderr, "console: %s\n", s->log_dir);
	return code;
}
