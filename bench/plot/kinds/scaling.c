// SPDX-License-Identifier: MIT
/*
 * Scaling along an axis: MiB, processes, entries of a batch, vCPUs. A panel for each workload and
 * axis, a line for each variant through the points that differ in that axis only. Axes are all that
 * were swept and the parameters of workloads that have several values, but not the parameters that
 * set the length of a measurement.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compare/scaling.h"
#include "compare/sort.h"
#include "plot/kind.h"
#include "resultset/identity.h"
#include "resultset/resultset_read.h"

static const char length_parameters[] = "n warmup reps calibrate seed";

/* A point of a line. */
struct spot {
	size_t panel, series;
	double x, y;
	struct interval spread;
	size_t n;
	const char *missing; /* or NULL */
	char *line;	     /* the identity that all points of the line share */
	char *where;	     /* the same for all lines of the panel */
	size_t cell;
};

struct scaling_chart {
	struct strv panels, wheres, units, names, keys;
	struct spot *spot;
	size_t n;
	double *base; /* of the logarithmic axis of each panel; 0: it is linear */
};

/* Numbers of cases are names, so they are no axis. */
static bool is_quantity(const struct plot *p, const char *axis)
{
	const char *unit = json_string_value(json_object_get(p->data.axes, axis));

	return !unit || strcmp(unit, "choice") != 0;
}

static void find_axes(const struct plot *p, struct strv *axes)
{
	const char *name;
	json_t *value;

	if (p->ask->axis) {
		strv_add(axes, "%s", p->ask->axis);
		return;
	}
	json_object_foreach (p->data.axes, name, value)
		if (is_quantity(p, name))
			strv_add_distinct(axes, name);
	for (size_t i = 0; i < p->nr_points; i++)
		json_object_foreach (p->data.point[p->point[i]].parameters, name, value)
			if (!word_in(name, length_parameters) && is_quantity(p, name))
				strv_add_distinct(axes, name);
	strv_add_distinct(axes, "vcpus");
}

static bool is_drawn(const struct plot *p, const struct cell *cell)
{
	bool drawn = false;

	for (size_t i = 0; i < p->nr_points; i++)
		drawn = drawn || p->point[i] == cell->point;
	return drawn && (!cell->metric || strcmp(cell->metric, p->metric) == 0);
}

/* All points along an axis, each with its line, still without series and panels. */
static struct spot *spots_along(const struct plot *p, const char *axis, size_t *n)
{
	struct spot *spots = xcalloc(p->data.n + 1, sizeof(*spots));

	*n = 0;
	for (size_t i = 0; i < p->data.n; i++) {
		const struct cell *cell = &p->data.cell[i];
		json_auto_t *value = axis_value(cell->run[0]->identity, axis);
		json_t *rest;
		struct spot *s = &spots[*n];

		if (json_is_integer(value) && is_drawn(p, cell)) {
			bool failed = dataset_find_failed(&p->data, cell->file, cell->point,
							  cell->variant);

			*s = (struct spot){.x = (double)json_integer_value(value),
					   .y = cell->summary.median,
					   .n = cell->summary.n,
					   .cell = i};
			if (failed || !cell->metric) {
				s->missing = cell->status;
				s->y = NAN;
			} else {
				s->spread = plot_spread(cell);
			}
			rest = without_axis(cell->run[0], axis);
			s->line = canonical_json(rest);
			json_object_del(rest, "policy");
			json_object_del(rest, "variant");
			json_object_set_new(rest, "axis", json_string_nocheck(axis));
			s->where = canonical_json(rest);
			json_decref(rest);
			*n += 1;
		}
	}
	return spots;
}

/* If two files have the same point of a line, each file gets lines of its own. */
static bool files_clash(const struct plot *p, const struct spot *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (s[i].x == s[k].x && strcmp(s[i].line, s[k].line) == 0 &&
			    p->data.cell[s[i].cell].file != p->data.cell[s[k].cell].file)
				return true;
	return false;
}

static bool is_line(const struct spot *s, size_t n, const struct spot *of)
{
	double min = INFINITY, max = -INFINITY;
	bool some = false;

	for (size_t i = 0; i < n; i++)
		if (strcmp(s[i].line, of->line) == 0) {
			min = fmin(min, s[i].x);
			max = fmax(max, s[i].x);
			some = some || !s[i].missing;
		}
	return some && min < max;
}

