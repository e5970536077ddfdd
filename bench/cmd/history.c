// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "history/print.h"
#include "history/scan.h"
#include "lib/dates.h"
#include "lib/number_list.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "spec/catalog.h"

enum view { VIEW_SETS, VIEW_SERIES, VIEW_POINTS, VIEW_CHANGES, VIEW_FILES, NR_VIEWS };
static const char view_names[] = "sets,series,points,changes,files";

/* The options of the command line. */
struct asked {
	struct strv operands;
	const char *format, *results, *index, *since, *until, *floor, *root;
	unsigned last, segment;
	bool rebuild, quiet;
	struct filter filter;
	struct history_query q;
	enum view view;
	char *since_text, *until_text;
};

/* Reports changes of the files since the last look at the index. */
static void report(const struct refresh *r, bool quiet)
{
	for (size_t i = 0; i < r->changed.n; i++)
		complain("note: %s has changed since it was indexed: a result set is not supposed "
			 "to",
			 r->changed.v[i]);
	for (size_t i = 0; i < r->vanished.n; i++)
		complain("note: %s is gone", r->vanished.v[i]);
	for (size_t i = 0; i < r->broken.n; i++)
		complain("%s", r->broken.v[i]);
	if (r->read && !quiet)
		complain("%zu of %zu files indexed", r->read, r->files);
}

static void show(const struct history *h, struct index *x, const struct asked *a, enum view view)
{
	enum table_format format = table_format_named(a->format);

	if (strcmp(a->format, "json") == 0) {
		history_print_json(h, x);
	} else if (view == VIEW_SERIES) {
		history_print_series(h, format);
	} else if (view == VIEW_CHANGES) {
		history_print_changes(h, x, format);
	} else {
		history_print_points(h, a->last, format);
		if (format != TABLE_CSV) {
			printf("\n");
			history_print_changes(h, x, format);
		}
	}
}

/* The default view depends on the number of selected series. */
static enum view fitting_view(const struct asked *a, const struct history *h)
{
	if (a->view != NR_VIEWS)
		return a->view;
	return h->n == 1 ? VIEW_POINTS : VIEW_SERIES;
}

static bool answer(struct index *x, const struct refresh *r, const struct asked *a, char **error)
{
	struct history h;

	if (a->view == VIEW_SETS || a->view == VIEW_FILES) {
		history_print_files(x, r, a->view == VIEW_FILES, a->q.since, a->q.until, a->format);
		return true;
	}
	if (!history_read(&h, x, &a->q, error))
		return false;
	show(&h, x, a, fitting_view(a, &h));
	history_free(&h);
	return true;
}

static int history(const struct asked *a)
{
	AUTO_FREE char *root = NULL, *dir = NULL, *error = NULL;
	struct refresh r = {0};
	struct index x = {0};
	bool ok;
	int code;

	if (a->results)
		dir = xstrdup(a->results);
	else if (find_root(a->root, &root, &error))
		dir = root_path(root, "results");
	ok = dir && index_open(&x, dir, a->index, a->rebuild, &error);
	ok = ok && index_refresh(&x, a->root, a->quiet, &r, &error);
	if (ok && x.not_kept && !a->quiet)
		complain("note: the index cannot be kept (%s): it is made for this once",
			 x.not_kept);
	report(&r, a->quiet);
	ok = ok && answer(&x, &r, a, &error);
	code = ok ? EXIT_FINE : failure(&command_history, error);
	index_close(&x);
	refresh_free(&r);
	return code;
}

/* ---- the command line ---- */

/* Reads a time as in result sets, or a day, which means its beginning or its end. */
static bool read_date(char **to, const char *text, bool end, const char *option, char **error)
{
	size_t n = text ? strlen(text) : 0;

	if (!text)
		return true;
	if (!is_day(text, n) && !is_time(text, n))
		return fail(
			error,
			"--%s: expected YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, a day and time that "
			"exist, found \"%s\"",
			option, text);
	*to = n == 10 ? xasprintf("%sT%s", text, end ? "23:59:59Z" : "00:00:00Z") : xstrdup(text);
	return true;
}

