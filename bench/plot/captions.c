// SPDX-License-Identifier: MIT
/* The texts around a chart: what it shows, how often it was measured, how certain it is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"

char *plot_title(const struct plot *p, const char *fmt, ...)
{
	AUTO_FREE char *env = plot_all_of(p, "env"), *about = NULL;
	va_list ap;

	va_start(ap, fmt);
	about = xvasprintf(fmt, ap);
	va_end(ap);
	return xasprintf("%s: %s", env, about);
}

char *plot_all_of(const struct plot *p, const char *path)
{
	AUTO_STRV struct strv values = {0};

	for (size_t file = 0; file < p->nr_sets; file++) {
		AUTO_FREE char *v =
			dataset_identity(&p->data, (struct side_filter){file, NULL}, path);

		if (*v)
			strv_add_distinct(&values, v);
	}
	return strv_join(&values, " | ");
}

static bool is_drawn(const struct plot *p, const struct cell *cell)
{
	bool drawn = false;

	for (size_t i = 0; i < p->nr_points; i++)
		drawn = drawn || p->point[i] == cell->point;
	return drawn && cell->metric && (!p->metric || strcmp(cell->metric, p->metric) == 0);
}

const struct cell *plot_any_cell(const struct plot *p)
{
	for (size_t i = 0; i < p->data.n; i++)
		if (is_drawn(p, &p->data.cell[i]))
			return &p->data.cell[i];
	return NULL;
}

const char *plot_quantity(const struct plot *p)
{
	const struct cell *cell = plot_any_cell(p);

	return cell->counter ? p->metric : cell->unit;
}

char *plot_range(size_t min, size_t max)
{
	return min >= max ? xasprintf("%zu", max) : xasprintf("%zu to %zu", min, max);
}

char *plot_n(const struct plot *p)
{
	size_t min = SIZE_MAX, max = 0;

	for (size_t i = 0; i < p->data.n; i++) {
		size_t samples = p->data.cell[i].summary.n;

		if (!is_drawn(p, &p->data.cell[i]))
			continue;
		min = samples < min ? samples : min;
		max = samples > max ? samples : max;
	}
	return plot_range(min, max);
}

char *plot_subtitle(const struct plot *p)
{
	const struct cell *cell = plot_any_cell(p);
	AUTO_FREE char *n = plot_n(p);

	return xasprintf("%s (%s is better), tier %s, median of n = %s", cell->unit,
			 cell->lower ? "lower" : "higher", p->data.shown, n);
}

struct interval plot_spread(const struct cell *cell)
{
	size_t seeds = cell->by_median.n;

	if (cell->exact)
		return (struct interval){cell->by_median.min, cell->by_median.max, 1,
					 seeds > 1 && cell->by_median.min < cell->by_median.max};
	if (seeds >= median_interval_needs(CONFIDENCE))
		return median_interval(cell->medians, seeds, CONFIDENCE);
	return median_interval(cell->samples, cell->summary.n, CONFIDENCE);
}

const char *plot_spread_text(const struct plot *p)
{
	bool inexact = false, seeds = false;

	for (size_t i = 0; i < p->data.n; i++) {
		const struct cell *cell = &p->data.cell[i];

		if (!is_drawn(p, cell))
			continue;
		inexact = inexact || !cell->exact;
		seeds = seeds || (cell->exact && plot_spread(cell).exists);
	}
	return inexact ? "Thin lines: 95 % interval of the median; none with fewer than 6 samples."
	       : seeds ? "Counts are exact; thin lines: minimum to maximum median of the seeds."
		       : "Counts are exact and have no error.";
}
