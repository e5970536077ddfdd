// SPDX-License-Identifier: MIT
/*
 * How a cost grows along an axis: MiB, processes, entries of a batch, vCPUs. A point for each
 * workload and axis, a line for each variant through the points that differ in that axis only.
 * What is an axis: whatever was swept, or else each parameter of a workload that has several
 * values, but not those that say how long is measured.
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

static const char *const how_long[] = {"n", "warmup", "reps", "calibrate", "seed"};

struct spot {
	size_t point, series;
	double x, y;
	struct interval spread;
	size_t n;
	const char *missing; /* or NULL */
	char *line;	     /* what all points of its line have in common */
	char *where;	     /* and those of its point */
	size_t order;
};

struct scaling_chart {
	struct strv points, wheres, units, names, keys;
	struct spot *spot;
	size_t n;
	double *base; /* of each point: of a logarithmic axis; 0: it is linear */
};

static bool says_how_long(const char *axis)
{
	for (size_t i = 0; i < sizeof(how_long) / sizeof(*how_long); i++)
		if (strcmp(how_long[i], axis) == 0)
			return true;
	return false;
}

/* Between cases, whose numbers are names, nothing grows. */
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
			if (!says_how_long(name) && is_quantity(p, name))
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

static size_t place_in(struct strv *list, const char *text)
{
	size_t i = 0;

	strv_add_distinct(list, text);
	while (strcmp(list->v[i], text) != 0)
		i++;
	return i;
}

/* All points along an axis, each with its line; series and points are found later. */
static struct spot *spots_along(const struct plot *p, const char *axis, size_t *n)
{
	struct spot *spots = xcalloc(p->data.n + 1, sizeof(*spots));