static int usage(struct asked *a)
{
	bool filtered = a->filter.variants.n || a->filter.workloads.n || a->filter.where.n ||
			a->q.metrics.n || a->q.series;
	int view = NR_VIEWS;
	AUTO_FREE char *error = NULL;
	int code = -1;

	if (a->operands.n > 1)
		fail(&error, "expected one view at most, found %zu", a->operands.n);
	else if (a->operands.n)
		view = choose_word(view_names, "view", a->operands.v[0], &error);
	if (!error && choose_word("text,md,csv,json", "format", a->format, &error) >= 0 &&
	    read_date(&a->since_text, a->since, false, "since", &error) &&
	    read_date(&a->until_text, a->until, true, "until", &error) && a->floor &&
	    parse_share(a->floor, "--floor", &a->q.exact_floor, &error))
		a->q.rules.floor = a->q.exact_floor;
	if (view == NR_VIEWS && !filtered)
		view = VIEW_SETS;
	if (!error && filtered && (view == VIEW_SETS || view == VIEW_FILES))
		fail(&error, "the view %s takes --since and --until, and no other filter",
		     a->operands.v[0]);
	if (error)
		code = usage_error(&command_history, "%s", error);
	a->view = (enum view)view;
	a->q.since = a->since_text;
	a->q.until = a->until_text;
	a->q.filter = &a->filter;
	a->q.rules.segment = a->segment;
	return code;
}

static int run(int argc, char **argv)
{
	struct asked a = {
		.format = "text",
		.segment = CHANGE_SEGMENT,
		.q = {.rules = {CHANGE_SEGMENT, CHANGE_ALPHA, 0.01}},
	};
	const struct option_spec specs[] = {
		OPT_LIST("variant", 0, &a.filter.variants, "NAME[,...]", "of these variants"),
		OPT_LIST("workload", 0, &a.filter.workloads, "NAME[:PARAMETER=VALUES][,...]",
			 "of these workloads"),
		OPT_TEXTS(
			"where", 0, &a.filter.where, "AXIS=VALUE[,VALUE]",
			"of these values of an axis: rig, tier, vcpus, xen, commit, pin, mb, ..."),
		OPT_LIST("metric", 0, &a.q.metrics, "NAME[,...]",
			 "of these metrics, or counters GROUP[.NAME] per iteration (all metrics)"),
		OPT_TEXT("series", 0, &a.q.series, "KEY", "the series whose key begins so"),
		OPT_TEXT("since", 0, &a.since, "DATE", "measured then or later"),
		OPT_TEXT("until", 0, &a.until, "DATE", "measured then or earlier"),
		OPT_NUMBER("last", 0, &a.last, "N", "show the newest N points only", 1, 1000000),
		OPT_TEXT("floor", 0, &a.floor, "SHARE",
			 "smaller changes are none: 1% or 0.01 (1%; of exact metrics 0)"),
		OPT_NUMBER("segment", 0, &a.segment, "N",
			   "minimum number of points between two changes, unless exact (5)", 2,
			   1000),
		OPT_TEXT("format", 0, &a.format, "FORMAT", "text, md, csv or json (text)"),
		OPT_TEXT("results", 0, &a.results, "DIR", "where result sets are (results)"),
		OPT_TEXT("index", 0, &a.index, "FILE",
			 "the index (" INDEX_NAME " in that directory)"),
		OPT_FLAG("rebuild", 0, &a.rebuild, "make the index anew from the files"),
		OPT_FLAG("quiet", 'q', &a.quiet, "no messages about indexing"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_history, specs, argc, argv, &a.operands);

	code = code < 0 ? usage(&a) : code;
	code = code < 0 ? history(&a) : code;
	filter_free(&a.filter);
	strv_free(&a.operands);
	strv_free(&a.q.metrics);
	free(a.since_text);
	free(a.until_text);
	return code;
}

const struct command command_history = {
	.name = "history",
	.usage = "history [OPTION]... [sets|series|points|changes|files]",
	.summary = "result sets over time: series, where they changed, and what else did",
	.details =
		"Views:\n"
		"  sets     a row for each result set\n"
		"  series   a row for each series that the filters select\n"
		"  points   all points of these series, with their changes\n"
		"  changes  the changes, what else changed then, and commands that repeat both sides\n"
		"  files    like sets, and files that are no result set, with the reason\n"
		"The default view is sets, or, with a filter, points of one series or a list of several.\n"
		"\n"
		"A series is a requested measurement: env, rig, tier, variant, workload with parameters,\n"
		"vCPUs, memory, seed. Image, Xen, QEMU, compiler and commit may change along it.\n"
		"An index caches the needed contents of the files; it is made if it is missing.\n",
	.run = run,
};
