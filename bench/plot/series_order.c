// SPDX-License-Identifier: MIT
/*
 * The order of the series: native ones first, then from the simplest policy to the most complex
 * one. Values of a policy that are not listed here come last. Otherwise files and names stay in
 * order of appearance.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/native_ratio.h"
#include "kind.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "resultset/identity.h"

static const char *const axes[] = {"pin", "update", "batch", "ptl", "pte"};
static const char *const values[][4] = {
	{"none", "eager"},    {"emulate", "va", "mmu/va", "mmu"},
	{"off", "multicall"}, {"mm", "split"},
	{"low", "high"},
};

#define NR_AXES (sizeof(axes) / sizeof(*axes))

struct placed {
	struct plot_series series;
	bool xen;
	size_t value[NR_AXES], first;
	long depth;
};

static void place(struct placed *to, const struct dataset *c, size_t file, const char *variant)
{
	const json_t *policy = NULL;

	for (size_t i = 0; i < c->n && !policy; i++) {
		if (c->cell[i].file != file || strcmp(c->cell[i].variant, variant) != 0)
			continue;
		policy = c->cell[i].run[0]->policy;
		to->xen = !is_native(&c->cell[i]);
	}
	for (size_t a = 0; a < NR_AXES; a++) {
		const char *value = text_at(policy, axes[a], NULL);
		size_t n = sizeof(values[a]) / sizeof(*values[a]);

		while (to->value[a] < n &&
		       (!values[a][to->value[a]] || strcmp(values[a][to->value[a]], value) != 0))
			to->value[a]++;
	}
	to->depth = strtol(text_at(policy, "depth", NULL), NULL, 10);
}

static int by_policy(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->xen != y->xen)
		return x->xen - y->xen;
	for (size_t i = 0; i < NR_AXES; i++)
		if (x->value[i] != y->value[i])
			return x->value[i] < y->value[i] ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return x->first < y->first ? -1 : 1;
}

static const char *without_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *plot_file_name(const struct plot *p, size_t file)
{
	const char *path = p->ask->files->v[file], *name = without_directory(path);

	for (size_t i = 0; i < p->nr_sets; i++)
		if (i != file && strcmp(without_directory(p->ask->files->v[i]), name) == 0)
			return path;
	return name;
}

/* With the name of the file if several files have the variant. */
static char *series_name(const struct plot *p, size_t file, const char *variant, bool several)
{
	const char *label = dataset_label(&p->data, variant);

	return several ? xasprintf("%s@%s", label, plot_file_name(p, file)) : xstrdup(label);
}

void plot_find_series(struct plot *p)
{
	AUTO_FREE struct placed *all = NULL;
	size_t n = 0;

	for (size_t file = 0; file < p->nr_sets; file++) {
		AUTO_STRV struct strv variants = {0};

		dataset_variants(&p->data, file, &variants);
		all = xrealloc(all, (n + variants.n + 1) * sizeof(*all));
		for (size_t v = 0; v < variants.n; v++, n++) {
			all[n] = (struct placed){.first = n};
			all[n].series.file = file;
			for (size_t i = 0; i < p->data.n && !all[n].series.variant; i++)
				if (strcmp(p->data.cell[i].variant, variants.v[v]) == 0)
					all[n].series.variant = p->data.cell[i].variant;
			all[n].series.key = dataset_label(&p->data, variants.v[v]);
			place(&all[n], &p->data, file, variants.v[v]);
		}
	}
	if (n)
		qsort(all, n, sizeof(*all), by_policy);
	p->series = xcalloc(n + 1, sizeof(*p->series));
	p->nr_series = n;
	for (size_t s = 0; s < n; s++) {
		bool several = false;

		for (size_t k = 0; k < n; k++)
			several = several || (k != s && strcmp(all[k].series.variant,
							       all[s].series.variant) == 0);
		p->series[s] = all[s].series;
		p->series[s].name =
			series_name(p, all[s].series.file, all[s].series.variant, several);
	}
}

/* Any cell of the series. */
static const struct cell *cell_of_series(const struct plot *p, const struct plot_series *s)
{
	for (size_t i = 0; i < p->data.n; i++)
		if (p->data.cell[i].file == s->file &&
		    strcmp(p->data.cell[i].variant, s->variant) == 0)
			return &p->data.cell[i];
	return NULL;
}

