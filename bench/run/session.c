// SPDX-License-Identifier: MIT
#include "session.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "resultset/noise_floor.h"
#include "resultset/schema.h"
#include "resultset/verdict_file.h"
#include "rigs/host_info.h"
#include "run_record.h"
#include "run_summary.h"
#include "scheduler.h"
#include "spec/image_paths.h"

void session_free(struct session *s)
{
	plan_free(&s->plan);
	catalog_free(&s->catalog);
	rig_context_free(&s->rig);
	collecting_free(&s->collecting);
	strv_free(&s->collect);
	strv_free(&s->no_collect);
	strv_free(&s->request.variants);
	strv_free(&s->request.workloads);
	strv_free(&s->request.seeds);
	strv_free(&s->request.vcpus);
	strv_free(&s->wanted.files);
	strv_free(&s->wanted.env);
	program_free(&s->program);
	strv_free(&s->warnings);
	schema_free(s->schema);
	json_decref(s->earlier);
	free(s->root);
	session_close(s);
	free(s->out);
	free(s->place);
	free(s->previous);
	free(s->log_dir);
}

static bool all_ready(struct session *s, char **error)
{
	AUTO_STRV struct strv missing = {0};
	AUTO_FREE char *text = NULL;

	for (size_t i = 0; i < s->plan.n; i++) {
		AUTO_FREE char *one = NULL;

		if (!s->plan.runs[i].rig->ready(&s->rig, &s->plan.runs[i], &one))
			strv_add_distinct(&missing, one);
	}
	if (!missing.n)
		return true;
	text = strv_join(&missing, "; ");
	fail(error, "%s", text);
	return false;
}

/* The command that repeats everything, with what the environment added to it. */
char *session_command(void)
{
	static const char *const variables[] = {"PVMMU_QEMU", "PVMMU_ROOT"};
	char *text = shell_join(&command_line);

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = getenv(variables[i]);
		AUTO_STRV struct strv word = {0};
		AUTO_FREE char *quoted = NULL;

		if (!value || !*value)
			continue;
		strv_add(&word, "%s", value);
		quoted = shell_join(&word);
		replace_text(&text, "%s=%s %s", variables[i], quoted, text);
	}
	return text;
}

/* Runs in real time are not made in parallel. */
static bool in_real_time(const struct session *s)
{
	return strcmp(s->plan.runs[0].tier, "wall") == 0;
}

struct engine session_engine(struct session *s)
{
	return (struct engine){
		.plan = &s->plan,
		.rig = &s->rig,
		.schema = s->schema,
		.log_dir = s->log_dir,
		.warnings = &s->warnings,
		.timeout = s->timeout,
		.jobs = s->plan.runs[0].rig->alone || in_real_time(s) ? 1
			: s->jobs				      ? s->jobs
								      : usable_cpus(),
		.keep_logs = s->keep_logs,
		.quiet = s->quiet,
		.verbose = s->verbose,
		.earlier = json_object_get(s->earlier, "runs"),
		.journal = s->journal.path ? &s->journal : NULL,
	};
}

/* Controls of the earlier set come first. */
static json_t *controls_before(const struct session *s)
{
	json_t *before = json_object_get(s->earlier, "controls");

	return before ? json_copy(before) : json_array();
}

/* The ids of the runs that make the set complete. */
static json_t *declared_runs(const struct session *s)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < s->plan.n; i++)
		json_array_append_new(ids, json_string(s->plan.runs[i].id));
	return ids;
}

/* After a signal before the first measurement, the earlier file at out says more. */
static bool leave_as_it_is(const struct session *s, const json_t *runs)
{
	json_t *run;
	size_t i;

	if (!cancelled() || !s->place || access(s->out, F_OK) < 0)
		return false;
	json_array_foreach ((json_t *)runs, i, run)
		if (strcmp(text_at(run, "outcome", "status", NULL), outcome_name(OUTCOME_SKIP)))
			return false;
	return true;
}

/* The results of a session. */
struct measured {
	json_t *set;		   /* owns the others */
	const json_t *runs, *told; /* told: by the command's own work, or NULL */
	char *wrong;		   /* what that found wrong, or NULL */
	size_t kept;		   /* runs taken over */
	enum exit_code code;
};