static void add_spot(struct plot *p, struct scaling_chart *g, struct spot *s, const char *axis,
		     bool by_file)
{
	const struct cell *cell = &p->data.cell[s->cell];
	const char *unit = json_string_value(json_object_get(p->data.axes, axis));
	AUTO_FREE char *variant = scaling_label_without(cell->label, axis),
		       *name = xstrdup(variant);
	size_t before = g->wheres.n;

	if (by_file)
		replace_text(&name, "%s@%s", name, plot_file_name(p, cell->file));
	strv_add_distinct(&g->wheres, s->where);
	s->panel = strv_find(&g->wheres, s->where);
	if (g->wheres.n > before) {
		char *workload = scaling_label_without(p->data.point[cell->point].label, axis);

		strv_add(&g->panels, "%s by %s", workload, axis);
		strv_add(&g->units, "%s", unit && strcmp(unit, axis) != 0 ? unit : axis);
		free(workload);
	}
	before = g->names.n;
	strv_add_distinct(&g->names, name);
	s->series = strv_find(&g->names, name);
	if (g->names.n > before)
		strv_add(&g->keys, "%s", variant);
	g->spot = xrealloc(g->spot, (g->n + 1) * sizeof(*g->spot));
	g->spot[g->n++] = *s;
	s->line = s->where = NULL; /* the copy owns them now */
}

static void add_axis(struct plot *p, struct scaling_chart *g, const char *axis)
{
	size_t n;
	AUTO_FREE struct spot *spots = spots_along(p, axis, &n);
	bool by_file = files_clash(p, spots, n);
	AUTO_FREE bool *drawn = xcalloc(n + 1, sizeof(*drawn));

	for (size_t i = 0; i < n && by_file; i++)
		replace_text(&spots[i].line, "%zu %s", p->data.cell[spots[i].cell].file,
			     spots[i].line);
	for (size_t i = 0; i < n; i++)
		drawn[i] = is_line(spots, n, &spots[i]);
	/* By series, so that the legend has the usual order. */
	for (size_t s = 0; s < p->nr_series; s++)
		for (size_t i = 0; i < n; i++) {
			const struct cell *cell = &p->data.cell[spots[i].cell];

			if (drawn[i] && spots[i].line && cell->file == p->series[s].file &&
			    strcmp(cell->variant, p->series[s].variant) == 0)
				add_spot(p, g, &spots[i], axis, by_file);
		}
	for (size_t i = 0; i < n; i++) {
		free(spots[i].line);
		free(spots[i].where);
	}
}

static int in_order(const void *one, const void *other)
{
	const struct spot *a = one, *b = other;

	if (a->panel != b->panel)
		return a->panel < b->panel ? -1 : 1;
	if (a->series != b->series)
		return a->series < b->series ? -1 : 1;
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return a->cell < b->cell ? -1 : 1;
}

/* The constant factor between the points of a panel, if there are three or more; else 0. */
static double factor_of(const struct scaling_chart *g, size_t panel)
{
	AUTO_FREE double *x = xcalloc(g->n + 1, sizeof(*x));
	double factor = 0;
	size_t n = 0, distinct = 0;

	for (size_t i = 0; i < g->n; i++)
		if (g->spot[i].panel == panel)
			x[n++] = g->spot[i].x;
	summarize(x, n); /* sorts */
	for (size_t i = 0; i < n; i++)
		if (!i || x[i] != x[distinct - 1])
			x[distinct++] = x[i];
	if (distinct >= 3 && x[0] > 0)
		factor = x[1] / x[0];
	for (size_t i = 1; i < distinct && factor > 0; i++)
		if (fabs(x[i] / x[i - 1] - factor) > 1e-9)
			factor = 0;
	return factor;
}

