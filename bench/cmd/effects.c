// SPDX-License-Identifier: MIT
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "effects/effects.h"
#include "effects/print.h"
#include "lib/number_list.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "resultset/load.h"
#include "resultset/units.h"
#include "spec/catalog.h"

#define ORDER_USUAL 2

/* The options of the command line. */
struct asked {
	struct strv files, workloads;
	const char *metric, *base, *format, *root_given;
	unsigned order;
};

struct fits {
	struct effects_of *of;
	size_t n;
};

/* Whether a point was requested: "fork", "fork:mb=16", or with * and ?. */
static bool wanted(const struct asked *a, const struct point *p, bool *found)
{
	char *label = xstrdup(p->label);
	bool any = !a->workloads.n;

	for (char *c = label; *c; c++)
		if (*c == ' ')
			*c = ':';
	for (size_t i = 0; i < a->workloads.n; i++) {
		const char *w = a->workloads.v[i];

		if (strcmp(w, p->workload) != 0 && fnmatch(w, label, 0) != 0)
			continue;
		found[i] = true;
		any = true;
	}
	free(label);
	return any;
}

/* Complains about points that cannot be fitted; false with *error if none can, or a name is wrong.
 */
static bool fit_all(const struct asked *a, const struct effects *e, const char *metric,
		    struct fits *fits, char **error)
{
	AUTO_FREE bool *found = xcalloc(a->workloads.n + 1, sizeof(*found));
	AUTO_STRV struct strv labels = {0};

	for (size_t p = 0; p < e->data.nr_points; p++) {
		struct effects_of of;
		AUTO_FREE char *unfit = NULL;

		strv_add_distinct(&labels, e->data.point[p].workload);
		if (!wanted(a, &e->data.point[p], found))
			continue;
		if (effects_fit(&of, e, p, metric, a->order, &unfit)) {
			fits->of = xrealloc(fits->of, (fits->n + 1) * sizeof(*fits->of));
			fits->of[fits->n++] = of;
		} else {
			complain("%s is left out: %s", e->data.point[p].label, unfit);
			effects_of_free(&of);
		}
	}
	for (size_t i = 0; i < a->workloads.n; i++)
		if (!found[i])
			unknown_name(error, "workload", a->workloads.v[i], &labels);
	if (!fits->n)
		fail(error, "no workload can be fitted");
	return !*error;
}

/* The requested metric, borrowed from the cells. */
static const char *choose_metric(const struct asked *a, const struct effects *e, char **error)
{
	AUTO_STRV struct strv metrics = {0};
	const char *chosen = NULL;

	dataset_metrics(&e->data, &metrics);
	for (size_t i = 0; i < e->data.n && !chosen; i++) {
		const char *metric = e->data.cell[i].metric;

		if (metric && (!a->metric || strcmp(metric, a->metric) == 0))
			chosen = metric;
	}
	if (!chosen && a->metric)
		unknown_name(error, "metric", a->metric, &metrics);
	else if (!chosen)
		fail(error, "nothing was measured");
	return chosen;
}

static void print(const struct asked *a, const struct effects *e, const struct fits *fits)
{
	enum table_format format = strcmp(a->format, "md") == 0 ? TABLE_MARKDOWN : TABLE_TEXT;
	AUTO_FREE char *list = NULL;

	if (strcmp(a->format, "csv") == 0) {
		effects_print_csv(e, fits->of, fits->n);
		return;
	}
	if (strcmp(a->format, "json") == 0) {
		json_auto_t *all = effects_json(e, fits->of, fits->n);

		json_dumpf(all, stdout, JSON_INDENT(1));
		putchar('\n');
		return;
	}
	for (size_t i = 0; i < fits->n; i++) {
		if (i)
			putchar('\n');
		effects_print(e, &fits->of[i], format);
	}
	list = strv_join(&e->left_out, ", ");
	if (e->left_out.n)
		printf("\nleft out, because they lack some of the axes: %s\n", list);
	effects_print_lacking(e, fits->of, fits->n, &a->files, format);
}

