// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/comparison.h"
#include "compare/matrix.h"
#include "lib/json.h"
#include "lib/number_list.h"
#include "lib/outcome.h"
#include "lib/table.h"
#include "resultset/axes.h"
#include "resultset/filter.h"
#include "resultset/load.h"
#include "resultset/noise_file.h"
#include "resultset/units.h"
#include "spec/catalog.h"

/* The options of the command line. */
struct asked {
	struct comparison_request q; /* q.files: what to call them */
	struct filter filter;
	struct strv files;
	const char *format, *reference, *root, *floor, *noise;
	bool matrix, least;
};

static void print_comparison(const struct comparison *k, const struct asked *a)
{
	enum table_format format = table_format_named(a->format);

	if (strcmp(a->format, "json") == 0)
		comparison_print_json(k, &a->files);
	else if (format == TABLE_TABS || format == TABLE_CSV)
		comparison_print_table(k, format);
	else
		comparison_print_text(k, &a->q, &a->files, format);
}

/* Names the files without directories and ".json", if these names are unique. */
static void name_files(struct asked *a)
{
	struct strv *names = &a->q.files;
	AUTO_STRV struct strv distinct = {0};

	for (size_t i = 0; i < a->files.n; i++) {
		const char *slash = strrchr(a->files.v[i], '/');
		const char *name = slash ? slash + 1 : a->files.v[i];
		size_t n = strlen(name);

		if (n > 5 && strcmp(name + n - 5, ".json") == 0)
			n -= 5;
		strv_add(names, "%.*s", (int)n, name);
		strv_add_distinct(&distinct, names->v[i]);
	}
	for (size_t i = 0; i < names->n && distinct.n < names->n; i++)
		replace_text(&names->v[i], "%s", a->files.v[i]);
	/* The same file may be given twice. */
	for (size_t i = 1; i < names->n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(names->v[i], names->v[k]) == 0) {
				replace_text(&names->v[i], "%s (%zu)", names->v[i], i + 1);
				break;
			}
}

static bool compare_sides(struct asked *a, json_t *const *sets, char **error)
{
	size_t last = a->files.n - 1;
	struct noise_file noise;
	struct comparison k;
	AUTO_FREE char *unused = NULL; /* the default noise floor does not fit: no message */
	bool ok = noise_file_load(&noise, a->noise, a->files.v[last], a->root, sets[last], &unused,
				  error);

	a->q.noise = noise.noise.n ? &noise.noise : NULL;
	ok = ok && comparison_make(&k, sets, a->files.n, &a->q, error);
	if (ok) {
		if (a->q.noise)
			strv_add(&k.notes, "noise floors are those of %s", noise.path);
		print_comparison(&k, a);
		comparison_free(&k);
	}
	noise_file_free(&noise);
	return ok;
}

/* Instruction counts and times have no ratio, so each tier is a comparison of its own. */
static bool compare_each_tier(struct asked *a, json_t *const *sets, char **error)
{
	AUTO_STRV struct strv tiers = {0};
	json_t *run;
	size_t i;

	for (size_t f = 0; f < a->files.n; f++)
		json_array_foreach (json_object_get(sets[f], "runs"), i, run)
			strv_add_distinct(&tiers, text_at(run, "identity", "tier", NULL));
	a->q.by = NULL;
	for (size_t t = 0; t < tiers.n && !*error; t++) {
		struct filter only = {0};
		AUTO_FREE json_t **some = xcalloc(a->files.n, sizeof(*some));

		for (size_t f = 0; f < a->files.n; f++)
			some[f] = json_incref(sets[f]);
		strv_add(&only.where, "tier=%s", tiers.v[t]);
		if (t)
			putchar('\n');
		if (filter_sets(&only, some, a->files.n, error))
			compare_sides(a, some, error);
		for (size_t f = 0; f < a->files.n; f++)
			json_decref(some[f]);
		filter_free(&only);
	}
	return !*error;
}

