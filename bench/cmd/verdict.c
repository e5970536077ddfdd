// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "lib/destination.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "resultset/load.h"
#include "resultset/schema.h"
#include "resultset/units.h"
#include "resultset/verdict_file.h"
#include "verdict/badge.h"
#include "verdict/expected_runs.h"
#include "verdict/gate_check.h"
#include "verdict/verdict.h"

/* The options of the command line. */
struct asked {
	struct strv files, gates;
	const char *base, *declaration, *noise, *out, *badge, *root_given;
	struct request request;
	bool quiet, all;
	char *root;
};

/* Finds the expected runs; adds the gates of a declaration file behind those of the options. */
static bool declare(struct asked *a, struct verdict *r, json_t *file, char **error)
{
	struct declaration *d = &r->declaration;
	struct request *q = &a->request;
	bool options = q->variants.n || q->workloads.n || q->matrix;
	bool ok = a->declaration
			  ? declaration_of_file(d, a->declaration, file, a->root, r->set[0], error)
		  : options ? declaration_of_request(d, q, a->root, r->set[0], error)
			    : declaration_of_set(d, r->set[0], error);

	for (size_t i = 0; i < d->gates.n; i++)
		strv_add_distinct(&a->gates, d->gates.v[i]);
	return ok;
}

static json_t *read_declaration(const struct asked *a, char **error)
{
	struct schema *schema = schema_load_named(a->root, "declaration.schema.json", error);
	AUTO_STRV struct strv errors = {0};
	json_error_t parse_error;
	json_t *file = NULL;

	if (schema &&
	    !(file = json_load_file(a->declaration, JSON_REJECT_DUPLICATES, &parse_error)))
		fail(error, "%s:%d:%d: %s", a->declaration, parse_error.line, parse_error.column,
		     parse_error.text);
	if (file && !schema_check(schema, file, &errors))
		fail(error, "%s: %s", a->declaration, errors.v[0]);
	schema_free(schema);
	if (*error) {
		json_decref(file);
		file = NULL;
	}
	return file;
}

static bool read_noise(const struct asked *a, struct verdict *r, char **error)
{
	AUTO_FREE char *note = NULL;
	bool ok = noise_file_load(&r->noise, a->noise, a->files.v[0], a->root, r->set[0], &note,
				  error);

	if (note)
		strv_add(&r->notes, "%s", note);
	return ok;
}

static int judge(struct asked *a, struct verdict *r, char **error)
{
	json_t *file = NULL;
	int code = EXIT_ERROR;
	char *usage = NULL;

	if (a->declaration)
		file = read_declaration(a, error);
	if (*error || !read_noise(a, r, error))
		goto out;
	if (!declare(a, r, file, error)) {
		/* A mistake in a file is no usage error. */
		if (is_mistake(*error) && !a->declaration)
			code = usage_error(&command_verdict, "%s", *error);
		goto out;
	}
	if (!gates_read(&r->gates, &a->gates, r->file[1] != NULL, &usage)) {
		code = usage_error(&command_verdict, "%s", usage);
		goto out;
	}
	code = (int)verdict_make(r, error);
out:
	json_decref(file);
	free(usage);
	return code;
}

/* Checks the verdict against its schema and writes it. false with *error. */
static bool save(const struct asked *a, const char *path, const json_t *v, char **error)
{
	struct schema *schema =
		a->root ? schema_load_named(a->root, "verdict.schema.json", error) : NULL;
	AUTO_STRV struct strv errors = {0};

	if (schema && !schema_check(schema, v, &errors))
		fail(error, "the verdict does not fit its own schema: %s", errors.v[0]);
	schema_free(schema);
	return !*error && verdict_save(path, v, error);
}

static bool save_badge(const char *path, const json_t *v, char **error)
{
	AUTO_FREE char *svg = badge_svg(json_string_value(json_object_get(v, "verdict")));

	return write_atomically(path, svg, strlen(svg), error);
}