static bool begin(struct plot *p, char **error)
{
	struct scaling_chart *g = p->own = xcalloc(1, sizeof(*g));
	AUTO_STRV struct strv axes = {0};

	if (!plot_lay_out(p, error))
		return false;
	find_axes(p, &axes);
	for (size_t i = 0; i < axes.n; i++)
		add_axis(p, g, axes.v[i]);
	if (!g->n)
		return fail(error, "nothing was measured at several points: as `make bench "
				   "WORKLOAD=fork:mb=0,1,4,16` does");
	qsort(g->spot, g->n, sizeof(*g->spot), in_order);
	p->nr_panels = g->panels.n;
	g->base = xcalloc(g->panels.n, sizeof(*g->base));
	for (size_t i = 0; i < g->panels.n; i++)
		g->base[i] = factor_of(g, i);
	return true;
}

static void write_table(FILE *f, const struct plot *p)
{
	const struct scaling_chart *g = p->own;

	fputs("#\t#\tpanel\tvariant\tx\tmedian\tlow\thigh\tn\tlabel\n", f);
	for (size_t i = 0; i < g->n; i++) {
		const struct spot *s = &g->spot[i];

		plot_named_row(f, s->panel, s->series, g->panels.v[s->panel],
			       g->names.v[s->series]);
		plot_value(f, s->x);
		plot_value(f, s->y);
		plot_interval(f, s->spread);
		fprintf(f, "\t%zu", s->missing ? 0 : s->n);
		plot_end_row(f, s->missing);
	}
}

static char *title(const struct plot *p)
{
	return plot_title(p, "scaling, %s per operation", plot_quantity(p));
}

static char *axis_note(const struct plot *p)
{
	const struct scaling_chart *g = p->own;
	bool logarithmic = false, missing = false;

	for (size_t i = 0; i < g->panels.n; i++)
		logarithmic = logarithmic || g->base[i] > 0;
	for (size_t i = 0; i < g->n; i++)
		missing = missing || g->spot[i].missing;
	return xasprintf(
		"Medians in %s. Each panel has a scale of its own, from zero. Where lines coincide, "
		"the last one is visible.%s%s %s",
		plot_any_cell(p)->unit,
		logarithmic ? " The horizontal axis is logarithmic if the points differ by a "
			      "constant factor."
			    : "",
		missing ? " A cross on the axis: missing." : "", plot_spread_text(p));
}

static char *subtitle(const struct plot *p)
{
	const struct scaling_chart *g = p->own;
	const struct cell *cell = plot_any_cell(p);
	size_t min = SIZE_MAX, max = 0;
	AUTO_FREE char *n = NULL;

	for (size_t i = 0; i < g->n; i++) {
		if (g->spot[i].missing)
			continue;
		min = g->spot[i].n < min ? g->spot[i].n : min;
		max = g->spot[i].n > max ? g->spot[i].n : max;
	}
	n = plot_range(min, max);
	return xasprintf("%s (%s is better), tier %s, median of n = %s", cell->unit,
			 cell->lower ? "lower" : "higher", p->data.shown, n);
}

static void set_variables(const struct plot *p, struct picture *to)
{
	const struct scaling_chart *g = p->own;
	AUTO_STRV struct strv bases = {0};

	for (size_t i = 0; i < g->panels.n; i++)
		picture_add_number(&bases, g->base[i]);
	plot_list_points(to, &g->panels);
	plot_list_series(to, &g->names, &g->keys);
	plot_list(to, "axis_unit", &g->units);
	plot_list(to, "axis_base", &bases);
}

static void end(struct plot *p)
{
	struct scaling_chart *g = p->own;

	for (size_t i = 0; i < g->n; i++) {
		free(g->spot[i].line);
		free(g->spot[i].where);
	}
	free(g->spot);
	free(g->base);
	strv_free(&g->panels);
	strv_free(&g->wheres);
	strv_free(&g->units);
	strv_free(&g->names);
	strv_free(&g->keys);
}

static const struct plot_kind scaling = {
	.name = "scaling",
	.summary = "how a cost grows with MiB, processes, depth of batches, vCPUs",
	.script = "plots/scaling.gp",
	.takes_metric = true,
	.takes_axis = true,
	.columns = 2,
	.begin = begin,
	.write_table = write_table,
	.title = title,
	.axis_note = axis_note,
	.subtitle = subtitle,
	.variables = set_variables,
	.end = end,
};

PLOT_KIND(scaling);
