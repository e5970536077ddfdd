// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/scaling.h"
#include "lib/outcome.h"
#include "resultset/load.h"
#include "resultset/units.h"
#include "spec/catalog.h"

/* The options of the command line. */
struct asked {
	struct strv files;
	const char *by, *metric, *format, *root;
	bool least;
};

/* Lays the set out. A metric that is no series is a counter. */
static bool lay_out(struct dataset *c, json_t *set, const char *metric, char **error)
{
	AUTO_STRV struct strv metrics = {0};
	struct strv counters = {0};
	bool ok = dataset_make(c, &set, 1, &counters, error);
	char *unknown = NULL;

	if (!ok)
		return false;
	dataset_metrics(c, &metrics);
	if (metric && !strv_has(&metrics, metric)) {
		strv_add(&counters, "%s", metric);
		dataset_free(c);
		ok = dataset_make(c, &set, 1, &counters, &unknown);
		/* It is neither; the user probably meant a series. */
		if (!ok)
			unknown_name(error, "metric", metric, &metrics);
		free(unknown);
		strv_free(&counters);
	}
	return ok;
}

static void print(const struct scaling *g, const struct dataset *c, const struct asked *a)
{
	json_t *all;
	char *text;

	if (strcmp(a->format, "json") == 0) {
		all = json_pack("{s:s, s:s, s:o}", "file", a->files.v[0], "tier", c->tier, "growth",
				scaling_json(g, a->least));
		text = json_dumps(all, JSON_INDENT(1));
		puts(text);
		free(text);
		json_decref(all);
	} else if (strcmp(a->format, "tsv") == 0) {
		scaling_print_tsv(g, c, a->least);
	} else {
		scaling_print(g, c, strcmp(a->format, "md") == 0 ? TABLE_MARKDOWN : TABLE_TEXT,
			      a->least, false);
	}
}

static bool show(const struct asked *a, json_t *set, char **error)
{
	struct scaling g = {0};
	struct dataset c;

	if (!lay_out(&c, set, a->metric, error))
		return false;
	scaling_make(&g, &c, a->by, a->metric, a->least);
	if (g.n)
		print(&g, &c, a);
	else if (a->by)
		fail(error, "%s: no two successful runs differ in %s only", a->files.v[0], a->by);
	else if (json_object_size(c.axes))
		fail(error, "%s: no sweep has two measured points", a->files.v[0]);
	else
		fail(error,
		     "%s holds no sweep; measure one (--workload fork:mb=0,16,64), or say with --by "
		     "what its runs differ in",
		     a->files.v[0]);
	scaling_free(&g);
	dataset_free(&c);
	return !*error;
}

static int scaling_curve(const struct asked *a)
{
	json_auto_t *set = read_result_set(a->files.v[0], a->root);
	AUTO_STRV struct strv metrics = {0};
	int code = EXIT_ERROR;
	AUTO_FREE char *error = NULL;

	if (a->metric)
		strv_add(&metrics, "%s", a->metric);
	if (set &&
	    units_settle(&set, 1, UNITS_REFUSE, &(struct units_words){.metrics = &metrics},
			 &error) &&
	    show(a, set, &error))
		code = EXIT_FINE;
	else if (error)
		code = failure(&command_growth, error);
	return code;
}

static int usage(const struct asked *a)
{
	AUTO_FREE char *error = NULL;

	if (choose_word("text,md,tsv,json", "format", a->format, &error) < 0)
		return usage_error(&command_growth, "%s", error);
	if (a->files.n != 1)
		return usage_error(&command_growth, "expected one file, found %zu", a->files.n);
	return -1;
}

static int run(int argc, char **argv)
{
	struct asked a = {.format = "text"};
	const struct option_spec specs[] = {
		OPT_TEXT("by", 0, &a.by, "AXIS",
			 "a parameter, vcpus or depth (each that was swept)"),
		OPT_TEXT("metric", 0, &a.metric, "NAME",
			 "a metric, or a counter GROUP[.NAME] per iteration (all metrics)"),
		OPT_FLAG("least", 0, &a.least, "minimum samples instead of medians"),
		OPT_TEXT("format", 0, &a.format, "FORMAT", "text, md, tsv or json (text)"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_growth, specs, argc, argv, &a.files);

	code = code < 0 ? usage(&a) : code;
	code = code < 0 ? scaling_curve(&a) : code;
	strv_free(&a.files);
	return code;
}

const struct command command_growth = {
	.name = "growth",
	.usage = "growth [OPTION]... FILE.json",
	.summary = "how costs grow along the axes of a sweep: intercept, slope and its error",
	.details =
		"Fits a straight line by least squares through the points of a sweep, for each variant;\n"
		"all points have the same weight. \"at 0\" is the intercept, \"per MiB\" (or page, process,\n"
		"...) the slope, \"+-\" its standard error, \"worst residual\" the largest deviation of a\n"
		"point, in percent of its measured value.\n"
		"\n"
		"The slope is left out if the points are on no line: if the slopes of their lower and\n"
		"upper half differ by more than a quarter and by more than 3 % of the cost, or if the\n"
		"points scatter (R2 below 0.98, a residual above 5 %). The note then tells both slopes.\n",
	.run = run,
};
