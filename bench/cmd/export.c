// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "export/format.h"
#include "lib/destination.h"
#include "lib/file_write.h"
#include "lib/outcome.h"
#include "resultset/load.h"
#include "resultset/units.h"

/* The options of the command line. */
struct asked {
	struct strv files, metrics;
	const char *format, *out, *root;
};

/* Written as a whole, or not at all. */
static bool put(const struct export_data *d, const struct export_format *f, const char *out,
		char **error)
{
	AUTO_FREE char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	bool ok;

	if (to)
		f->write(to, d);
	ok = to && !ferror(to);
	/* Its last reallocation may fail without a word. */
	if (to && (fclose(to) != 0 || !text))
		ok = false;
	if (!ok)
		fail(error, "out of memory");
	else
		ok = write_atomically(out ? out : "-", text, n, error);
	return ok;
}

static bool export_sets(const struct asked *a, const struct export_format *f, json_t *const *sets,
			char **error)
{
	AUTO_STRV struct strv left_out = {0};
	struct export_data d;
	bool ok = export_collect(&d, &a->files, sets, &a->metrics, f, &left_out, error);

	for (size_t i = 0; i < left_out.n; i++)
		complain("%s", left_out.v[i]);
	ok = ok && put(&d, f, a->out, error);
	export_free(&d);
	return ok;
}

static int export(const struct asked *a, const struct export_format *f)
{
	AUTO_FREE json_t **sets = xcalloc(a->files.n, sizeof(*sets));
	AUTO_FREE char *error = NULL;
	bool ok = (!a->out || spares_inputs(a->out, &a->files, &error)) &&
		  read_result_sets(&a->files, a->root, sets) &&
		  units_settle(sets, a->files.n, f->tells_units ? UNITS_CONVERT : UNITS_REFUSE,
			       &(struct units_words){.files = &a->files, .metrics = &a->metrics},
			       &error) &&
		  export_sets(a, f, sets, &error);
	int code = ok ? EXIT_FINE : failure(&command_export, error);

	for (size_t i = 0; i < a->files.n; i++)
		json_decref(sets[i]);
	return code;
}

/* The list is made of the formats that there are. */
static char *format_help(void)
{
	const struct export_format *f;
	char *text = xstrdup("one of:");

	for (size_t i = 0; (f = export_at(i)); i++)
		replace_text(&text, "%s\n      %-14s %s", text, f->name, f->summary);
	return text;
}

static int run(int argc, char **argv)
{
	struct asked a = {.format = NULL};
	AUTO_FREE char *formats = format_help(), *error = NULL;
	const struct option_spec specs[] = {
		OPT_TEXT("format", 'f', &a.format, "FORMAT", formats),
		OPT_TEXT("out", 'o', &a.out, "FILE", "write to FILE; -: the standard output (-)"),
		OPT_LIST("metric", 0, &a.metrics, "NAME", "only these (all)"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_export, specs, argc, argv, &a.files);
	const struct export_format *f = NULL;

	if (code < 0 && !a.format)
		code = usage_error(&command_export, "no --format given");
	else if (code < 0 && !(f = export_by_name(a.format, &error)))
		code = usage_error(&command_export, "%s", error);
	else if (code < 0 && !a.files.n)
		code = usage_error(&command_export, "no file given");
	code = code < 0 ? export(&a, f) : code;
	strv_free(&a.files);
	strv_free(&a.metrics);
	return code;
}

const struct command command_export = {
	.name = "export",
	.usage = "export --format FORMAT [OPTION]... FILE.json...",
	.summary = "result sets in other programs' formats",
	.details =
		"A benchmark is a run, by its id; a measure is a metric of it, by iteration: the\n"
		"median, and its 95 % interval where the metric is not exact. Runs that failed have no\n"
		"numbers; they are named on standard error, and so is what a format cannot say.\n",
	.run = run,
};