	*n = 0;
	for (size_t i = 0; i < p->data.n; i++) {
		const struct cell *cell = &p->data.cell[i];
		json_t *identity = json_array_get(cell->identities, 0), *rest;
		json_auto_t *value = axis_value(identity, axis);
		struct spot *s = &spots[*n];

		if (json_is_integer(value) && is_drawn(p, cell)) {
			bool failed = dataset_find_failed(&p->data, cell->file, cell->point,
							  cell->variant);

			*s = (struct spot){.x = (double)json_integer_value(value),
					   .y = cell->summary.median,
					   .n = cell->summary.n,
					   .order = i};
			if (failed || !cell->metric) {
				s->missing = cell->status;
				s->y = NAN;
			} else {
				s->spread = plot_spread(cell);
			}
			rest = without_axis(identity, axis);
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

/* The same line and place twice, from two files: then files have lines of their own. */
static bool files_clash(const struct plot *p, const struct spot *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (s[i].x == s[k].x && strcmp(s[i].line, s[k].line) == 0 &&
			    p->data.cell[s[i].order].file != p->data.cell[s[k].order].file)
				return true;
	return false;
}

static bool is_line(const struct spot *s, size_t n, const struct spot *of)
{
	double least = INFINITY, most = -INFINITY;
	bool some = false;

	for (size_t i = 0; i < n; i++)
		if (strcmp(s[i].line, of->line) == 0) {
			least = fmin(least, s[i].x);
			most = fmax(most, s[i].x);
			some = some || !s[i].missing;
		}
	return some && least < most;
}

static void add_spot(struct plot *p, struct scaling_chart *g, struct spot *s, const char *axis,
		     bool by_file)
{
	const struct cell *cell = &p->data.cell[s->order];
	const char *unit = json_string_value(json_object_get(p->data.axes, axis));
	AUTO_FREE char *variant = scaling_label_without(cell->label, axis),
		       *name = xstrdup(variant);
	size_t before = g->wheres.n;

	if (by_file)
		replace_text(&name, "%s@%s", name, plot_file_name(p, cell->file));
	s->point = place_in(&g->wheres, s->where);
	if (g->wheres.n > before) {
		/* Points of one point may have been told apart from others by different words. */
		char *workload = scaling_label_without(p->data.point[cell->point].label, axis);

		strv_add(&g->points, "%s by %s", workload, axis);
		strv_add(&g->units, "%s", unit && strcmp(unit, axis) != 0 ? unit : axis);
		free(workload);
	}
	before = g->names.n;
	s->series = place_in(&g->names, name);
	if (g->names.n > before)
		strv_add(&g->keys, "%s", variant);
	g->spot = xrealloc(g->spot, (g->n + 1) * sizeof(*g->spot));
	g->spot[g->n++] = *s;
	s->line = s->where = NULL; /* the copy's now */
}

static void add_axis(struct plot *p, struct scaling_chart *g, const char *axis)
{
	size_t n;
	AUTO_FREE struct spot *spots = spots_along(p, axis, &n);
	bool by_file = files_clash(p, spots, n);
	AUTO_FREE bool *lies = xcalloc(n + 1, sizeof(*lies));

	for (size_t i = 0; i < n && by_file; i++)
		replace_text(&spots[i].line, "%zu %s", p->data.cell[spots[i].order].file,
			     spots[i].line);
	for (size_t i = 0; i < n; i++)
		lies[i] = is_line(spots, n, &spots[i]);
	/* By series, so that legends are in the order of all pictures. */
	for (size_t s = 0; s < p->nr_series; s++)
		for (size_t i = 0; i < n; i++) {
			const struct cell *cell = &p->data.cell[spots[i].order];

			if (lies[i] && spots[i].line && cell->file == p->series[s].file &&
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

	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	if (a->series != b->series)
		return a->series < b->series ? -1 : 1;
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The factor by which a point's points go on, if there are three or more; else 0. */
static double factor_of(const struct scaling_chart *g, size_t point)
{
	AUTO_FREE double *x = xcalloc(g->n + 1, sizeof(*x));
	double factor = 0;
	size_t n = 0, distinct = 0;

	for (size_t i = 0; i < g->n; i++)
		if (g->spot[i].point == point)
			x[n++] = g->spot[i].x;
	qsort(x, n, sizeof(*x), ascending);
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
	struct scaling_chart *g = xcalloc(1, sizeof(*g));
	AUTO_STRV struct strv axes = {0};

	p->own = g;
	if (!plot_lay_out(p, error))
		return false;
	find_axes(p, &axes);
	for (size_t i = 0; i < axes.n; i++)
		add_axis(p, g, axes.v[i]);
	if (!g->n)
		return fail(error, "nothing was measured at several points: as `make bench "
				   "WORKLOAD=fork:mb=0,1,4,16` does");
	qsort(g->spot, g->n, sizeof(*g->spot), in_order);
	g->base = xcalloc(g->points.n, sizeof(*g->base));
	for (size_t i = 0; i < g->points.n; i++)
		g->base[i] = factor_of(g, i);
	return true;
}

static void put(FILE *f, const struct plot *p)
{
	const struct scaling_chart *g = p->own;

	fputs("#\t#\tpanel\tvariant\tx\tmedian\tlow\thigh\tn\tlabel\n", f);
	for (size_t i = 0; i < g->n; i++) {
		const struct spot *s = &g->spot[i];

		fprintf(f, "%zu\t%zu\t", s->point + 1, s->series + 1);
		plot_field(f, g->points.v[s->point]);
		fputc('\t', f);
		plot_field(f, g->names.v[s->series]);
		plot_value(f, s->x);
		plot_value(f, s->y);
		plot_value(f, s->spread.exists ? s->spread.low : NAN);
		plot_value(f, s->spread.exists ? s->spread.high : NAN);
		fprintf(f, "\t%zu\t%s%s\n", s->missing ? 0 : s->n, s->missing ? "missing: " : "",
			s->missing ? s->missing : "");
	}
}

static char *title(const struct plot *p)
{
	const struct cell *cell = plot_any_cell(p);

	return plot_title(p, "how the cost grows, %s per operation",
			  cell->counter ? p->metric : cell->unit);
}

static char *scale(const struct plot *p)
{
	const struct scaling_chart *g = p->own;
	bool logarithmic = false, missing = false;

	for (size_t i = 0; i < g->points.n; i++)
		logarithmic = logarithmic || g->base[i] > 0;
	for (size_t i = 0; i < g->n; i++)
		missing = missing || g->spot[i].missing;
	return xasprintf(
		"Medians in %s, up from zero, each panel on a scale of its own; of lines that "
		"coincide the last is seen.%s%s %s",
		plot_any_cell(p)->unit,
		logarithmic ? " Where each point is a multiple of the one before, the axis "
			      "to the right is logarithmic."
			    : "",
		missing ? " A cross on the axis: missing." : "", plot_spread_text(p));
}

static char *what(const struct plot *p)
{
	const struct scaling_chart *g = p->own;
	const struct cell *cell = plot_any_cell(p);
	size_t least = SIZE_MAX, most = 0;
	AUTO_FREE char *n = NULL;

	for (size_t i = 0; i < g->n; i++) {
		if (g->spot[i].missing)
			continue;
		least = g->spot[i].n < least ? g->spot[i].n : least;
		most = g->spot[i].n > most ? g->spot[i].n : most;
	}
	n = plot_range(least, most);
	return xasprintf("%s (%s is better), tier %s, median of n = %s", cell->unit,
			 cell->lower ? "lower" : "higher", p->data.shown, n);
}

static void words(const struct plot *p, struct picture *to)
{
	const struct scaling_chart *g = p->own;
	AUTO_STRV struct strv bases = {0};

	for (size_t i = 0; i < g->points.n; i++)
		picture_add_number(&bases, g->base[i]);
	plot_list_points(to, &g->points);
	plot_list_series(to, &g->names, &g->keys);
	plot_list(to, "axis_unit", &g->units);
	plot_list(to, "axis_base", &bases);
}

static size_t points(const struct plot *p)
{
	return ((const struct scaling_chart *)p->own)->points.n;
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
	strv_free(&g->points);
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
	.put = put,
	.points = points,
	.title = title,
	.scale = scale,
	.what = what,
	.words = words,
	.end = end,
};

PLOT_KIND(scaling);