static void measure(struct session *s, struct measured *m)
{
	struct engine e = session_engine(s);
	json_t *observed = host_info(s->with_host_name), *runs, *declared;
	AUTO_FREE char *command = session_command();
	double start = monotonic_seconds();
	const struct session_work *work = s->work;
	json_t *found = NULL, *concluded = NULL;
	enum outcome worst;

	/*
	 * A machine that serves several runs got its list of runs beforehand, so it has no
	 * controls between them.
	 */
	if (in_real_time(s) && !s->no_control && work->kind != SESSION_DISTURBANCE &&
	    !s->plan.runs[0].rig->begin)
		e.controls = controls_before(s);
	declared = declared_runs(s);
	runs = work->measure ? work->measure(s, &e, &found, &worst, &m->kept)
			     : engine_run(&e, &worst, &m->kept);
	json_object_set_new(observed, "jobs", json_integer(e.jobs));
	json_object_set_new(observed, "duration_s", json_real(monotonic_seconds() - start));
	if (s->earlier)
		json_object_set_new(observed, "kept_runs", json_integer((json_int_t)m->kept));
	m->set = result_set(command, observed, runs);
	json_object_set_new(m->set, "declared", declared);
	if (found)
		json_object_set_new(m->set, work->finds, found);
	if (found && work->conclude) {
		concluded = work->conclude(m->set, &m->wrong);
		json_object_set_new(m->set, work->concludes, concluded);
		if (m->wrong && !cancelled())
			worst = OUTCOME_ERROR;
	}
	if (e.controls)
		json_object_set_new(m->set, "controls", e.controls);
	m->runs = runs;
	m->told = concluded ? concluded : found;
	m->code = cancelled() ? EXIT_INTERRUPTED : outcome_exit(worst);
}

static void print_taken_over(const struct session *s, size_t kept)
{
	bool set = access(s->out, F_OK) == 0 && s->work->kind == SESSION_RUN;
	bool journal = s->journal.path && json_array_size(s->journal.lines);
	size_t n = s->plan.n;

	if (kept)
		printf("%zu of %zu runs taken over from %s%s%s%s\n", kept, n,
		       set ? "an earlier " : "", set ? s->out : "", set && journal ? " and " : "",
		       journal ? s->journal.path : "");
}

static void print(const struct session *s, const struct measured *m, bool written)
{
	report_warnings(m->runs, true);
	if (!m->told || !s->work->print_alone)
		report_summary(stdout, m->runs);
	if (m->told)
		s->work->print(stdout, m->told);
	report_seeds(stdout, m->set);
	session_print_previous(s, stdout);
	if (written)
		printf("%s\n", s->out);
}

/* Measures, writes, prints. The verdict comes last, because it includes how these ended. */
static int measure_all(struct session *s)
{
	struct measured m = {0};
	AUTO_FREE char *error = NULL, *unwritten = NULL;
	const char *reason = NULL;
	bool written = false;

	measure(s, &m);
	if (!s->quiet)
		print_taken_over(s, m.kept);
	if (leave_as_it_is(s, m.runs))
		complain("nothing was measured; %s is as it was", s->out);
	else if (!(written = session_write(s, m.set, &error)))
		m.code = EXIT_ERROR;
	if (!s->quiet)
		print(s, &m, written);
	if (m.wrong)
		complain("%s", m.wrong);
	reason = error ? error : cancelled() ? REASON_INTERRUPTED : m.wrong;
	if ((fflush(stdout) || ferror(stdout)) && m.code == EXIT_FINE) {
		m.code = EXIT_ERROR;
		reason = "cannot write the output";
		complain("%s", reason);
	}
	if (s->place && !verdict_write(s->out, m.code, reason, m.runs, &unwritten)) {
		complain("%s", unwritten);
		m.code = EXIT_ERROR;
	}
	/* The directory stays if it holds a log. */
	if (rmdir(s->log_dir) < 0 && !s->quiet)
		fprintf(stderr, "console logs: %s\n", s->log_dir);
	json_decref(m.set);
	free(m.wrong);
	return m.code;
}

