// SPDX-License-Identifier: MIT
/* Bars of one metric: a panel for each workload, a bar for each variant. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "plot.h"
#include "resultset.h"
#include "tax.h"

static void put_missing(FILE *f, const char *panel, const char *bar, const char *why)
{
	fprintf(f, "%s\t%s\tNaN\tNaN\tNaN\t0\tmissing: %s\n", panel, bar, why);
}

static void put_bar(FILE *f, const struct plot *p, size_t panel, const char *bar,
		    const struct cell *cell)
{
	const char *label = p->cells.panel[panel].label;
	const struct summary *s = &cell->summary;
	double by = p->tax ? tax_of(&p->cells, cell, false) / s->median : 1;

	if (isnan(by))
		put_missing(f, label, bar, "no native");
	else
		fprintf(f, "%s\t%s\t%.15g\t%.15g\t%.15g\t%zu\t\n", label, bar, s->median * by,
			s->min * by, s->max * by, s->n);
}

/* A variant's env is in any of its cells; a ratio of native to itself says nothing. */
static bool left_out(const struct plot *p, size_t file, const char *variant)
{
	for (size_t i = 0; i < p->cells.n && p->tax; i++)
		if (p->cells.cell[i].file == file && strcmp(p->cells.cell[i].variant, variant) == 0)
			return is_native(&p->cells.cell[i]);
	return false;
}

static void put_panel(FILE *f, const struct plot *p, size_t panel, size_t file)
{
	struct strv variants = {0};

	cells_variants(&p->cells, file, &variants);
	for (size_t v = 0; v < variants.n; v++) {
		const char *name = variants.v[v];
		const struct cell *cell = cells_find(&p->cells, file, panel, name, p->metric);
		const struct cell *failed = cells_find_failed(&p->cells, file, panel, name);
		char *bar = plot_bar_name(p, file, name);

		if (left_out(p, file, name))
			;
		else if (failed) /* or of several seeds one: no bar that looks whole */
			put_missing(f, p->cells.panel[panel].label, bar, failed->status);
		else if (cell)
			put_bar(f, p, panel, bar, cell);
		else
			put_missing(f, p->cells.panel[panel].label, bar, "not in the file");
		free(bar);
	}
	strv_free(&variants);
}

/* A row for each panel and each variant of each file, whether it was measured or not. */
static void put_table(FILE *f, const void *plot)
{
	const struct plot *p = plot;

	fputs("panel\tvariant\tmedian\tmin\tmax\tn\tlabel\n", f);
	for (size_t panel = 0; panel < p->cells.nr_panels; panel++)
		for (size_t file = 0; file < p->files.n; file++)
			put_panel(f, p, panel, file);
}

static bool has(const struct strv *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

/* --metric may name a counter as well: then the sets are laid out again with it. */
static bool find_counter(struct plot *p)
{
	struct strv counters = {0};
	struct cells with;
	char *unknown = NULL;
	bool found;

	strv_add(&counters, "%s", p->metric);
	found = cells_make(&with, p->sets, p->files.n, &counters, &unknown);
	if (found) {
		cells_free(&p->cells);
		p->cells = with;
		strv_free(&p->metrics);
		cells_metrics(&p->cells, &p->metrics);
		found = has(&p->metrics, p->metric);
	}
	free(unknown);
	strv_free(&counters);
	return found;
}

static bool begin(struct plot *p, char **why)
{
	bool taxed = !p->tax;

	if (!cells_make(&p->cells, p->sets, p->files.n, &(struct strv){0}, why))
		return false;
	cells_metrics(&p->cells, &p->metrics);
	if (!p->metrics.n)
		return fail(why, "nothing was measured: there is nothing to draw");
	if (!p->metric)
		p->metric = p->metrics.v[0];
	if (!has(&p->metrics, p->metric) && !find_counter(p))
		return unknown_name(why, "metric", p->metric, &p->metrics);
	for (size_t i = 0; i < p->cells.n; i++)
		taxed = taxed || native_of(&p->cells, &p->cells.cell[i]);
	return taxed || fail(why, "no run has a native one of the same ptl and pte, workload, "
				  "vCPUs and memory to be compared with: measure --variant native "
				  "as well");
}

static const struct cell *any_cell(const struct plot *p)
{
	for (size_t i = 0; i < p->cells.n; i++)
		if (p->cells.cell[i].metric && strcmp(p->cells.cell[i].metric, p->metric) == 0)
			return &p->cells.cell[i];
	return NULL;
}

static char *title(const struct plot *p)
{
	const struct cell *cell = any_cell(p);
	char *env = plot_all_of(p, NULL, "env"), *text;

	if (p->tax)
		text = xasprintf("The PV tax: %s, ratio to native", cell->unit);
	else if (cell->counter)
		text = xasprintf("%s: %s per operation", env, p->metric);
	else
		text = xasprintf("%s: %s per operation", env, cell->unit);
	free(env);
	return text;
}

static char *unit(const struct plot *p)
{
	return xstrdup(p->tax ? "ratio to native" : any_cell(p)->unit);
}

static char *what(const struct plot *p)
{
	size_t min = SIZE_MAX, max = 0;
	char *n, *text;

	for (size_t i = 0; i < p->cells.n; i++) {
		size_t samples = p->cells.cell[i].summary.n;

		if (!p->cells.cell[i].metric || strcmp(p->cells.cell[i].metric, p->metric) != 0)
			continue;
		min = samples < min ? samples : min;
		max = samples > max ? samples : max;
	}
	n = min == max ? xasprintf("%zu", max) : xasprintf("%zu to %zu", min, max);
	text = xasprintf("%s%s (%s is better), tier %s, median of n = %s", any_cell(p)->unit,
			 p->tax ? ", ratio to the native variant of the same ptl and pte" : "",
			 any_cell(p)->lower ? "lower" : "higher", p->cells.tier, n);
	free(n);
	return text;
}

static const char *mark(const struct plot *p)
{
	return p->tax ? "1" : NULL;
}

const struct plot_kind plot_bars = {
	.name = "bars",
	.script = "plots/compare.gp",
	.begin = begin,
	.put = put_table,
	.title = title,
	.unit = unit,
	.what = what,
	.mark = mark,
};
