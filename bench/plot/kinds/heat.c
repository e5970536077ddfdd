// SPDX-License-Identifier: MIT
/*
 * A matrix: a row for each workload, a column for each variant, and in each field the ratio to a
 * baseline. By default the baseline is the variant native, or the first variant if nothing was
 * measured natively.
 */
#include <math.h>
#include <stdlib.h>

#include "compare/native_ratio.h"
#include "lib/figures.h"
#include "plot/kind.h"

/* The colour scale covers this share of the ratios; the others get its ends. */
#define COLOURED_SHARE 0.9

struct heat {
	bool taxed;
	size_t baseline;  /* series, unless taxed */
	double max_ratio; /* the end of the colour scale */
};

static double ratio_at(const struct plot *p, size_t point, size_t series, double *median,
		       const char **missing)
{
	const struct heat *h = p->own;
	const struct cell *cell = plot_cell(p, point, series, p->metric, missing);
	double ratio;

	*median = cell ? cell->summary.median : NAN;
	if (!cell)
		return NAN;
	ratio = h->taxed ? native_ratio(&p->data, cell, false)
			 : plot_ratio(p, point, cell, h->baseline);
	if (isnan(ratio))
		*missing = "no baseline";
	return ratio;
}

static double find_max_ratio(const struct plot *p)
{
	AUTO_FREE double *all = xcalloc(p->nr_points * p->nr_series + 1, sizeof(*all));
	size_t n = 0;

	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++) {
			const char *missing = NULL;
			double median, ratio = ratio_at(p, point, series, &median, &missing);

			if (ratio > 0 && ratio != 1)
				all[n++] = fmax(ratio, 1 / ratio);
		}
	summarize(all, n); /* sorts */
	return n ? all[(size_t)((double)(n - 1) * COLOURED_SHARE)] : 1;
}

static bool begin(struct plot *p, char **error)
{
	struct heat *h = p->own = xcalloc(1, sizeof(*h));
	size_t natives = 0;

	if (!plot_lay_out(p, error))
		return false;
	for (size_t s = 0; s < p->nr_series; s++)
		natives += !plot_is_xen(p, &p->series[s]);
	h->taxed = !p->ask->baseline && natives && natives < p->nr_series;
	if (!plot_has_baseline(p, error))
		return false;
	h->baseline = plot_baseline(p);
	if (h->taxed)
		plot_keep_series(p, plot_is_xen);
	h->max_ratio = find_max_ratio(p);
	p->nr_panels = 1;
	return true;
}

static void write_table(FILE *f, const struct plot *p)
{
	fputs("#\t#\tworkload\tvariant\tratio\tmedian\tlabel\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++) {
			const char *missing = NULL;
			double median, ratio = ratio_at(p, point, series, &median, &missing);

			plot_row(f, p, point, series);
			plot_value(f, ratio);
			plot_value(f, median);
			plot_end_row(f, missing);
		}
}

static const char *baseline_name(const struct plot *p)
{
	const struct heat *h = p->own;

	return h->taxed ? "native" : p->series[h->baseline].name;
}

static char *title(const struct plot *p)
{
	const struct heat *h = p->own;

	return xasprintf("%s%s, ratio to %s", h->taxed ? "Cost under Xen: " : "", plot_quantity(p),
			 baseline_name(p));
}

static char *axis_note(const struct plot *p)
{
	const struct heat *h = p->own;
	AUTO_FREE char *max = h->max_ratio < 1.005 ? readable_ratio(h->max_ratio, 2)
						   : xasprintf("%.3g", h->max_ratio);

	return xasprintf(
		"Medians as ratio to %s. Blue is below it, no colour is equal, red is above. "
		"The scale is logarithmic and ends at ×%s. %s%s is better.",
		baseline_name(p), max,
		plot_any_cell(p)->exact ? "Counts are exact. "
					: "Colours do not say whether a difference is more "
					  "than noise. ",
		plot_any_cell(p)->lower ? "Lower" : "Higher");
}

static void set_variables(const struct plot *p, struct picture *to)
{
	const struct heat *h = p->own;
	AUTO_STRV struct strv none = {0}, rows = {0}, page = {0};

	for (size_t i = 0; i < p->nr_points; i++)
		strv_add(&rows, "%s", p->data.point[p->point[i]].label);
	picture_number(to, "heat_most", h->max_ratio);
	strv_add(&page, "%s", "");
	plot_list(to, "row", &rows);
	plot_list_variants(to, "column", p);
	plot_list_points(to, &page);
	plot_list_series(to, &none, NULL);
}

static const struct plot_kind heat = {
	.name = "heat",
	.summary = "all workloads and variants at a glance, as ratio to a baseline",
	.script = "plots/heat.gp",
	.takes_metric = true,
	.takes_baseline = true,
	.columns = 1,
	.width = 640,
	.begin = begin,
	.write_table = write_table,
	.title = title,
	.axis_note = axis_note,
	.variables = set_variables,
};

PLOT_KIND(heat);
