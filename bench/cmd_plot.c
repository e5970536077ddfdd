// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cancel.h"
#include "catalog.h"
#include "commands.h"
#include "outcome.h"
#include "paths.h"
#include "picture.h"
#include "plot.h"
#include "reading.h"
#include "version.h"

static const struct plot_kind *const kinds[] = {&plot_bars, &plot_batch};

#define NR_KINDS (sizeof(kinds) / sizeof(*kinds))

/* The file's name tells two cells of one variant apart. One word, as all names of bars. */
char *plot_bar_name(const struct plot *p, size_t file, const char *variant)
{
	const char *path = p->files.v[file], *slash = strrchr(path, '/');
	const char *label = cells_label(&p->cells, variant);
	bool several = false;
	char *name;

	for (size_t i = 0; i < p->cells.n; i++)
		several = several || (p->cells.cell[i].file != file &&
				      strcmp(p->cells.cell[i].variant, variant) == 0);
	name = several ? xasprintf("%s@%s", label, slash ? slash + 1 : path) : xstrdup(label);
	/* What ends a word in gnuplot, or joins several. */
	for (char *c = name; *c; c++)
		if (strchr(" \t\"'", *c))
			*c = '_';
	return name;
}

char *plot_all_of(const struct plot *p, const char *group, const char *name)
{
	struct strv values = {0};
	char *joined;

	for (size_t file = 0; file < p->files.n; file++) {
		char *v = cells_identity(&p->cells, (struct side_filter){file, NULL}, group, name);

		if (*v)
			strv_add_distinct(&values, v);
		free(v);
	}
	joined = strv_join(&values, " | ");
	strv_free(&values);
	return joined;
}

/* What is drawn, and what it was measured with. */
static char *footer(const struct plot *p, const struct plot_kind *kind)
{
	char *what = kind->what(p), *vcpus = plot_all_of(p, NULL, "vcpus"), *text;
	char *xen = plot_all_of(p, "xen", "version"), *qemu = plot_all_of(p, "qemu", "version");

	text = xasprintf("%s, %s vCPU; %s%s%s%s; pvmmu %s", what, vcpus, *xen ? "Xen " : "", xen,
			 *xen ? "; " : "", qemu, PVMMU_VERSION);
	free(what);
	free(vcpus);
	free(xen);
	free(qemu);
	return text;
}

static bool draw(const struct plot *p, const struct plot_kind *kind, char **why)
{
	char *title = p->title ? xstrdup(p->title) : kind->title(p), *foot = footer(p, kind);
	char *unit = kind->unit(p);
	struct picture picture = {.root = p->root,
				  .script = kind->script,
				  .out = p->out,
				  .theme = p->theme,
				  .title = title,
				  .footer = foot,
				  .unit = unit,
				  .mark = kind->mark(p),
				  .put = kind->put,
				  .arg = p};
	bool ok = picture_draw(&picture, why);

	free(title);
	free(foot);
	free(unit);
	return ok;
}

static int plot(struct plot *p, const struct plot_kind *kind)
{
	char *why = NULL;
	bool ok;

	p->sets = xcalloc(p->files.n, sizeof(*p->sets));
	ok = find_root(p->root_given, &p->root, &why) &&
	     read_result_sets(&p->files, p->root, p->sets);
	if (ok) {
		ok = kind->begin(p, &why) && draw(p, kind, &why);
		cells_free(&p->cells);
	}
	if (why)
		complain("%s", why);
	for (size_t i = 0; i < p->files.n; i++)
		json_decref(p->sets[i]);
	free(p->sets);
	free(p->root);
	strv_free(&p->metrics);
	free(why);
	return ok ? EXIT_FINE : EXIT_ERROR;
}

static bool one_of(const char *word, const char *a, const char *b, const char *c)
{
	return word &&
	       (strcmp(word, a) == 0 || strcmp(word, b) == 0 || (c && strcmp(word, c) == 0));
}

static int run(int argc, char **argv)
{
	struct plot p = {.theme = "light", .kind = plot_bars.name};
	const struct option_spec specs[] = {
		{"output", 'o', OPTION_TEXT, &p.out, "FILE", "the picture, .svg or .png", 0, 0},
		{"theme", 0, OPTION_TEXT, &p.theme, "THEME",
		 "light, dark, or both (the second as FILE-dark) (light)", 0, 0},
		{"kind", 0, OPTION_TEXT, &p.kind, "KIND",
		 "bars of a metric, or batch: sizes of batches, and why they ended (bars)", 0, 0},
		{"metric", 0, OPTION_TEXT, &p.metric, "NAME",
		 "what to draw: a series, or counters as for compare (the first series)", 0, 0},
		{"tax", 0, OPTION_FLAG, &p.tax, NULL,
		 "draw the ratio to the native variant of the same ptl and pte", 0, 0},
		{"title", 0, OPTION_TEXT, &p.title, "TEXT", "what to write above it", 0, 0},
		{"root", 0, OPTION_TEXT, &p.root_given, "DIR",
		 "the project's root (also PVMMU_ROOT)", 0, 0},
		{0},
	};
	int code = options_read(&command_plot, specs, argc, argv, &p.files);
	const struct plot_kind *kind = NULL;

	for (size_t i = 0; i < NR_KINDS; i++)
		if (strcmp(kinds[i]->name, p.kind) == 0)
			kind = kinds[i];
	if (code >= 0)
		;
	else if (!p.files.n)
		code = usage_error(&command_plot, "no file given");
	else if (!p.out || !one_of(strrchr(p.out, '.'), ".svg", ".png", NULL))
		code = usage_error(&command_plot, "give -o FILE that ends in .svg or .png");
	else if (!one_of(p.theme, "light", "dark", "both"))
		code = usage_error(&command_plot, "unknown theme \"%s\"; valid: light, dark, both",
				   p.theme);
	else if (!kind)
		code = usage_error(&command_plot, "unknown kind \"%s\"; valid: bars, batch",
				   p.kind);
	else if (kind != &plot_bars && (p.metric || p.tax))
		code = usage_error(&command_plot, "%s is for --kind bars",
				   p.tax ? "--tax" : "--metric");
	else {
		cancel_setup();
		code = plot(&p, kind);
	}
	strv_free(&p.files);
	return code;
}

const struct command command_plot = {
	.name = "plot",
	.usage = "plot [OPTION]... FILE.json... -o PICTURE",
	.summary = "draw the medians of result sets as a bar chart",
	.details =
		"A panel for each workload with its parameters, a bar for each variant. What was\n"
		"not measured is drawn as missing.\n",
	.run = run,
};
