// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic.h"
#include "cancel.h"
#include "catalog.h"
#include "cells.h"
#include "commands.h"
#include "outcome.h"
#include "paths.h"
#include "resultset.h"
#include "schema.h"
#include "subprocess.h"
#include "version.h"

#define GNUPLOT_SECONDS 60

struct plot {
	struct strv files, counters;
	const char *out, *theme, *metric, *title, *root_given;
	char *root;
	json_t **sets;
	struct cells cells;
};

/* Inside single quotes gnuplot knows one special thing, the quote itself. */
static char *gnuplot_string(const char *text)
{
	char *clean = printable(text, strlen(text)), *s = xstrdup("'");

	for (const char *p = clean; *p; p++)
		replace_text(&s, "%s%c%s", s, *p, *p == '\'' ? "'" : "");
	replace_text(&s, "%s'", s);
	free(clean);
	return s;
}

/* The file's name tells two cells of one variant apart. One word, as all names of bars. */
static char *bar_name(const struct plot *p, const struct cell *cell)
{
	const char *path = p->files.v[cell->file], *slash = strrchr(path, '/');
	bool several = false;
	char *name;

	for (size_t i = 0; i < p->cells.n; i++)
		several = several || (p->cells.cell[i].file != cell->file &&
				      strcmp(p->cells.cell[i].variant, cell->variant) == 0);
	if (!several)
		return xstrdup(cell->variant);
	name = xasprintf("%s@%s", cell->variant, slash ? slash + 1 : path);
	for (char *c = name; *c; c++)
		if (*c == ' ' || *c == '\t')
			*c = '_';
	return name;
}

static void put_row(FILE *f, const struct plot *p, size_t panel, const struct cell *cell)
{
	char *name = bar_name(p, cell);

	/* Of several seeds one failed: no bar that looks whole. */
	if (!cell->metric || cells_find_failed(&p->cells, cell->file, panel, cell->variant))
		fprintf(f, "%s\t%s\tNaN\tNaN\tNaN\t0\tmissing: %s\n", p->cells.panel[panel].label,
			name,
			cells_find_failed(&p->cells, cell->file, panel, cell->variant)->status);
	else
		fprintf(f, "%s\t%s\t%.15g\t%.15g\t%.15g\t%zu\t\n", p->cells.panel[panel].label,
			name, cell->summary.median, cell->summary.min, cell->summary.max,
			cell->summary.n);
	free(name);
}

/* A row for each panel and each variant of each file, whether it was measured or not. */
static void put_table(FILE *f, const struct plot *p)
{
	fputs("panel\tvariant\tmedian\tmin\tmax\tn\tlabel\n", f);
	for (size_t panel = 0; panel < p->cells.nr_panels; panel++) {
		for (size_t file = 0; file < p->files.n; file++) {
			struct strv variants = {0};

			cells_variants(&p->cells, file, &variants);
			for (size_t v = 0; v < variants.n; v++) {
				const char *name = variants.v[v];
				const struct cell *cell =
					cells_find(&p->cells, file, panel, name, p->metric);
				struct cell none = {.file = file, .variant = name};
				char *bar;

				if (!cell)
					cell = cells_find_failed(&p->cells, file, panel, name);
				if (cell) {
					put_row(f, p, panel, cell);
					continue;
				}
				bar = bar_name(p, &none);
				fprintf(f, "%s\t%s\tNaN\tNaN\tNaN\t0\tmissing: not in the file\n",
					p->cells.panel[panel].label, bar);
				free(bar);
			}
			strv_free(&variants);
		}
	}
}

static char *all_of(const struct plot *p, const char *group, const char *name)
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

static const struct cell *any_cell(const struct plot *p)
{
	for (size_t i = 0; i < p->cells.n; i++)
		if (p->cells.cell[i].metric && strcmp(p->cells.cell[i].metric, p->metric) == 0)
			return &p->cells.cell[i];
	return NULL;
}