void session_print_commands(const struct session *s)
{
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct run_spec *spec = &s->plan.runs[i];
		AUTO_FREE char *log = engine_log_path(s->log_dir, spec);
		AUTO_FREE char *text = engine_command(&s->rig, spec, log);

		printf("# %s\n%s\n", spec->id, text);
	}
}

void session_probe(struct session *s, struct collecting *collecting)
{
	struct rig_context *c = &s->rig;

	c->collecting = collecting;
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct run_spec *r = &s->plan.runs[i];
		const struct collector_place place = {c->root, r->rig->name, r->env,
						      r->tier, c->qemu,	     r->flavour};

		collecting_probe(collecting, &place);
	}
}

/* Everything that can be wrong before the first boot. false with *error. */
bool session_prepare(struct session *s, char **error)
{
	struct rig_context *c = &s->rig;

	c->root = s->root;
	c->flavour = s->request.flavour;
	c->qemu_given = s->qemu_given ? s->qemu_given : getenv("PVMMU_QEMU");
	if (c->qemu_given && !*c->qemu_given)
		c->qemu_given = NULL;
	if (c->qemu_given)
		strv_add(&s->warnings, "QEMU was chosen by hand (--qemu or PVMMU_QEMU): %s",
			 c->qemu_given);
	s->schema = schema_load(s->root, error);
	if (s->wanted.argv && !program_write(&s->program, s->log_dir, error))
		return false;
	if (!s->schema || !s->plan.runs[0].rig->probe(c, error))
		return false;
	session_probe(s, &s->collecting);
	return session_load_earlier(s, error) && all_ready(s, error);
}

static int dry_run(struct session *s, char **error)
{
	s->out = s->out_given ? absolute_path(s->out_given) : session_default_out(s->root, 1);
	s->log_dir = xasprintf("%s.logs", s->out);
	if (!session_prepare(s, error))
		return EXIT_ERROR;
	session_print_commands(s);
	return EXIT_FINE;
}

/* Checks everything that the runs need, then measures. */
static int prepare_and_measure(struct session *s, char **error)
{
	if (session_open(s, error) && session_prepare(s, error) && session_open_logs(s, error) &&
	    !cancelled())
		return measure_all(s);
	return session_refuse(s, error);
}

/*
 * Without a build, the verdict still says that this session failed, instead of staying the earlier
 * one.
 */
static int refuse_unbuilt(struct session *s, char **error)
{
	AUTO_FREE char *taken = NULL;
	int code = EXIT_ERROR;

	if (s->out_given && !s->dry_run && session_open(s, &taken))
		code = session_refuse(s, error);
	return code;
}

static int set_up_and_run(struct session *s, char **error)
{
	/* Reading a program's input may take forever, and a signal ends it. */
	if (!s->wanted.argv)
		cancel_setup();
	if (!find_root(s->root_given, &s->root, error) ||
	    !catalog_load(&s->catalog, s->root, error))
		return refuse_unbuilt(s, error);
	s->wanted.width = env_width(s->request.env);
	if (s->wanted.argv && !program_prepare(&s->program, &s->wanted, error))
		return EXIT_USAGE;
	s->request.program = s->wanted.argv ? &s->program : NULL;
	collecting_choose(&s->collecting, &s->collect, &s->no_collect, error);
	s->request.collect = s->collecting.words;
	if (*error || !plan_make(&s->plan, &s->request, &s->catalog, error)) {
		AUTO_FREE char *wrong = *error;

		*error = NULL;
		return usage_error(s->command, "%s", wrong);
	}
	for (size_t i = 0; i < s->plan.left_out.n && !s->quiet && !s->wanted.argv; i++)
		printf("note: %s\n", s->plan.left_out.v[i]);
	if (s->wanted.argv)
		cancel_setup();
	/* If a reader closes our output early, writing fails instead of ending the process. */
	signal(SIGPIPE, SIG_IGN);
	if (s->wanted.argv)
		return session_run_program(s, error);
	return s->dry_run ? dry_run(s, error) : prepare_and_measure(s, error);
}

int session_run(struct session *s)
{
	AUTO_FREE char *error = NULL;
	int code = set_up_and_run(s, &error);

	if (error)
		complain("%s", error);
	return code;
}
