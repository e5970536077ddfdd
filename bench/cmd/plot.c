// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "history/index.h"
#include "history/scan.h"
#include "lib/destination.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "lib/terminal.h"
#include "plot/kind.h"
#include "plot/plot.h"
#include "resultset/filter.h"
#include "resultset/load.h"
#include "resultset/units.h"

struct asked {
	struct strv files;
	struct filter filter;
	struct plot_request request;
	const char *out, *theme, *root, *results;
	bool tax;
};

/* Prints the chart on standard output, by way of a file. */
static bool print(const struct picture *picture, const char *root, char **error)
{
	AUTO_FREE char *dir = temporary_directory("pvmmu-plot", error), *file = NULL, *text = NULL;
	size_t n;

	if (!dir)
		return false;
	file = xasprintf("%s/plot.txt", dir);
	if (picture_draw(picture, root, file, "light", error))
		text = read_whole_file(file, &n, error);
	if (text)
		fputs(text, stdout);
	unlink(file);
	rmdir(dir);
	return !*error;
}

static bool is_for_terminal(const struct asked *a)
{
	return !a->out || strcmp(a->out, "-") == 0;
}

static bool has_suffix(const char *name, const char *suffix)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, suffix) == 0;
}

static bool draw(struct asked *a, const char *root, char **error)
{
	struct picture picture = {0};
	bool ok;

	if (is_for_terminal(a)) {
		a->request.text_columns = terminal_columns(STDOUT_FILENO);
		a->request.text_coloured = terminal_has_colours(STDOUT_FILENO);
	} else if (has_suffix(a->out, ".txt")) {
		a->request.text_columns = 80;
	}
	ok = plot_make(&picture, &a->request, error);
	if (!ok)
		;
	else if (is_for_terminal(a))
		ok = print(&picture, root, error);
	else if (has_suffix(a->out, ".tsv"))
		ok = write_atomically(a->out, picture.table, picture.table_size, error);
	else
		ok = picture_draw(&picture, root, a->out, a->theme, error);
	picture_free(&picture);
	return ok;
}

/* Draws the history of a directory, which may hold its index. */
static bool draw_directory(struct asked *a, const char *root, char **error)
{
	AUTO_FREE char *dir = a->results ? xstrdup(a->results) : root_path(root, "results");
	struct refresh refresh = {0};
	struct index index = {0};
	bool ok = index_open(&index, dir, NULL, false, error) &&
		  index_refresh(&index, root, true, &refresh, error);

	a->request.index = &index;
	a->request.filter = &a->filter;
	ok = ok && draw(a, root, error);
	refresh_free(&refresh);
	index_close(&index);
	return ok;
}

static bool draw_files(struct asked *a, const char *root, char **error)
{
	json_t **sets = xcalloc(a->files.n, sizeof(*sets));
	AUTO_STRV struct strv metrics = {0};
	bool ok = (is_for_terminal(a) || spares_inputs(a->out, &a->files, error)) &&
		  read_result_sets(&a->files, root, sets) &&
		  filter_sets(&a->filter, sets, a->files.n, error);

	if (a->request.metric)
		strv_add(&metrics, "%s", a->request.metric);
	ok = ok &&
	     units_settle(sets, a->files.n, UNITS_REFUSE,
			  &(struct units_words){.files = &a->files, .metrics = &metrics}, error);
	a->request.files = &a->files;
	a->request.sets = sets;
	ok = ok && draw(a, root, error);
	for (size_t i = 0; i < a->files.n; i++)
		json_decref(sets[i]);
	free(sets);
	return ok;
}

static bool is_picture(const struct asked *a)
{
	return !is_for_terminal(a) && (has_suffix(a->out, ".svg") || has_suffix(a->out, ".png"));
}

static int plot(struct asked *a)
{
	const struct plot_kind *kind = plot_kind_by_name(a->request.kind, NULL);
	AUTO_FREE char *root = NULL, *error = NULL;
	bool ok = find_root(a->root, &root, &error) &&
		  (kind->of_directory ? draw_directory : draw_files)(a, root, &error);

	return ok ? EXIT_FINE : failure(&command_plot, error);
}