static char *footer(const struct plot *p)
{
	char *xen = all_of(p, "xen", "version"), *qemu = all_of(p, "qemu", "version"), *text;
	char *vcpus = all_of(p, NULL, "vcpus"), *n;
	size_t min = SIZE_MAX, max = 0;

	for (size_t i = 0; i < p->cells.n; i++) {
		size_t samples = p->cells.cell[i].summary.n;

		if (!p->cells.cell[i].metric || strcmp(p->cells.cell[i].metric, p->metric) != 0)
			continue;
		min = samples < min ? samples : min;
		max = samples > max ? samples : max;
	}
	n = min == max ? xasprintf("%zu", max) : xasprintf("%zu to %zu", min, max);
	text = xasprintf(
		"%s (%s is better), tier %s, median of n = %s, %s vCPU; Xen %s; %s; pvmmu %s",
		any_cell(p)->unit, any_cell(p)->lower ? "lower" : "higher", p->cells.tier, n, vcpus,
		xen, qemu, PVMMU_VERSION);
	free(n);
	free(xen);
	free(qemu);
	free(vcpus);
	return text;
}

static char *default_title(const struct plot *p)
{
	char *env = all_of(p, NULL, "env"),
	     *text = xasprintf("%s: %s per operation", env, any_cell(p)->unit);

	free(env);
	return text;
}

static void set_variable(char **script, const char *name, const char *value)
{
	char *quoted = gnuplot_string(value);

	replace_text(script, "%s%s=%s; ", *script, name, quoted);
	free(quoted);
}

/* Draws into a temporary name that keeps the suffix, by which gnuplot's script goes. */
static bool draw(const struct plot *p, const char *gnuplot, const char *data, const char *theme,
		 const char *out, char **why)
{
	const char *suffix = strrchr(out, '.');
	char *temporary = xasprintf("%s.%d%s", out, (int)getpid(), suffix);
	char *title = p->title ? xstrdup(p->title) : default_title(p), *foot = footer(p);
	char *script = xstrdup(""), *gp = root_path(p->root, "plots/compare.gp"), *said;
	struct subprocess child;
	struct strv argv = {0};

	set_variable(&script, "datafile", data);
	set_variable(&script, "outfile", temporary);
	set_variable(&script, "theme", theme);
	set_variable(&script, "title", title);
	set_variable(&script, "footer", foot);
	set_variable(&script, "unit", any_cell(p)->unit);
	strv_add(&argv, "%s", gnuplot);
	/* Whatever ~/.gnuplot and the locale say, the same input gives the same picture. */
	setenv("LC_ALL", "C.UTF-8", 1);
	strv_add(&argv, "-d");
	strv_add(&argv, "-e");
	strv_add(&argv, "%s", script);
	strv_add(&argv, "%s", gp);
	if (subprocess_start(&child, argv.v, p->root, why)) {
		bool ended = subprocess_wait(&child, GNUPLOT_SECONDS);

		subprocess_kill(&child);
		said = subprocess_output(&child);
		if (!ended || child.status || access(temporary, R_OK) < 0)
			fail(why, "gnuplot failed%s%s", *said ? ": " : "", said);
		else if (rename(temporary, out) < 0)
			fail(why, "cannot write %s", out);
		free(said);
		subprocess_close(&child);
	}
	if (*why)
		unlink(temporary);
	strv_free(&argv);
	free(script);
	free(gp);
	free(title);
	free(foot);
	free(temporary);
	return !*why;
}

static bool draw_themes(const struct plot *p, const char *gnuplot, const char *data, char **why)
{
	char *out = absolute_path(p->out), *dark;
	const char *suffix = strrchr(out, '.');

	if (strcmp(p->theme, "both") != 0) {
		draw(p, gnuplot, data, p->theme, out, why);
	} else {
		dark = xasprintf("%.*s-dark%s", (int)(suffix - out), out, suffix);
		if (draw(p, gnuplot, data, "light", out, why))
			draw(p, gnuplot, data, "dark", dark, why);
		free(dark);
	}
	free(out);
	return !*why;
}