bool plot_is_xen(const struct plot *p, const struct plot_series *s)
{
	const struct cell *cell = cell_of_series(p, s);

	return cell && !is_native(cell);
}

bool plot_has_counts(const struct plot *p, const struct plot_series *s, const char *prefix)
{
	for (size_t i = 0; i < p->data.n; i++) {
		const struct cell *cell = &p->data.cell[i];

		if (cell->file == s->file && strcmp(cell->variant, s->variant) == 0 &&
		    cell->counter && strncmp(cell->metric, prefix, strlen(prefix)) == 0 &&
		    cell->summary.max > 0)
			return true;
	}
	return false;
}

void plot_keep_series(struct plot *p,
		      bool (*keep)(const struct plot *p, const struct plot_series *s))
{
	size_t n = 0;

	for (size_t i = 0; i < p->nr_series; i++) {
		if (keep(p, &p->series[i]))
			p->series[n++] = p->series[i];
		else
			free(p->series[i].name);
	}
	p->nr_series = n;
}

size_t plot_baseline(const struct plot *p)
{
	size_t s = 0;

	while (p->ask->baseline && s < p->nr_series &&
	       strcmp(p->series[s].variant, p->ask->baseline) != 0)
		s++;
	return s;
}

bool plot_has_baseline(const struct plot *p, char **error)
{
	return plot_baseline(p) < p->nr_series ||
	       fail(error, "the baseline \"%s\" is not among the variants", p->ask->baseline);
}

void plot_free_series(struct plot *p)
{
	for (size_t i = 0; i < p->nr_series; i++)
		free(p->series[i].name);
	free(p->series);
	free(p->point);
}

void plot_find_points(struct plot *p)
{
	const char *label = p->ask->point;

	p->point = xcalloc(p->data.nr_points + 1, sizeof(*p->point));
	for (size_t i = 0; i < p->data.nr_points; i++)
		if (!label || strcmp(p->data.point[i].label, label) == 0)
			p->point[p->nr_points++] = i;
}

const struct cell *plot_cell(const struct plot *p, size_t point, size_t series, const char *metric,
			     const char **missing)
{
	const struct plot_series *s = &p->series[series];
	const struct cell *failed =
		dataset_find_failed(&p->data, s->file, p->point[point], s->variant);
	const struct cell *cell =
		dataset_find(&p->data, s->file, p->point[point], s->variant, metric);

	if (failed)
		*missing = failed->status;
	else if (!cell)
		*missing = "not in the file";
	return failed ? NULL : cell;
}

double plot_ratio(const struct plot *p, size_t point, const struct cell *cell, size_t baseline)
{
	const char *missing = NULL;
	const struct cell *base = plot_cell(p, point, baseline, p->metric, &missing);

	return base && base->summary.median > 0 ? cell->summary.median / base->summary.median : NAN;
}

/* ---- tables ---- */

/* Replaces what gnuplot or a reader would take for the end of the field. */
static void write_field(FILE *f, const char *text)
{
	for (; *text; text++)
		fputc(*text == '\t' || *text == '\n' ? ' ' : *text == '"' ? '\'' : *text, f);
}

void plot_named_row(FILE *f, size_t point, size_t series, const char *label, const char *name)
{
	fprintf(f, "%zu\t%zu\t", point + 1, series + 1);
	write_field(f, label);
	fputc('\t', f);
	write_field(f, name);
}

void plot_row(FILE *f, const struct plot *p, size_t point, size_t series)
{
	plot_named_row(f, point, series, p->data.point[p->point[point]].label,
		       p->series[series].name);
}

void plot_value(FILE *f, double v)
{
	AUTO_FREE char *number = gnuplot_number(v);

	fprintf(f, "\t%s", number);
}

void plot_interval(FILE *f, struct interval i)
{
	plot_value(f, i.exists ? i.low : NAN);
	plot_value(f, i.exists ? i.high : NAN);
}

void plot_end_row(FILE *f, const char *missing)
{
	fprintf(f, "\t%s%s\n", missing ? "missing: " : "", missing ? missing : "");
}