/* Whether the outputs differ from all inputs and from each other. */
static bool are_apart(const struct asked *a, const char *out, char **error)
{
	const char *const read[] = {a->files.v[0], a->base, a->declaration, a->noise};
	struct destination verdict, badge;
	AUTO_STRV struct strv inputs = {0};
	bool ok;

	for (size_t i = 0; i < sizeof(read) / sizeof(*read); i++)
		if (read[i])
			strv_add(&inputs, "%s", read[i]);
	ok = spares_inputs(out, &inputs, error) &&
	     (!a->badge || spares_inputs(a->badge, &inputs, error));
	if (!ok || !a->badge)
		return ok;
	ok = destination_find(&verdict, out, error) && destination_find(&badge, a->badge, error);
	if (ok && is_same_file(&verdict, &badge))
		ok = fail(error, "cannot write %s: the verdict goes there; choose another name",
			  a->badge);
	destination_free(&verdict);
	destination_free(&badge);
	return ok;
}

/* Writes the verdict, with its badge, and prints it. */
static int put(const struct asked *a, const struct verdict *r, const char *out, int code,
	       const char *wrong)
{
	json_auto_t *v = verdict_to_json(r, (enum exit_code)code, wrong);
	/* If the verdict goes to standard output, messages do not. */
	FILE *to = is_standard_output(out) || (a->badge && is_standard_output(a->badge)) ? stderr
											 : stdout;
	AUTO_FREE char *unwritten = NULL;

	if (!save(a, out, v, &unwritten) || (a->badge && !save_badge(a->badge, v, &unwritten))) {
		complain("%s", unwritten);
		code = EXIT_ERROR;
	}
	if (!a->quiet && !wrong)
		verdict_print(r, a->all, to);
	if (wrong)
		complain("%s", wrong);
	if (!a->quiet && !wrong)
		fprintf(to, "%s\n", out);
	return code;
}

static int verdict(struct asked *a)
{
	struct verdict r = {.file = {a->files.v[0], a->base}};
	AUTO_FREE char *error = NULL, *out = NULL;
	AUTO_STRV struct strv files = {0};
	int code = EXIT_ERROR;

	strv_add(&files, "%s", a->files.v[0]);
	if (a->base)
		strv_add(&files, "%s", a->base);
	out = a->out ? xstrdup(a->out) : verdict_path(a->files.v[0]);
	if (!are_apart(a, out, &error)) {
		complain("%s", error);
	} else {
		if (find_root(a->root_given, &a->root, &error)) {
			if (read_result_sets(&files, a->root, r.set) &&
			    units_settle(r.set, files.n, UNITS_CONVERT, NULL, &error))
				code = judge(a, &r, &error);
			else
				fail(&error, "a result set cannot be used");
		}
		if (code != EXIT_USAGE)
			code = put(a, &r, out, code, error);
	}
	verdict_free(&r);
	return code;
}

static int usage(const struct asked *a)
{
	const struct request *q = &a->request;

	if (a->files.n != 1)
		return usage_error(&command_verdict, "expected one file, found %zu", a->files.n);
	if (!a->out && access(a->files.v[0], F_OK) == 0 && !is_regular_file(a->files.v[0]))
		return usage_error(&command_verdict,
				   "%s is no regular file, beside which a verdict could go: give "
				   "--out FILE",
				   a->files.v[0]);
	if (a->declaration && (q->variants.n || q->workloads.n || q->vcpus.n || q->seeds.n ||
			       q->matrix || q->rig || q->tier))
		return usage_error(
			&command_verdict,
			"--declaration says what has to be there: it goes without "
			"--variant, --workload, --matrix, --vcpus, --seed, --rig, --tier");
	if ((q->vcpus.n || q->seeds.n || q->rig || q->tier) && !q->variants.n && !q->workloads.n &&
	    !q->matrix)
		return usage_error(&command_verdict,
				   "--vcpus, --seed, --rig and --tier need --variant, --workload "
				   "or --matrix");
	return -1;
}