static bool print_matrix(const struct asked *a, json_t *const *sets, char **error)
{
	struct matrix w = {
		.tax = a->q.tax, .least = a->least, .format = table_format_named(a->format)};
	struct dataset data;

	if (!dataset_make(&data, sets, 1, &a->q.counters, error))
		return false;
	if (!a->reference || reference_load(&w.reference, a->reference, error))
		matrix_print(&w, &data);
	reference_free(&w.reference);
	dataset_free(&data);
	return !*error;
}

static bool answer(struct asked *a, json_t *const *sets, char **error)
{
	if (a->matrix)
		return print_matrix(a, sets, error);
	if (a->q.by && strcmp(a->q.by, "tier") == 0)
		return compare_each_tier(a, sets, error);
	return compare_sides(a, sets, error);
}

static int compare(struct asked *a)
{
	AUTO_FREE json_t **sets = xcalloc(a->files.n, sizeof(*sets));
	AUTO_FREE char *error = NULL;
	int code = EXIT_ERROR;

	name_files(a);
	if (read_result_sets(&a->files, a->root, sets)) {
		const struct units_words words = {.files = &a->files, .metrics = &a->q.metrics};

		if (filter_sets(&a->filter, sets, a->files.n, &error) &&
		    units_settle(sets, a->files.n, UNITS_REFUSE, &words, &error) &&
		    (!a->q.by || strcmp(a->q.by, "file") == 0 ||
		     axis_is_known(sets, a->files.n, a->q.by, &error)) &&
		    answer(a, sets, &error))
			code = EXIT_FINE;
		else
			code = failure(&command_compare, error);
	}
	for (size_t i = 0; i < a->files.n; i++)
		json_decref(sets[i]);
	return code;
}

/* Checks combinations of options; false with the first *error. */
static bool makes_sense(const struct asked *a, char **error)
{
	const struct comparison_request *q = &a->q;
	const struct {
		bool wrong;
		const char *text;
	} rules[] = {
		{a->files.n < 1, "expected one or more files, found none"},
		{a->matrix && a->files.n > 1, "--wide is for one file"},
		{q->base && a->files.n > 1 && !q->by && a->files.n == 2,
		 "--base is for one file, or goes with --by"},
		{a->matrix && q->base, "--wide goes without --base"},
		{a->matrix && q->by, "--wide goes without --by"},
		{a->matrix && strcmp(a->format, "json") == 0, "--wide goes without --format json"},
		{a->matrix && (q->sort || q->regressions || q->changed || q->complete || a->floor ||
			       q->metrics.n),
		 "--wide goes without --sort, --regressions, --changed, --complete, --floor and "
		 "--metric"},
		{a->matrix && a->noise, "--wide goes without --noise"},
		{!a->matrix && a->least, "--least needs --wide"},
		{!a->matrix && a->reference, "--reference needs --wide"},
		{a->q.tax && q->by, "--tax goes without --by; --by env compares with native"},
		{q->by && strcmp(q->by, "tier") == 0 && strcmp(a->format, "text") != 0 &&
			 strcmp(a->format, "md") != 0,
		 "--by tier: an instruction count and a time have no ratio, so each tier is a "
		 "table of its own, in format text or md; of the others ask for one tier, with "
		 "--where tier=exact or --where tier=wall"},
		{q->by && strcmp(q->by, "workload") == 0,
		 "--by workload: different work has no ratio; its parameters are axes (--by mb)"},
		{q->by && strcmp(q->by, "file") == 0 && a->files.n < 2,
		 "--by file needs two or more files"},
		{q->by && strcmp(q->by, "env") == 0 && q->base,
		 "--by env: the base is always the native one"},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].wrong)
			return fail(error, "%s", rules[i].text);
	return true;
}

static int usage(struct asked *a)
{
	AUTO_STRV struct strv orders = {0};
	AUTO_FREE char *error = NULL;
	int code = -1;

	comparison_orders(&orders);
	if (choose_word("text,md,tsv,csv,json", "format", a->format, &error) < 0 ||
	    (a->q.sort && !strv_has(&orders, a->q.sort) &&
	     !unknown_name(&error, "order", a->q.sort, &orders)) ||
	    !makes_sense(a, &error) ||
	    (a->floor && !parse_share(a->floor, "--floor", &a->q.floor, &error)))
		code = usage_error(&command_compare, "%s", error);
	return code;
}

