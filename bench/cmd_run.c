// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "atomic.h"
#include "cancel.h"
#include "commands.h"
#include "custom.h"
#include "engine.h"
#include "observe.h"
#include "outcome.h"
#include "paths.h"
#include "report.h"
#include "session.h"
#include "resultset.h"
#include "schema.h"
#include "subprocess.h"
#include "values.h"
#include "verdict.h"

/* More than this, with --seeds, is a seed that was meant. */
#define SEEDS_MAX 256

static void session_free(struct session *s)
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
	json_decref(s->schema);
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
	DIR *d;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return fail(why, "cannot make %s: %s", dir, strerror(errno));
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

struct engine session_engine(struct session *s)
{
	return (struct engine){
		.plan = &s->plan,
		.rig = &s->rig,
		.schema = s->schema,
		.log_dir = s->log_dir,
		.warnings = &s->warnings,
		.timeout = s->timeout,
		.jobs = s->plan.runs[0].rig->alone ? 1
			: s->jobs		   ? s->jobs
						   : usable_cpus(),
		.keep_logs = s->keep_logs,
		.quiet = s->quiet,
		.verbose = s->verbose,
		.earlier = json_object_get(s->earlier, "runs"),
	};
}

static int measure(struct session *s, char **why)
{
	struct engine e = session_engine(s);
	json_t *observed = observe(s->with_host_name), *runs, *set;
	char *command = session_command();
	double start = monotonic_seconds();
	enum outcome worst;
	enum exit_code code;
	size_t kept;

	runs = engine_run(&e, &worst, &kept);
	code = cancelled() ? EXIT_INTERRUPTED : outcome_exit(worst);

	json_object_set_new(observed, "jobs", json_integer(e.jobs));
	json_object_set_new(observed, "duration_s", json_real(monotonic_seconds() - start));
	if (s->earlier)
		json_object_set_new(observed, "kept_runs", json_integer((json_int_t)kept));
	set = result_set(command, observed, runs);
	free(command);
	if (!session_write(s, set, why) ||
	    !verdict_write(s->out, code, cancelled() ? "interrupted" : NULL, runs, why)) {
		complain("%s", *why);
		code = EXIT_ERROR;
	}
	if (!s->quiet) {
		if (kept)
			printf("%zu of %zu runs taken over from an earlier %s\n", kept, s->plan.n,
			       s->out);
		report_warnings(runs, true);
		report_summary(stdout, runs);
		report_seeds(stdout, set);
		if (!*why)
			printf("%s\n", s->out);
	}
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
	c->collecting = &s->collecting;
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct run_spec *r = &s->plan.runs[i];
		const struct collector_place place = {c->root, r->rig->name, r->env,
						      r->tier, c->qemu,	     r->flavour};

		collecting_probe(&s->collecting, &place);
	}
	return load_earlier(s, why) && all_ready(s, why);
}

static int session_run(struct session *s)
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
		code = usage_error(&command_run, "%s", why);
		free(why);
		return code;
	}
	if (s->wanted.argv) {
		code = session_run_program(s, &why);
		goto out;
	}
	s->out = s->out_given ? absolute_path(s->out_given) : session_default_out(s->root);
	s->log_dir = xasprintf("%s.logs", s->out);
	if (s->dry_run) {
		if (session_prepare(s, &why)) {
			session_print_commands(s);
			code = EXIT_FINE;
		}
		goto out;
	}
	if (!can_write(s->out, &why))
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

/* A choice of processors is for rigs with a Xen that has domains. */
static bool chooses_cpus_in_vain(const struct session *s)
{
	return (s->rig.cpus || s->rig.cpupool) && strcmp(s->request.rig, "xl") &&
	       (s->rig.cpupool || strcmp(s->request.rig, "box"));
}

/* What does not go together. -1, or the exit code of a usage error. */
static int check_options(const struct session *s)
{
	if (s->resume && !s->out_given)
		return usage_error(&command_run, "--resume needs --out FILE");
	if (s->seeds && s->request.seeds.n)
		return usage_error(&command_run, "--seeds N means --seed 1..N: give one of them");
	if (!s->wanted.argv && (s->wanted.files.n || s->wanted.env.n || s->wanted.stdin_path))
		return usage_error(&command_run, "--file, --env-var and --stdin are for a program: "
						 "-- PROGRAM [ARGUMENT]...");
	if (chooses_cpus_in_vain(s))
		return usage_error(&command_run, "--cpus is for --rig xl or box, --cpupool for "
						 "--rig xl");
	if (!s->wanted.argv)
		return -1;
	if (!s->wanted.argv[0])
		return usage_error(&command_run, "expected a program after --");
	if (s->request.workloads.n)
		return usage_error(&command_run, "a program runs in place of workloads: --workload "
						 "or --, not both");
	if (s->resume)
		return usage_error(&command_run, "--resume is not for programs");
	return -1;
}

