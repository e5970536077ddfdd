// SPDX-License-Identifier: MIT
#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "aa.h"
#include "atomic.h"
#include "cancel.h"
#include "commands.h"
#include "disturbance.h"
#include "engine.h"
#include "folder.h"
#include "noise.h"
#include "observe.h"
#include "outcome.h"
#include "paths.h"
#include "report.h"
#include "resultset.h"
#include "run_out.h"
#include "schema.h"
#include "subprocess.h"
#include "verdict.h"

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
	free(s->out);
	free(s->log_dir);
}

char *session_default_out(const char *root)
{
	time_t now = time(NULL);
	char name[64];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(name, sizeof(name), "results/%Y%m%d-%H%M%S.json", &tm);
	return root_path(root, name);
}

/* The directory for consoles, without those of an earlier run of the same name. */
static bool prepare_logs(const char *dir, char **why)
{
	struct dirent *entry;
	struct stat st;
	DIR *d;

	/* Whose link it is, he did not mean his own logs to be cleared away. */
	if (lstat(dir, &st) == 0 && S_ISLNK(st.st_mode))
		return fail(why, "cannot keep logs in %s: it is a symbolic link", dir);
	if (!make_directory(dir, why))
		return false;
	d = opendir(dir);
	if (!d)
		return fail(why, "cannot read %s: %s", dir, strerror(errno));
	while ((entry = readdir(d))) {
		size_t n = strlen(entry->d_name);

		if (n > 4 && strcmp(entry->d_name + n - 4, ".log") == 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	}
	closedir(d);
	return true;
}

static bool all_ready(struct session *s, char **why)
{
	struct strv missing = {0};
	char *text;

	for (size_t i = 0; i < s->plan.n; i++) {
		char *one = NULL;

		if (!s->plan.runs[i].rig->ready(&s->rig, &s->plan.runs[i], &one))
			strv_add_distinct(&missing, one);
		free(one);
	}
	if (!missing.n)
		return true;
	text = strv_join(&missing, "; ");
	fail(why, "%s", text);
	free(text);
	strv_free(&missing);
	return false;
}

/* The command that repeats everything, with what the environment added to it. */
char *session_command(void)
{
	static const char *const variables[] = {"PVMMU_QEMU", "PVMMU_ROOT"};
	char *text = shell_join(&command_line);

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = getenv(variables[i]);
		struct strv word = {0};
		char *quoted;

		if (!value || !*value)
			continue;
		strv_add(&word, "%s", value);
		quoted = shell_join(&word);
		replace_text(&text, "%s=%s %s", variables[i], quoted, text);
		free(quoted);
		strv_free(&word);
	}
	return text;
}

bool session_write(const struct session *s, json_t *set, char **why)
{
	struct strv errors = {0};
	char *text;
	bool ok = schema_check(s->schema, set, &errors);

	if (!ok)
		fail(why, "the result set does not fit its own schema: %s", errors.v[0]);
	strv_free(&errors);
	text = ok ? json_dumps(set, JSON_INDENT(1)) : NULL;
	if (text)
		replace_text(&text, "%s\n", text);
	ok = text && write_atomically(s->out, text, strlen(text), why);
	free(text);
	return ok;
}

/* Then nothing else may run beside it. */
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
	};
}

/* Those of the set that is completed come along. */
static json_t *controls_before(const struct session *s)
{
	json_t *before = json_object_get(s->earlier, "controls");

	return before ? json_copy(before) : json_array();
}

/* What has to be in the set for it to be complete. */
static json_t *declared_runs(const struct session *s)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < s->plan.n; i++)
		json_array_append_new(ids, json_string(s->plan.runs[i].id));
	return ids;
}

static int measure(struct session *s, char **why)
{
	struct engine e = session_engine(s);
	json_t *observed = observe(s->with_host_name), *runs, *set;
	char *command = session_command();
	double start = monotonic_seconds();
	enum outcome worst;
	enum exit_code code;
	json_t *disturbance = NULL, *again = NULL, *noise = NULL, *declared;
	char *unrepeated = NULL;
	size_t kept = 0;

	/* Not in a machine that serves several runs: what it is to do, it was told before. */
	if (in_real_time(s) && !s->no_control && s->kind != SESSION_DISTURBANCE &&
	    !s->plan.runs[0].rig->begin)
		e.controls = controls_before(s);
	declared = declared_runs(s);
	runs = s->kind == SESSION_DISTURBANCE ? disturbance_measure(s, &e, &disturbance, &worst)
	       : s->kind == SESSION_AA	      ? aa_measure(s, &e, &again, &worst)
					      : engine_run(&e, &worst, &kept);

	json_object_set_new(observed, "jobs", json_integer(e.jobs));
	json_object_set_new(observed, "duration_s", json_real(monotonic_seconds() - start));
	if (s->earlier)
		json_object_set_new(observed, "kept_runs", json_integer((json_int_t)kept));
	set = result_set(command, observed, runs);
	json_object_set_new(set, "declared", declared);
	if (again) {
		json_object_set_new(set, "repetitions", again);
		noise = aa_noise(set, &unrepeated);
		json_object_set_new(set, "noise", noise);
		if (unrepeated && !cancelled())
			worst = OUTCOME_ERROR;
	}
	code = cancelled() ? EXIT_INTERRUPTED : outcome_exit(worst);
	if (disturbance)
		json_object_set_new(set, "disturbance", disturbance);
	if (e.controls)
		json_object_set_new(set, "controls", e.controls);
	free(command);
	if (!session_write(s, set, why) ||
	    !verdict_write(s->out, code, cancelled() ? REASON_INTERRUPTED : unrepeated, runs,
			   why)) {
		complain("%s", *why);
		code = EXIT_ERROR;
	}
	if (!s->quiet) {
		if (kept)
			printf("%zu of %zu runs taken over from an earlier %s\n", kept, s->plan.n,
			       s->out);
		report_warnings(runs, true);
		if (disturbance)
			disturbance_print(stdout, disturbance);
		else
			report_summary(stdout, runs);
		if (noise)
			aa_print(stdout, noise);
		report_seeds(stdout, set);
		if (!*why)
			printf("%s\n", s->out);
	}
	if (unrepeated)
		complain("%s", unrepeated);
	free(unrepeated);
	/* Stays if a log is in it. */
	if (rmdir(s->log_dir) < 0 && !s->quiet)
		fprintf(stderr, "console logs: %s\n", s->log_dir);
	json_decref(set);
	return code;
}