static int usage(struct asked *a)
{
	const struct plot_kind *kind;
	AUTO_FREE char *error = NULL;

	if (a->tax && !a->request.kind)
		a->request.kind = "tax";
	if (!a->request.kind)
		a->request.kind = "bars";
	kind = plot_kind_by_name(a->request.kind, &error);
	if (kind && a->tax && strcmp(kind->name, "tax") != 0)
		fail(&error, "--tax is --kind tax");
	else if (kind && a->request.metric && !kind->takes_metric)
		fail(&error, "--metric is not for --kind %s", kind->name);
	else if (kind && a->request.baseline && !kind->takes_baseline)
		fail(&error, "--baseline is not for --kind %s", kind->name);
	else if (kind && a->request.axis && !kind->takes_axis)
		fail(&error, "--by is not for --kind %s", kind->name);
	else if (kind && kind->of_directory && a->files.n)
		fail(&error, "--kind %s is of a directory: give --results DIR, no files",
		     kind->name);
	else if (kind && !kind->of_directory && a->results)
		fail(&error, "--results is not for --kind %s", kind->name);
	else if (kind && !kind->of_directory && !a->files.n)
		fail(&error, "no file given");
	else if (!is_for_terminal(a) && !has_suffix(a->out, ".svg") &&
		 !has_suffix(a->out, ".png") && !has_suffix(a->out, ".txt") &&
		 !has_suffix(a->out, ".tsv"))
		fail(&error,
		     "-o: expected a FILE that ends in .svg, .png, .txt or .tsv, found \"%s\"",
		     a->out);
	else if (a->theme && !is_picture(a))
		fail(&error, "--theme is for pictures: -o FILE.svg or FILE.png");
	else if (a->theme && strcmp(a->theme, "light") != 0 && strcmp(a->theme, "dark") != 0 &&
		 strcmp(a->theme, "both") != 0)
		fail(&error, "unknown theme \"%s\"; valid: light, dark, both", a->theme);
	if (!a->theme)
		a->theme = "light";
	if (!error)
		return -1;
	usage_error(&command_plot, "%s", error);
	return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
	struct asked a = {0};
	const struct option_spec specs[] = {
		OPT_TEXT("output", 'o', &a.out, "FILE",
			 "the picture: .svg, .png, .txt; or its table: .tsv (on the terminal)"),
		OPT_TEXT("kind", 0, &a.request.kind, "KIND", "one of the kinds above (bars)"),
		OPT_TEXT("theme", 0, &a.theme, "THEME",
			 "light, dark or both (light; both: the second is FILE-dark)"),
		OPT_TEXT("metric", 0, &a.request.metric, "NAME",
			 "what to draw: a series, or counters as for compare (the first series)"),
		OPT_FLAG("tax", 0, &a.tax, "the same as --kind tax"),
		OPT_LIST("variant", 0, &a.filter.variants, "NAME[,...]", "of these variants"),
		OPT_LIST("workload", 0, &a.filter.workloads, "NAME[:PARAMETER=VALUES][,...]",
			 "of these workloads"),
		OPT_TEXTS("where", 0, &a.filter.where, "AXIS=VALUE[,VALUE]",
			  "of these values of an axis: vcpus, seed, xen, pin, mb, ..."),
		OPT_TEXT("baseline", 0, &a.request.baseline, "VARIANT",
			 "what ratios are to (the first variant)"),
		OPT_TEXT("by", 0, &a.request.axis, "AXIS",
			 "scaling: along this axis only: mb, procs, depth, vcpus, ... (all)"),
		OPT_TEXT("results", 0, &a.results, "DIR",
			 "history: where result sets are (results)"),
		OPT_TEXT("title", 0, &a.request.title, "TEXT", "what to write above it"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	AUTO_FREE char *kinds = plot_kinds_text();
	struct command with_kinds = command_plot;
	int code;

	with_kinds.details = xasprintf("%s\nKinds:\n%s", command_plot.details, kinds);
	code = options_read(&with_kinds, specs, argc, argv, &a.files);
	code = code < 0 ? usage(&a) : code;
	if (code < 0) {
		cancel_setup();
		code = plot(&a);
	}
	free((char *)with_kinds.details);
	strv_free(&a.files);
	filter_free(&a.filter);
	return code;
}

const struct command command_plot = {
	.name = "plot",
	.usage = "plot [OPTION]... FILE.json... [-o PICTURE]",
	.summary = "draw result sets: costs, and where they come from",
	.details =
		"A panel for each workload with its parameters. A value that was not measured is drawn\n"
		"as missing.\n",
	.run = run,
};
