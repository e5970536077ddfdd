// SPDX-License-Identifier: MIT
/* Bars of one metric: a point for each workload, a bar for each variant; and the same as ratio to
 * native, the PV tax. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/native_ratio.h"
#include "plot/kind.h"

static bool begin_bars(struct plot *p, char **error)
{
	return plot_lay_out(p, error) && plot_has_baseline(p, error);
}

static void put_bar(FILE *f, const struct plot *p, size_t point, size_t series, bool taxed)
{
	const char *missing = NULL, *no_base = NULL;
	const struct cell *cell = plot_cell(p, point, series, p->metric, &missing);
	const struct cell *base = plot_cell(p, point, plot_baseline(p), p->metric, &no_base);
	double by = 1, ratio = NAN;
	struct interval spread = {.exists = false};

	if (cell && taxed)
		by = native_ratio(&p->data, cell, false) / cell->summary.median;
	if (cell && isnan(by))
		missing = "no native";
	if (!missing)
		spread = plot_spread(cell);
	if (!missing && !taxed && base && series != plot_baseline(p) && base->summary.median > 0)
		ratio = cell->summary.median / base->summary.median;
	plot_row(f, p, point, series);
	plot_value(f, missing ? NAN : cell->summary.median * by);
	plot_value(f, spread.exists ? spread.low * by : NAN);
	plot_value(f, spread.exists ? spread.high * by : NAN);
	fprintf(f, "\t%zu", missing ? 0 : cell->summary.n);
	plot_value(f, ratio);
	fprintf(f, "\t%s%s\n", missing ? "missing: " : "", missing ? missing : "");
}

/* A row for each point and each series, whether it was measured or not. */
static void put_table(FILE *f, const struct plot *p, bool taxed)
{
	fputs("#\t#\tpanel\tvariant\tmedian\tlow\thigh\tn\tratio\tlabel\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++)
			put_bar(f, p, point, series, taxed);
}

static void put_bars(FILE *f, const struct plot *p)
{
	put_table(f, p, false);
}

static void put_tax(FILE *f, const struct plot *p)
{
	put_table(f, p, true);
}

/* A ratio of native to itself says nothing. A variant's env is in any of its cells. */
static bool is_taxed(const struct plot *p, const struct plot_series *s)
{
	for (size_t i = 0; i < p->data.n; i++)
		if (p->data.cell[i].file == s->file &&
		    strcmp(p->data.cell[i].variant, s->variant) == 0)
			return !is_native(&p->data.cell[i]);
	return false;
}

static bool begin_tax(struct plot *p, char **error)
{
	bool taxed = false;

	if (!plot_lay_out(p, error))
		return false;
	plot_keep_series(p, is_taxed);
	for (size_t point = 0; point < p->nr_points && !taxed; point++)
		for (size_t s = 0; s < p->nr_series && !taxed; s++) {
			const char *missing = NULL;
			const struct cell *cell = plot_cell(p, point, s, p->metric, &missing);

			taxed = cell && native_of(&p->data, cell);
		}
	return taxed || fail(error, "no run has one of variant native, of the same workload, vCPUs "
				    "and memory, to be compared with: measure --variant native as "
				    "well");
}

static char *title(const struct plot *p)
{
	const struct cell *cell = plot_any_cell(p);

	return plot_title(p, "%s per operation", cell->counter ? p->metric : cell->unit);
}

static char *title_tax(const struct plot *p)
{
	return xasprintf("The PV tax: %s, ratio to native", plot_any_cell(p)->unit);
}

static char *scale(const struct plot *p)
{
	bool several = p->nr_series > 1;

	return xasprintf("Median %s. Each panel has a scale of its own, from zero. %s%s%s%s",
			 plot_any_cell(p)->unit, plot_spread_text(p),
			 several ? " ×: ratio to " : "",
			 several ? p->series[plot_baseline(p)].name : "", several ? "." : "");
}

static char *scale_tax(const struct plot *p)
{
	return xasprintf("Ratio to the variant native, for all; the dashed line is 1. "
			 "Each panel has a scale of its own, from zero. %s",
			 plot_spread_text(p));
}

static void words_tax(const struct plot *p, struct picture *to)
{
	(void)p;
	picture_number(to, "mark", 1);
}

static const struct plot_kind bars = {
	.name = "bars",
	.summary = "what each workload costs on each variant",
	.script = "plots/bars.gp",
	.takes_metric = true,
	.takes_baseline = true,
	.begin = begin_bars,
	.put = put_bars,
	.title = title,
	.scale = scale,
	.what = plot_what_measured,
};

static const struct plot_kind tax = {
	.name = "tax",
	.summary = "the same as ratio to the variant native",
	.script = "plots/bars.gp",
	.takes_metric = true,
	.begin = begin_tax,
	.put = put_tax,
	.title = title_tax,
	.scale = scale_tax,
	.what = plot_what_measured,
	.words = words_tax,
};

PLOT_KIND(bars);
PLOT_KIND(tax);
