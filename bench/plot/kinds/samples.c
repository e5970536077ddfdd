// SPDX-License-Identifier: MIT
/*
 * The distribution of the samples, a dot for each sample. A panel for each workload, a row for each
 * variant, in percent from the median of the row, so that rows can be compared although variants
 * differ a lot. Samples that would cover each other are stacked, equal ones as one stroke. No
 * position is random, so the same samples give the same picture.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/kind.h"

/* Places for dots across a panel. */
#define PLACES 80

struct range { /* in percent */
	double from, to;
};

/* NaN if the median is 0. */
static double percent(const struct cell *cell, double v)
{
	double median = cell->summary.median;

	return median != 0 ? 100 * (v / median - 1) : v == 0 ? 0 : NAN;
}

/* The range of all samples of a point. */
static struct range range_of(const struct plot *p, size_t point)
{
	struct range r = {INFINITY, -INFINITY};

	for (size_t s = 0; s < p->nr_series; s++) {
		const char *missing = NULL;
		const struct cell *cell = plot_cell(p, point, s, p->metric, &missing);

		if (cell) {
			r.from = fmin(r.from, percent(cell, cell->summary.min));
			r.to = fmax(r.to, percent(cell, cell->summary.max));
		}
	}
	return r;
}

static size_t place_of(const struct range *r, const struct cell *cell, size_t i)
{
	double v = percent(cell, cell->samples[i]);
	double share = r->to > r->from && v == v ? (v - r->from) / (r->to - r->from) : 0;

	return (size_t)(share * (PLACES - 1));
}

/* Samples ascend, so those of one place are neighbours. */
static size_t max_in_a_place(const struct plot *p, size_t point, const struct range *r)
{
	size_t max = 1;

	for (size_t s = 0; s < p->nr_series; s++) {
		const char *missing = NULL;
		const struct cell *cell = plot_cell(p, point, s, p->metric, &missing);
		size_t first = 0;

		for (size_t i = 0; cell && i < cell->summary.n; i++) {
			if (place_of(r, cell, i) != place_of(r, cell, first))
				first = i;
			max = i - first + 1 > max ? i - first + 1 : max;
		}
	}
	return max;
}

/* A row for each distinct value, with the number of its samples. */
static void write_samples(FILE *f, const struct plot *p, size_t point, size_t series,
			  const struct cell *cell, const struct range *r, size_t max)
{
	const double room = 0.8 / (double)(max > 16 ? max : 16);
	size_t end, next;

	for (size_t first = 0; first < cell->summary.n; first = end) {
		for (end = first;
		     end < cell->summary.n && place_of(r, cell, end) == place_of(r, cell, first);)
			end++;
		for (size_t i = first; i < end; i = next) {
			for (next = i; next < end && cell->samples[next] == cell->samples[i];)
				next++;
			plot_row(f, p, point, series);
			fputs("\tsample", f);
			plot_value(f, cell->samples[i]);
			plot_value(f, percent(cell, cell->samples[i]));
			plot_value(f, room * ((double)(i + next - 1) / 2 -
					      (double)(first + end - 1) / 2));
			plot_value(f, room * (double)(next - i - 1) / 2);
			fprintf(f, "\t%zu\n", next - i);
		}
	}
}

static void write_table(FILE *f, const struct plot *p)
{
	fputs("#\t#\tpanel\tvariant\twhat\tvalue\tpercent\taside\thalf\tlabel\n", f);
	for (size_t point = 0; point < p->nr_points; point++) {
		struct range r = range_of(p, point);
		size_t max = max_in_a_place(p, point, &r);

		for (size_t s = 0; s < p->nr_series; s++) {
			const char *missing = NULL;
			const struct cell *cell = plot_cell(p, point, s, p->metric, &missing);

			if (cell)
				write_samples(f, p, point, s, cell, &r, max);
			plot_row(f, p, point, s);
			fputs("\tmedian", f);
			plot_value(f, cell ? cell->summary.median : NAN);
			plot_value(f, cell ? 0 : NAN);
			if (cell)
				fprintf(f, "\t0\t0\tn = %zu%s\n", cell->summary.n,
					cell->summary.min < cell->summary.max ? "" : ", all equal");
			else
				fprintf(f, "\t0\t0\tmissing: %s\n", missing);
		}
	}
}

static char *title(const struct plot *p)
{
	return plot_title(p, "distribution of samples, %s per operation", plot_quantity(p));
}

static char *axis_note(const struct plot *p)
{
	return xasprintf(
		"A dot for each sample, in percent from the median of its row, which is the thin line "
		"and is written at the right in %s. Equal samples are one stroke; a longer stroke is "
		"more samples. Each panel has a scale of its own.",
		plot_any_cell(p)->unit);
}

static void set_variables(const struct plot *p, struct picture *to)
{
	AUTO_STRV struct strv from = {0}, upto = {0};

	for (size_t i = 0; i < p->nr_points; i++) {
		struct range r = range_of(p, i);

		picture_add_number(&from, r.from <= r.to ? r.from : 0);
		picture_add_number(&upto, r.from <= r.to ? r.to : 0);
	}
	plot_list_variants(to, "row", p);
	plot_list(to, "range_from", &from);
	plot_list(to, "range_to", &upto);
}

static const struct plot_kind samples = {
	.name = "samples",
	.summary = "every sample as a dot: how they are distributed",
	.script = "plots/samples.gp",
	.takes_metric = true,
	.columns = 2,
	.begin = plot_lay_out,
	.write_table = write_table,
	.title = title,
	.axis_note = axis_note,
	.variables = set_variables,
};

PLOT_KIND(samples);