static int run(int argc, char **argv)
{
	struct session s = {
		.request = {.rig = "solo", .memory_mib = 512},
		.timeout = 120,
	};
	const struct option_spec specs[] = {
		{"variant", 0, OPTION_LIST, &s.request.variants, "NAME[,...]",
		 "ways of managing page tables (default: all)", 0, 0},
		{"workload", 0, OPTION_LIST, &s.request.workloads, "NAME[:P=LIST]...[,...]",
		 "programs to run and their parameters (default: all)", 0, 0},
		{"matrix", 0, OPTION_FLAG, &s.request.matrix, NULL,
		 "workloads without parameters: at each point that they declare for it", 0, 0},
		{"file", 0, OPTION_TEXTS, &s.wanted.files, "PATH[=GUESTPATH]",
		 "of a program: a file or directory to take along; may be repeated", 0, 0},
		{"env-var", 0, OPTION_TEXTS, &s.wanted.env, "NAME[=VALUE]",
		 "of a program: a variable of its environment; may be repeated", 0, 0},
		{"stdin", 0, OPTION_TEXT, &s.wanted.stdin_path, "FILE",
		 "of a program: its standard input (pvmmu's, unless a terminal)", 0, 0},
		{"env", 0, OPTION_TEXT, &s.request.env, "NAME",
		 "what the guest runs on (the variants')", 0, 0},
		{"rig", 0, OPTION_TEXT, &s.request.rig, "NAME", "how it is booted (solo)", 0, 0},
		{"tier", 0, OPTION_TEXT, &s.request.tier, "NAME", "which clock (the rig's)", 0, 0},
		{"vcpus", 0, OPTION_LIST, &s.request.vcpus, "LIST",
		 "virtual CPUs, 1 to 8; a boot for each (1)", 0, 0},
		{"mem", 0, OPTION_NUMBER, &s.request.memory_mib, "MIB", "the guest's memory (512)",
		 MEMORY_MIN_MIB, MEMORY_MAX_MIB},
		{"cpus", 0, OPTION_TEXT, &s.rig.cpus, "LIST",
		 "rigs xl, box: physical CPUs for the guest's, as xl writes them (any)", 0, 0},
		{"cpupool", 0, OPTION_TEXT, &s.rig.cpupool, "NAME",
		 "rig xl: pool of physical CPUs for the guest (the default one)", 0, 0},
		{"high-mib", 0, OPTION_NUMBER, &s.request.high_mib, "MIB",
		 "of it, what pte pages of pte=high are taken from (an eighth)", 1,
		 MEMORY_MAX_MIB / 2},
		{"seed", 0, OPTION_LIST, &s.request.seeds, "LIST", "seeds; a boot for each (1)", 0,
		 0},
		{"seeds", 0, OPTION_NUMBER, &s.seeds, "N", "seeds 1 to N; a boot for each", 1,
		 SEEDS_MAX},
		{"out", 'o', OPTION_TEXT, &s.out_given, "FILE",
		 "the result (results/DATE-TIME.json)", 0, 0},
		{"resume", 0, OPTION_FLAG, &s.resume, NULL,
		 "take over what FILE holds already of the very same runs", 0, 0},
		{"timeout", 0, OPTION_NUMBER, &s.timeout, "SECONDS",
		 "host seconds each boot may take (120)", 1, 86400},
		{"jobs", 'j', OPTION_NUMBER, &s.jobs, "N", "boots at a time (one per CPU)", 1,
		 1024},
		{"keep-logs", 0, OPTION_FLAG, &s.keep_logs, NULL,
		 "keep the console of successful runs too", 0, 0},
		{"cold", 0, OPTION_FLAG, &s.rig.cold, NULL,
		 "boot each machine; keep and use no state of earlier boots", 0, 0},
		{"collect", 0, OPTION_LIST, &s.collect, "NAME[:OPTION]...[,...]",
		 "further collectors; none: not the usual ones (`pvmmu list collectors`)", 0, 0},
		{"no-collect", 0, OPTION_LIST, &s.no_collect, "NAME[,...]",
		 "one of the usual collectors not", 0, 0},
		{"xen", 0, OPTION_TEXT, &s.request.flavour, "FLAVOUR",
		 "another build of Xen, as of `make xen FLAVOUR=debug`; not to be timed", 0, 0},
		{"no-audit", 0, OPTION_FLAG, &s.request.no_audit, NULL,
		 "do not have the guest examine its page tables after the samples", 0, 0},
		{"qemu", 0, OPTION_TEXT, &s.qemu_given, "PROGRAM",
		 "another QEMU (also PVMMU_QEMU); noted in the result", 0, 0},
		{"root", 0, OPTION_TEXT, &s.root_given, "DIR",
		 "the project's root (also PVMMU_ROOT)", 0, 0},
		{"with-hostname", 0, OPTION_FLAG, &s.with_host_name, NULL,
		 "put this machine's name into the result", 0, 0},
		{"dry-run", 0, OPTION_FLAG, &s.dry_run, NULL, "print the machines' commands only",
		 0, 0},
		{"quiet", 'q', OPTION_FLAG, &s.quiet, NULL, "print nothing but errors", 0, 0},
		{"verbose", 'v', OPTION_FLAG, &s.verbose, NULL, "print each machine's command", 0,
		 0},
		{0},
	};
	int end = 1, code;

	/* What follows "--" is the program's. */
	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	if (end < argc)
		s.wanted.argv = argv + end + 1;
	code = options_read(&command_run, specs, end, argv, NULL);
	if (code < 0)
		code = check_options(&s);
	if (code < 0) {
		if (s.seeds)
			strv_add(&s.request.seeds, s.seeds > 1 ? "1..%u" : "%u", s.seeds);
		custom_join(&s.request.variants);
		values_join(&s.request.workloads);
		cancel_setup();
		code = session_run(&s);
	}
	session_free(&s);
	return code;
}

