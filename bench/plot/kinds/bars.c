// SPDX-License-Identifier: MIT
/* Bars of one metric: a panel for each workload, a bar for each variant. Kind tax shows the same as
 * a ratio to native, the PV tax. */
#include <math.h>

#include "compare/native_ratio.h"
#include "plot/kind.h"

static bool begin_bars(struct plot *p, char **error)
{
	return plot_lay_out(p, error) && plot_has_baseline(p, error);
}

static void write_bar(FILE *f, const struct plot *p, size_t point, size_t series, bool taxed)
{
	const char *missing = NULL;
	const struct cell *cell = plot_cell(p, point, series, p->metric, &missing);
	double factor = 1, ratio = NAN;
	struct interval spread = {.exists = false};

	if (cell && taxed)
		factor = native_ratio(&p->data, cell, false) / cell->summary.median;
	if (cell && isnan(factor))
		missing = "no native";
	if (!missing)
		spread = plot_spread(cell);
	if (!missing && !taxed && series != plot_baseline(p))
		ratio = plot_ratio(p, point, cell, plot_baseline(p));
	spread.low *= factor;
	spread.high *= factor;
	plot_row(f, p, point, series);
	plot_value(f, missing ? NAN : cell->summary.median * factor);
	plot_interval(f, spread);
	fprintf(f, "\t%zu", missing ? 0 : cell->summary.n);
	plot_value(f, ratio);
	plot_end_row(f, missing);
}

/* A row for each point and each series, measured or not. */
static void write_rows(FILE *f, const struct plot *p, bool taxed)
{
	fputs("#\t#\tpanel\tvariant\tmedian\tlow\thigh\tn\tratio\tlabel\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++)
			write_bar(f, p, point, series, taxed);
}

static void write_bars(FILE *f, const struct plot *p)
{
	write_rows(f, p, false);
}

static void write_tax(FILE *f, const struct plot *p)
{
	write_rows(f, p, true);
}

static bool begin_tax(struct plot *p, char **error)
{
	if (!plot_lay_out(p, error))
		return false;
	plot_keep_series(p, plot_is_xen);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t s = 0; s < p->nr_series; s++) {
			const char *missing = NULL;
			const struct cell *cell = plot_cell(p, point, s, p->metric, &missing);

			if (cell && native_of(&p->data, cell))
				return true;
		}
	return fail(error, "no run has a run of variant native, with the same workload, vCPUs and "
			   "memory, to compare with: measure --variant native as well");
}

static char *title_bars(const struct plot *p)
{
	return plot_title(p, "%s per operation", plot_quantity(p));
}

static char *title_tax(const struct plot *p)
{
	return xasprintf("The PV tax: %s, ratio to native", plot_any_cell(p)->unit);
}

static char *axis_note_bars(const struct plot *p)
{
	bool several = p->nr_series > 1;

	return xasprintf("Median %s. Each panel has a scale of its own, from zero. %s%s%s%s",
			 plot_any_cell(p)->unit, plot_spread_text(p),
			 several ? " ×: ratio to " : "",
			 several ? p->series[plot_baseline(p)].name : "", several ? "." : "");
}

static char *axis_note_tax(const struct plot *p)
{
	return xasprintf("Ratio to the variant native; the dashed line is 1. "
			 "Each panel has a scale of its own, from zero. %s",
			 plot_spread_text(p));
}

static void set_variables_tax(const struct plot *p, struct picture *to)
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
	.write_table = write_bars,
	.title = title_bars,
	.axis_note = axis_note_bars,
};

PLOT_KIND(bars);

static const struct plot_kind tax = {
	.name = "tax",
	.summary = "the same as ratio to the variant native",
	.script = "plots/bars.gp",
	.takes_metric = true,
	.begin = begin_tax,
	.write_table = write_tax,
	.title = title_tax,
	.axis_note = axis_note_tax,
	.variables = set_variables_tax,
};

PLOT_KIND(tax);