static bool with_data(const struct plot *p, char **why)
{
	const char *dir = getenv("TMPDIR");
	char *data = xasprintf("%s/pvmmu-plot.XXXXXX", dir && *dir ? dir : "/tmp");
	char *gnuplot = find_program("gnuplot");
	int fd = -1;
	FILE *f = NULL;

	if (!gnuplot)
		fail(why, "gnuplot is missing: install the Debian package gnuplot-nox (`make deps` "
			  "does)");
	else if (can_write(p->out, why)) {
		fd = mkostemp(data, 0);
		f = fd < 0 ? NULL : fdopen(fd, "w");
		if (f)
			put_table(f, p);
		if (!f || fclose(f) != 0)
			fail(why, "cannot write %s", data);
		else
			draw_themes(p, gnuplot, data, why);
		if (fd >= 0)
			unlink(data);
	}
	free(gnuplot);
	free(data);
	return !*why;
}

static bool choose_metric(struct plot *p, struct strv *metrics, char **why)
{
	cells_metrics(&p->cells, metrics);
	if (!metrics->n)
		return fail(why, "nothing was measured: there is nothing to draw");
	if (!p->metric)
		p->metric = metrics->v[0];
	for (size_t i = 0; i < metrics->n; i++)
		if (strcmp(metrics->v[i], p->metric) == 0)
			return true;
	return unknown_name(why, "metric", p->metric, metrics);
}

static int plot(struct plot *p)
{
	struct strv errors = {0}, metrics = {0};
	json_t *schema = NULL;
	char *why = NULL;

	p->sets = xcalloc(p->files.n, sizeof(*p->sets));
	if (find_root(p->root_given, &p->root, &why))
		schema = schema_load(p->root, &why);
	for (size_t i = 0; i < p->files.n && schema; i++)
		p->sets[i] = resultset_load(p->files.v[i], schema, &errors);
	if (schema && !errors.n && cells_make(&p->cells, p->sets, p->files.n, &p->counters, &why)) {
		if (choose_metric(p, &metrics, &why))
			with_data(p, &why);
		cells_free(&p->cells);
	}
	if (why)
		strv_add(&errors, "%s", why);
	for (size_t i = 0; i < errors.n; i++)
		complain("%s", errors.v[i]);
	for (size_t i = 0; i < p->files.n; i++)
		json_decref(p->sets[i]);
	free(p->sets);
	free(p->root);
	json_decref(schema);
	strv_free(&metrics);
	free(why);
	if (!errors.n)
		return EXIT_FINE;
	strv_free(&errors);
	return EXIT_ERROR;
}

static bool one_of(const char *word, const char *a, const char *b, const char *c)
{
	return word &&
	       (strcmp(word, a) == 0 || strcmp(word, b) == 0 || (c && strcmp(word, c) == 0));
}

static int run(int argc, char **argv)
{
	struct plot p = {.theme = "light"};
	const struct option_spec specs[] = {
		{"output", 'o', OPTION_TEXT, &p.out, "FILE", "the picture, .svg or .png", 0, 0},
		{"theme", 0, OPTION_TEXT, &p.theme, "THEME",
		 "light, dark, or both (the second as FILE-dark) (light)", 0, 0},
		{"metric", 0, OPTION_TEXT, &p.metric, "NAME", "what to draw (the first)", 0, 0},
		{"title", 0, OPTION_TEXT, &p.title, "TEXT", "what to write above it", 0, 0},
		{"root", 0, OPTION_TEXT, &p.root_given, "DIR",
		 "the project's root (also PVMMU_ROOT)", 0, 0},
		{0},
	};
	int code = options_read(&command_plot, specs, argc, argv, &p.files);

	if (code >= 0)
		;
	else if (!p.files.n)
		code = usage_error(&command_plot, "no file given");
	else if (!p.out || !one_of(strrchr(p.out, '.'), ".svg", ".png", NULL))
		code = usage_error(&command_plot, "give -o FILE that ends in .svg or .png");
	else if (!one_of(p.theme, "light", "dark", "both"))
		code = usage_error(&command_plot, "unknown theme \"%s\"; valid: light, dark, both",
				   p.theme);
	else {
		cancel_setup();
		code = plot(&p);
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
