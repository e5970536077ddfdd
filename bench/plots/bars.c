// SPDX-License-Identifier: MIT
/* Bars of one metric: a panel for each workload, a bar for each variant. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tax.h"
#include "kind.h"

static void put_missing(FILE *f, const char *panel, const char *bar, const char *why)
{
	fprintf(f, "%s\t%s\tNaN\tNaN\tNaN\t0\tmissing: %s\n", panel, bar, why);
}

static void put_bar(FILE *f, const struct plot *p, size_t panel, const char *bar,
		    const struct cell *cell, bool taxed)
{
	const char *label = p->cells.panel[panel].label;
	const struct summary *s = &cell->summary;
	double by = taxed ? tax_of(&p->cells, cell, false) / s->median : 1;

	if (isnan(by))
		put_missing(f, label, bar, "no native");
	else
		fprintf(f, "%s\t%s\t%.15g\t%.15g\t%.15g\t%zu\t\n", label, bar, s->median * by,
			s->min * by, s->max * by, s->n);
}

/* A variant's env is in any of its cells; a ratio of native to itself says nothing. */
static bool left_out(const struct plot *p, size_t file, const char *variant)
{
	for (size_t i = 0; i < p->cells.n; i++)
		if (p->cells.cell[i].file == file && strcmp(p->cells.cell[i].variant, variant) == 0)
			return is_native(&p->cells.cell[i]);
	return false;
}

static void put_panel(FILE *f, const struct plot *p, size_t panel, size_t file, bool taxed)
{
	struct strv variants = {0};

	cells_variants(&p->cells, file, &variants);
	for (size_t v = 0; v < variants.n; v++) {
		const char *name = variants.v[v];
		const struct cell *cell = cells_find(&p->cells, file, panel, name, p->metric);
		const struct cell *failed = cells_find_failed(&p->cells, file, panel, name);
		char *bar = plot_bar_name(p, file, name);

		if (taxed && left_out(p, file, name))
			;
		else if (failed) /* or of several seeds one: no bar that looks whole */
			put_missing(f, p->cells.panel[panel].label, bar, failed->status);
		else if (cell)
			put_bar(f, p, panel, bar, cell, taxed);
		else
			put_missing(f, p->cells.panel[panel].label, bar, "not in the file");
		free(bar);
	}
	strv_free(&variants);
}

/* A row for each panel and each variant of each file, whether it was measured or not. */
static void put_table(FILE *f, const struct plot *p, bool taxed)
{
	fputs("panel\tvariant\tmedian\tmin\tmax\tn\tlabel\n", f);
	for (size_t panel = 0; panel < p->cells.nr_panels; panel++)
		for (size_t file = 0; file < p->nr_sets && plot_wants(p, panel); file++)
			put_panel(f, p, panel, file, taxed);
}

static void put_bars(FILE *f, const struct plot *p)
{
	put_table(f, p, false);
}

static void put_tax(FILE *f, const struct plot *p)
{
	put_table(f, p, true);
}

static bool begin(struct plot *p, char **why)
{
	return plot_lay_out(p, why) &&
	       (plot_any_cell(p) ||
		fail(why, "nothing was measured there: there is nothing to draw"));
}

static bool begin_tax(struct plot *p, char **why)
{
	if (!begin(p, why))
		return false;
	for (size_t i = 0; i < p->cells.n; i++)
		if (plot_wants(p, p->cells.cell[i].panel) &&
		    native_of(&p->cells, &p->cells.cell[i]))
			return true;
	return fail(why, "no run has a native one of the same ptl and pte, workload, vCPUs and "
			 "memory to be compared with: measure --variant native as well");
}

static char *title(const struct plot *p)
{
	const struct cell *cell = plot_any_cell(p);
	char *env = plot_all_of(p, NULL, "env");
	char *text = xasprintf("%s: %s per operation", env, cell->counter ? p->metric : cell->unit);

	free(env);
	return text;
}

static char *title_tax(const struct plot *p)
{
	return xasprintf("The PV tax: %s, ratio to native", plot_any_cell(p)->unit);
}

static char *unit(const struct plot *p)
{
	return xstrdup(plot_any_cell(p)->unit);
}

static char *unit_tax(const struct plot *p)
{
	(void)p;
	return xstrdup("ratio to native");
}

static char *what_tax(const struct plot *p)
{
	char *what = plot_what_measured(p);
	char *text = xasprintf("Ratio to the native variant of the same ptl and pte; %s", what);

	free(what);
	return text;
}

static void words_tax(const struct plot *p, struct picture *to)
{
	(void)p;
	picture_number(to, "mark", 1);
}

static const struct plot_kind bars = {
	.name = "bars",
	.summary = "what each workload costs on each variant",
	.script = "plots/compare.gp",
	.takes_metric = true,
	.begin = begin,
	.put = put_bars,
	.title = title,
	.unit = unit,
	.what = plot_what_measured,
};

static const struct plot_kind tax = {
	.name = "tax",
	.summary = "the same as ratio to the native variant of the same ptl and pte",
	.script = "plots/compare.gp",
	.takes_metric = true,
	.begin = begin_tax,
	.put = put_tax,
	.title = title_tax,
	.unit = unit_tax,
	.what = what_tax,
	.words = words_tax,
};

PLOT_KIND(bars);
PLOT_KIND(tax);