static int effects(const struct asked *a)
{
	json_t **sets = xcalloc(a->files.n, sizeof(json_t *));
	struct catalog catalog = {0};
	struct effects e = {0};
	struct fits fits = {0};
	struct strv metrics = {0};
	char *error = NULL, *root = NULL, *unbuilt = NULL;
	const char *metric = NULL;
	int code = EXIT_ERROR;
	bool built;

	if (!read_result_sets(&a->files, a->root_given, sets))
		goto out;
	/* Without a build the valid combinations are unknown, but the results are known. */
	built = find_root(a->root_given, &root, &unbuilt) && catalog_load(&catalog, root, &unbuilt);
	if (a->metric)
		strv_add(&metrics, "%s", a->metric);
	if (units_settle(sets, a->files.n, UNITS_REFUSE,
			 &(struct units_words){.files = &a->files, .metrics = &metrics}, &error) &&
	    effects_make(&e, sets, a->files.n, a->base, a->metric, built ? &catalog : NULL,
			 &error) &&
	    (metric = choose_metric(a, &e, &error)) && fit_all(a, &e, metric, &fits, &error)) {
		print(a, &e, &fits);
		code = EXIT_FINE;
	}
	if (error)
		code = failure(&command_effects, error);
out:
	for (size_t i = 0; i < fits.n; i++)
		effects_of_free(&fits.of[i]);
	free(fits.of);
	strv_free(&metrics);
	effects_free(&e);
	catalog_free(&catalog);
	for (size_t i = 0; i < a->files.n; i++)
		json_decref(sets[i]);
	free(sets);
	free(root);
	free(error);
	free(unbuilt);
	return code;
}

static int usage(const struct asked *a)
{
	AUTO_FREE char *error = NULL;

	if (choose_word("text,md,csv,json", "format", a->format, &error) < 0)
		return usage_error(&command_effects, "%s", error);
	return a->files.n ? -1 : usage_error(&command_effects, "no file given");
}

static int run(int argc, char **argv)
{
	struct asked a = {.format = "text", .order = ORDER_USUAL};
	const struct option_spec specs[] = {
		OPT_LIST("workload", 0, &a.workloads, "NAME[:P=VALUE][,...]",
			 "only these; * and ? stand for any (all)"),
		OPT_TEXT(
			"metric", 0, &a.metric, "NAME",
			"a series, or a counter per iteration: GROUP, GROUP.NAME (the first series)"),
		OPT_TEXT("base", 0, &a.base, "VARIANT",
			 "whose levels are what effects are relative to (eager)"),
		OPT_NUMBER("order", 0, &a.order, "N",
			   "interactions of up to so many axes; 1: none (2)", 1, FACTORS_MAX),
		OPT_TEXT("format", 0, &a.format, "FORMAT", "text, md, csv or json (text)"),
		OPT_ROOT(&a.root_given),
		OPT_END,
	};
	int code = options_read(&command_effects, specs, argc, argv, &a.files);

	values_join(&a.workloads);
	code = code < 0 ? usage(&a) : code;
	code = code < 0 ? effects(&a) : code;
	strv_free(&a.files);
	strv_free(&a.workloads);
	return code;
}

const struct command command_effects = {
	.name = "effects",
	.usage = "effects [OPTION]... FILE.json...",
	.summary = "what each axis of a policy does, alone and together with others",
	.details =
		"Fits the logarithm of the medians of all variants, for each workload: a term for each axis\n"
		"that differs from the base, and a term for each two of them, their interaction. Effects\n"
		"that were never measured separately are shown as one number, with a command that would\n"
		"separate them. The pairs of variants that differ in one axis only follow, without a model,\n"
		"and what they depend on.\n"
		"  pvmmu run --workload fork:mb=16 --out f.json --variant \\\n"
		"      custom:pin=none+eager,update=mmu/va,batch=off+multicall,ptl=mm+split\n"
		"  pvmmu effects f.json\n",
	.run = run,
};