static int run(int argc, char **argv)
{
	struct asked a = {.format = "text"};
	const struct option_spec specs[] = {
		OPT_TEXT(
			"by", 0, &a.q.by, "AXIS",
			"a column for each value: variant, env, xen, commit, file, mb, batch, ...; tier: a table for each"),
		OPT_TEXT("base", 0, &a.q.base, "VALUE",
			 "the value, or in one file the variant, to compare with (the first)"),
		OPT_LIST("variant", 0, &a.filter.variants, "VARIANT[,...]", "these variants only"),
		OPT_LIST("workload", 0, &a.filter.workloads, "WORKLOAD[:P=VALUES][,...]",
			 "these workloads only, at these points"),
		OPT_TEXTS("where", 0, &a.filter.where, "AXIS=VALUE[,...]",
			  "runs with one of these values only; may be repeated"),
		OPT_LIST("metric", 0, &a.q.metrics, "METRIC[,...]", "these metrics only"),
		OPT_LIST("counters", 0, &a.q.counters, "GROUP[.NAME][,...]",
			 "counters per iteration as well: a group's sum, one, or each (GROUP.*)"),
		OPT_TEXT("floor", 0, &a.floor, "SHARE",
			 "smaller changes are negligible: 1% or 0.01 (none are)"),
		OPT_TEXT("noise", 0, &a.noise, "FILE.json",
			 "a set of `pvmmu aa`: what it calls noise is no change (" NOISE_FILE
			 " beside the new file)"),
		OPT_TEXT("sort", 0, &a.q.sort, "ORDER",
			 "file, name, worst, best, size or p: the order of rows (file)"),
		OPT_FLAG("regressions", 0, &a.q.regressions, "only rows that have become worse"),
		OPT_FLAG("changed", 0, &a.q.changed, "only rows that have become better or worse"),
		OPT_FLAG("complete", 0, &a.q.complete,
			 "only rows for which every side has a value"),
		OPT_TEXT("format", 0, &a.format, "FORMAT", "text, md, tsv, csv or json (text)"),
		OPT_FLAG("tax", 0, &a.q.tax, "add the ratio to the variant native"),
		OPT_FLAG("wide", 0, &a.matrix,
			 "a row for each workload, a column for each variant, no statistics"),
		OPT_FLAG("least", 0, &a.least, "with --wide, minimum samples instead of medians"),
		OPT_TEXT("reference", 0, &a.reference, "FILE.tsv",
			 "with --wide, values of other systems beside them"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_compare, specs, argc, argv, &a.files);

	code = code < 0 ? usage(&a) : code;
	code = code < 0 ? compare(&a) : code;
	strv_free(&a.files);
	strv_free(&a.q.files);
	strv_free(&a.q.metrics);
	strv_free(&a.q.counters);
	filter_free(&a.filter);
	return code;
}

const struct command command_compare = {
	.name = "compare",
	.usage = "compare [OPTION]... BASE.json NEW.json... | [OPTION]... FILE.json",
	.summary = "compare result sets, or the variants in one",
	.details =
		"Two files with one variant each: these two variants are compared. Otherwise each\n"
		"variant is compared with itself. More files are compared by file. Rows that only\n"
		"one side has are shown as missing.\n"
		"\n"
		"Exact metrics are compared as they are. For other metrics the difference has a 95 %\n"
		"interval and a p; docs/comparing.md explains them.\n"
		"\n"
		"The effect of pinning, everything else being equal:\n"
		"  pvmmu compare FILE.json --by pin\n"
		"All variants of a file side by side, as tables for a document:\n"
		"  pvmmu compare FILE.json --wide --least --tax --counters hypercalls --format md\n",
	.run = run,
};
