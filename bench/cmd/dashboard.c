// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "lib/interrupt.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "site/site.h"

/* The options of the command line. */
struct asked {
	struct strv sources;
	const char *out, *baseline, *title, *root;
	bool quiet, verbose, no_charts;
	unsigned jobs;
};

/* The default source is the project's results/, if it exists. */
static void usual_places(struct strv *sources, const struct asked *a, const char *root, char **out)
{
	AUTO_FREE char *results = root_path(root, "results");
	struct stat st;

	for (size_t i = 0; i < a->sources.n; i++)
		strv_add(sources, "%s", a->sources.v[i]);
	if (!a->sources.n && stat(results, &st) == 0)
		strv_add(sources, "%s", results);
	*out = a->out ? xstrdup(a->out) : root_path(root, "site");
}

static int dashboard(const struct asked *a)
{
	struct site_report report = {0};
	AUTO_STRV struct strv sources = {0};
	AUTO_FREE char *root = NULL;
	char *out = NULL;
	AUTO_FREE char *error = NULL;
	struct site_request q = {
		.sources = &sources,
		.baseline = a->baseline,
		.title = a->title,
		.root_given = a->root,
		.quiet = a->quiet,
		.no_charts = a->no_charts,
		.jobs = a->jobs,
	};
	double start = monotonic_seconds();
	bool ok;

	ok = find_root(a->root, &root, &error);
	if (ok) {
		usual_places(&sources, a, root, &out);
		q.out = out;
		ok = site_build(&q, &report, &error);
	}
	for (size_t i = 0; i < report.notes.n && !a->quiet; i++)
		complain("note: %s", report.notes.v[i]);
	if (!ok)
		complain("%s", error);
	else if (!a->quiet)
		printf("%s/index.html\n", out);
	if (ok && a->verbose)
		printf("%zu result sets, %zu unusable; %zu pages, %zu charts, of which %zu drawn; "
		       "%zu files written, %zu removed; %.2f s\n",
		       report.sets, report.unusable, report.pages, report.charts, report.drawn,
		       report.written, report.removed, monotonic_seconds() - start);
	free(out);
	/* If no chart could be drawn the pages are there, but the command failed. */
	ok = ok && (!report.failed || report.failed < report.charts);
	site_report_free(&report);
	return ok ? EXIT_FINE : cancelled() ? EXIT_INTERRUPTED : EXIT_ERROR;
}

static int run(int argc, char **argv)
{
	struct asked a = {0};
	const struct option_spec specs[] = {
		OPT_TEXT("out", 'o', &a.out, "DIR", "where the site goes (site)"),
		OPT_TEXT("baseline", 0, &a.baseline, "VARIANT",
			 "what the overview shows ratios to at first (native, else nopin)"),
		OPT_TEXT("title", 0, &a.title, "TEXT", "what to call the site (pvmmu)"),
		OPT_NUMBER("jobs", 'j', &a.jobs, "N", "charts drawn at a time (one per processor)",
			   1, 1024),
		OPT_FLAG("no-charts", 0, &a.no_charts, "pages without charts"),
		OPT_FLAG("quiet", 'q', &a.quiet, "no notes, no progress"),
		OPT_FLAG("verbose", 'v', &a.verbose, "print what was done, and the time"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_dashboard, specs, argc, argv, &a.sources);

	if (code < 0 && a.out && strcmp(a.out, "-") == 0)
		code = usage_error(&command_dashboard,
				   "-o: a site is a directory, and none is standard output");
	if (code < 0) {
		cancel_setup();
		code = dashboard(&a);
	}
	strv_free(&a.sources);
	return code;
}

const struct command command_dashboard = {
	.name = "dashboard",
	.usage = "dashboard [OPTION]... [FILE.json|DIR]...",
	.summary = "a site of result sets: what is best for which work, and why",
	.details =
		"Makes static pages from result sets, or from all sets below directories (results/), or\n"
		"updates them: unchanged pages are not made again. A browser opens them from the disk,\n"
		"without a server or a network. docs/dashboard.md says how to read them. If a chart cannot\n"
		"be drawn its page says why; exit code 4 if none can.\n"
		"  pvmmu dashboard results -o site\n",
	.run = run,
};