void session_print_commands(const struct session *s)
{
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct run_spec *spec = &s->plan.runs[i];
		struct strv argv = {0};
		char *log = engine_log_path(s->log_dir, spec), *text;

		spec->rig->command(&s->rig, spec, log, &argv);
		text = shell_join(&argv);
		printf("# %s\n%s\n", spec->id, text);
		free(text);
		free(log);
		strv_free(&argv);
	}
}

/*
 * Reads the set that is to be completed, if there is one. What it holds and
 * nobody asks for now would be lost, and that may be a day's work: refused.
 */
static bool load_earlier(struct session *s, char **why)
{
	struct strv errors = {0};
	json_t *run;
	size_t i;

	if (!s->resume || access(s->out, F_OK) < 0)
		return true;
	s->earlier = resultset_load(s->out, s->schema, &errors);
	if (errors.n)
		fail(why, "%s", errors.v[0]);
	strv_free(&errors);
	json_array_foreach (json_object_get(s->earlier, "runs"), i, run) {
		const char *id = text_at(run, "id", NULL);
		size_t k = 0;

		while (k < s->plan.n && strcmp(s->plan.runs[k].id, id) != 0)
			k++;
		if (k == s->plan.n && json_array_size(json_object_get(run, "series")))
			return fail(why,
				    "%s holds %s, which is not asked for and would be lost: ask "
				    "for it as well, or choose another --out",
				    s->out, id);
	}
	return !*why;
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

/* Everything that can be wrong before the first boot. false with *why. */
bool session_prepare(struct session *s, char **why)
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
	s->schema = schema_load(s->root, why);
	if (s->wanted.argv && !program_write(&s->program, s->log_dir, why))
		return false;
	if (!s->schema || !s->plan.runs[0].rig->probe(c, why))
		return false;
	session_probe(s, &s->collecting);
	return load_earlier(s, why) && all_ready(s, why);
}

int session_run(struct session *s)
{
	char *why = NULL, *unwritten = NULL;
	int code = EXIT_ERROR;

	if (!find_root(s->root_given, &s->root, &why) || !catalog_load(&s->catalog, s->root, &why))
		goto out;
	if (s->wanted.argv && !program_prepare(&s->program, &s->wanted, &why)) {
		code = EXIT_USAGE;
		goto out;
	}
	s->request.program = s->wanted.argv ? &s->program : NULL;
	collecting_choose(&s->collecting, &s->collect, &s->no_collect, &why);
	s->request.collect = s->collecting.words;
	if (why || !plan_make(&s->plan, &s->request, &s->catalog, &why)) {
		code = usage_error(s->command, "%s", why);
		free(why);
		return code;
	}
	if (s->wanted.argv) {
		code = session_run_program(s, &why);
		goto out;
	}
	for (size_t i = 0; i < s->plan.left_out.n && !s->quiet; i++)
		printf("note: %s\n", s->plan.left_out.v[i]);
	s->out = s->out_given		 ? absolute_path(s->out_given)
		 : s->kind == SESSION_AA ? root_path(s->root, "results/" NOISE_FILE)
					 : session_default_out(s->root);
	s->log_dir = xasprintf("%s.logs", s->out);
	if (s->dry_run) {
		if (session_prepare(s, &why)) {
			session_print_commands(s);
			code = EXIT_FINE;
		}
		goto out;
	}
	if (!run_can_write(s->out, &why))
		goto out;
	if (!session_prepare(s, &why) || !prepare_logs(s->log_dir, &why))
		verdict_write(s->out, EXIT_ERROR, why, NULL, &unwritten);
	else
		code = measure(s, &unwritten);
out:
	if (why)
		complain("%s", why);
	free(why);
	free(unwritten);
	return code;
}
