// SPDX-License-Identifier: MIT
/*
 * Everything at a glance: a row for each workload, a column for each variant, in each field the
 * ratio to a baseline. The baseline is a variant by name; without one it is the variant
 * native, or, where nothing was measured natively, the first variant.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/native_ratio.h"
#include "lib/figures.h"
#include "plot/kind.h"

/* Nine of ten ratios are told apart by their colours; of outliers it is enough to see them. */
#define COLOURED_SHARE 0.9

struct heat {
	bool taxed;
	size_t baseline; /* series, unless taxed */
	double most;	 /* the ratio from which on colours do not change */
};

static double ratio_at(const struct plot *p, size_t point, size_t series, double *median,
		       const char **missing)
{
	const struct heat *h = p->own;
	const char *no_base = NULL;
	const struct cell *cell = plot_cell(p, point, series, p->metric, missing), *base;
	double ratio;

	*median = cell ? cell->summary.median : NAN;
	if (!cell)
		return NAN;
	if (h->taxed) {
		ratio = native_ratio(&p->data, cell, false);
	} else {
		base = plot_cell(p, point, h->baseline, p->metric, &no_base);
		ratio = base && base->summary.median > 0
				? cell->summary.median / base->summary.median
				: NAN;
	}
	if (isnan(ratio))
		*missing = "no baseline";
	return ratio;
}

static bool is_xen(const struct plot *p, const struct plot_series *s)
{
	for (size_t i = 0; i < p->data.n; i++)
		if (p->data.cell[i].file == s->file &&
		    strcmp(p->data.cell[i].variant, s->variant) == 0)
			return !is_native(&p->data.cell[i]);
	return false;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double strongest(const struct plot *p)
{
	AUTO_FREE double *all = xcalloc(p->nr_points * p->nr_series + 1, sizeof(*all));
	double median;
	size_t n = 0;

	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++) {
			const char *missing = NULL;
			double ratio = ratio_at(p, point, series, &median, &missing);

			if (ratio > 0 && ratio != 1)
				all[n++] = fmax(ratio, 1 / ratio);
		}
	qsort(all, n, sizeof(*all), ascending);
	return n ? all[(size_t)((double)(n - 1) * COLOURED_SHARE)] : 1;
}

static bool begin(struct plot *p, char **error)
{
	struct heat *h = xcalloc(1, sizeof(*h));
	size_t natives = 0;

	p->own = h;
	if (!plot_lay_out(p, error))
		return false;
	for (size_t s = 0; s < p->nr_series; s++)
		natives += !is_xen(p, &p->series[s]);
	h->taxed = !p->ask->baseline && natives && natives < p->nr_series;
	if (!plot_has_baseline(p, error))
		return false;
	h->baseline = plot_baseline(p);
	if (h->taxed)
		plot_keep_series(p, is_xen);
	h->most = strongest(p);
	return true;
}

static void put(FILE *f, const struct plot *p)
{
	fputs("#\t#\tworkload\tvariant\tratio\tmedian\tlabel\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++) {
			const char *missing = NULL;
			double median, ratio = ratio_at(p, point, series, &median, &missing);

			plot_row(f, p, point, series);
			plot_value(f, ratio);
			plot_value(f, median);
			fprintf(f, "\t%s%s\n", missing ? "missing: " : "", missing ? missing : "");
		}
}

static char *baseline_name(const struct plot *p)
{
	const struct heat *h = p->own;

	return h->taxed ? xstrdup("native") : xstrdup(p->series[h->baseline].name);
}

static char *title(const struct plot *p)
{
	const struct heat *h = p->own;
	const struct cell *cell = plot_any_cell(p);

	return h->taxed ? xasprintf("What Xen makes of it: %s, ratio to native",
				    cell->counter ? p->metric : cell->unit)
			: xasprintf("%s, ratio to %s", cell->counter ? p->metric : cell->unit,
				    p->series[h->baseline].name);
}

static char *scale(const struct plot *p)
{
	const struct heat *h = p->own;
	AUTO_FREE char *base = baseline_name(p);
	AUTO_FREE char *most =
		h->most < 1.005 ? readable_ratio(h->most, 2) : xasprintf("%.3g", h->most);
	char *text =
		xasprintf("Medians as ratio to %s. Blue is below it, no colour is equal, red is "
			  "above, by the logarithm, strongest from ×%s on. %s%s is better.",
			  base, most,
			  plot_any_cell(p)->exact ? "Counts are exact. "
						  : "Colours do not say whether a difference "
						    "is more than noise. ",
			  plot_any_cell(p)->lower ? "Lower" : "Higher");

	return text;
}

static void words(const struct plot *p, struct picture *to)
{
	const struct heat *h = p->own;
	struct strv none = {0};
	AUTO_STRV struct strv rows = {0}, columns = {0}, page = {0};

	for (size_t i = 0; i < p->nr_points; i++)
		strv_add(&rows, "%s", p->data.point[p->point[i]].label);
	for (size_t i = 0; i < p->nr_series; i++)
		strv_add(&columns, "%s", p->series[i].name);
	picture_number(to, "heat_most", h->most);
	strv_add(&page, "%s", "");
	plot_list(to, "row", &rows);
	plot_list(to, "column", &columns);
	plot_list_points(to, &page);
	plot_list_series(to, &none, NULL);
}

static size_t one_point(const struct plot *p)
{
	(void)p;
	return 1;
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
	.put = put,
	.points = one_point,
	.title = title,
	.scale = scale,
	.what = plot_what_measured,
	.words = words,
};

PLOT_KIND(heat);