static int run(int argc, char **argv)
{
	struct asked a = {0};
	const struct option_spec specs[] = {
		OPT_TEXT("base", 'b', &a.base, "FILE.json", "what relative gates refer to"),
		OPT_TEXTS("gate", 'g', &a.gates, "GATE", "a bound; may be repeated"),
		OPT_TEXT("declaration", 0, &a.declaration, "FILE.json",
			 "which runs have to be there, and gates, from a file"),
		OPT_LIST("variant", 0, &a.request.variants, "NAME[,...]",
			 "which have to be there, as in `pvmmu run`"),
		OPT_LIST("workload", 0, &a.request.workloads, "NAME[:P=LIST]...[,...]", "likewise"),
		OPT_FLAG("matrix", 0, &a.request.matrix, "likewise"),
		OPT_LIST("vcpus", 0, &a.request.vcpus, "LIST", "likewise (1)"),
		OPT_LIST("seed", 0, &a.request.seeds, "LIST", "likewise (1)"),
		OPT_TEXT("rig", 0, &a.request.rig, "NAME", "likewise (the set's)"),
		OPT_TEXT("tier", 0, &a.request.tier, "NAME", "likewise (the set's)"),
		OPT_TEXT("noise", 0, &a.noise, "FILE.json",
			 "a set of `pvmmu aa` (" NOISE_FILE " beside the set, if there is one)"),
		OPT_TEXT(
			"out", 'o', &a.out, "FILE",
			"where the verdict goes; -: the standard output (verdict.json beside the set)"),
		OPT_TEXT("badge", 0, &a.badge, "FILE.svg", "draw the verdict as a badge as well"),
		OPT_FLAG("all", 0, &a.all, "list each cell on which a gate holds, however many"),
		OPT_FLAG("quiet", 'q', &a.quiet, "print nothing but errors"),
		OPT_ROOT(&a.root_given),
		OPT_END,
	};
	int code = options_read(&command_verdict, specs, argc, argv, &a.files);

	code = code < 0 ? usage(&a) : code;
	code = code < 0 ? verdict(&a) : code;
	strv_free(&a.files);
	strv_free(&a.gates);
	strv_free(&a.request.variants);
	strv_free(&a.request.workloads);
	strv_free(&a.request.vcpus);
	strv_free(&a.request.seeds);
	free(a.root);
	return code;
}

const struct command command_verdict = {
	.name = "verdict",
	.usage = "verdict [OPTION]... NEW.json",
	.summary = "judge a result set: is what was declared there, and within its bounds",
	.details =
		"The expected runs come from --variant, --workload and so on, as in `run`, from a file, or\n"
		"from the command of the set. A missing run makes the verdict inconclusive; a run that was\n"
		"skipped by intent is listed and does not.\n"
		"\n"
		"A GATE is WORKLOAD[:PARAMETER=VALUE]...[@VARIANT]:METRIC, <= or >=, and a limit:\n"
		"  fork:insns<=+2%               no more than 2 % above the base's median\n"
		"  fork:mb=16:insns<=+1000       no more than 1000 instructions above it\n"
		"  exec@batched:insns<=700k      no more than that, whatever the base has\n"
		"  *:hypercalls<=+0%             a counter, on all workloads; GROUP.NAME is one of a group\n"
		"  'ctx@custom:*:*<=+5%'         each series; * and ? in names of workloads and variants\n"
		"Parameters of a workload (and vcpus) that are not given may have any value.\n"
		"\n"
		"Exact metrics are compared as they are. For others a gate fails only if the 95 %\n"
		"confidence interval lies beyond the limit; if the limit is inside, it is inconclusive.\n"
		"\n"
		"Exit code: 0 pass; 3 inconclusive; 4 error; 5 fail, 6 and 7 if a run crashed or passed\n"
		"its deadline.\n",
	.run = run,
};