const struct command command_run = {
	.name = "run",
	.usage = "run [OPTION]... [-- PROGRAM [ARGUMENT]...]",
	.summary = "measure workloads on variants, or run a program, each on a machine of its own",
	.details =
		"A workload may be followed by parameters, each after a colon. Each may take several\n"
		"values, and so may --vcpus, --seed and the depth of a variant given by its axes:\n"
		"  pvmmu run --variant nopin,eager --workload fork:mb=0,1,4..256:n=64,exec --vcpus 1,4\n"
		"A LIST of values is numbers and ranges, with commas (or +) between them:\n"
		"  0,1,4,16    these\n"
		"  1..32       every whole number\n"
		"  1,2,4..128  as the two numbers before the dots begin: by a factor if the second is a\n"
		"  0,4..16     multiple of the first, else by steps, and by steps too if three numbers\n"
		"              show them (4,8,12..20); the range must arrive at its end\n"
		"Several lists make every combination; all points of a sweep are one family in the\n"
		"result, of which `pvmmu growth` tells how the cost grows.\n"
		"\n"
		"`pvmmu list workloads` shows the parameters. A variant may also be given by its axes;\n"
		"those left out are as in eager (`pvmmu list axes`; `make guest VARIANT=...` builds it):\n"
		"  pvmmu run --variant eager,custom:update=mmu/va,batch=multicall,depth=1,2,4..64\n"
		"The verdict is also written to\n"
		"verdict.json beside the result; the console of a run that did not succeed is kept\n"
		"under FILE.logs/.\n"
		"\n"
		"The first run of an image boots it and keeps the machine's state under build/warm/;\n"
		"the others start from there, 6 s sooner and with the same samples.\n"
		"\n"
		"A static x86-64 Linux program of your own, in place of workloads:\n"
		"  pvmmu run --variant batched -- ./program --its options\n"
		"Its output is printed as it comes, its exit status (128 + N if signal N killed it) is\n"
		"that of pvmmu; what pvmmu itself has to say goes to stderr. It starts in / and finds\n"
		"itself and the files of --file at the paths given here. A result is written if --out\n"
		"asks for it or if the program prints records of measurements.\n",
	.run = run,
};
