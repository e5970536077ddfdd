// SPDX-License-Identifier: MIT
#include "scaling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resultset/identity.h"
#include "resultset/resultset_read.h"
#include "sort.h"

/* "pages" -> "page", "processes" -> "process", "entries" -> "entry", "MiB" stays. */
static char *one_of(const char *unit)
{
	size_t n = strlen(unit);

	if (n > 3 && strcmp(unit + n - 3, "ies") == 0)
		return xasprintf("%.*sy", (int)n - 3, unit);
	if (n > 4 && strcmp(unit + n - 4, "sses") == 0)
		return xstrndup(unit, n - 2);
	if (n > 1 && unit[n - 1] == 's' && unit[n - 2] != 's')
		return xstrndup(unit, n - 1);
	return xstrdup(unit);
}

char *scaling_label_without(const char *label, const char *axis)
{
	char *word = xasprintf("%s=", axis);
	const char *at = label, *end;
	char *text;

	while ((at = strstr(at, word)) && (at == label || !strchr(" ,:", at[-1])))
		at++;
	free(word);
	if (!at)
		return xstrdup(label);
	end = at + strcspn(at, " ,");
	/* One of the two separators goes with it; "custom:" stays complete. */
	if (*end && at[-1] == ':')
		end++;
	else if (at > label && at[-1] != ':')
		at--;
	text = xasprintf("%.*s%s", (int)(at - label), label, end);
	return text;
}

static bool same_metric(const struct cell *a, const char *metric)
{
	return a->metric && metric && strcmp(a->metric, metric) == 0;
}

static bool value_of(const struct cell *cell, const char *axis, double *x)
{
	json_t *value = axis_value(cell->run[0]->identity, axis);
	bool has = json_is_integer(value);

	*x = (double)json_integer_value(value);
	json_decref(value);
	return has;
}

/* The position of a cell on an axis, and the key of its line; NULL: on no line. */
struct spot {
	double x;
	char *line;
};

static struct spot *find_spots(const struct dataset *c, const char *axis)
{
	struct spot *spots = xcalloc(c->n, sizeof(*spots));

	for (size_t i = 0; i < c->n; i++) {
		json_t *rest;

		if (!value_of(&c->cell[i], axis, &spots[i].x))
			continue;
		rest = without_axis(c->cell[i].run[0], axis);
		spots[i].line = canonical_json(rest);
		json_decref(rest);
	}
	return spots;
}

/* The line that begins with the cell, if no earlier cell is on it. */
static void add_line(struct scaling *g, const struct dataset *c, size_t first, const char *axis,
		     const struct spot *spots, bool least)
{
	const struct cell *of = &c->cell[first];
	struct fit_point *points = xcalloc(c->n, sizeof(*points));
	const char *unit = json_string_value(json_object_get(c->axes, axis));
	struct scaling_curve line = {.file = of->file, .axis = axis, .of = of};
	bool taken = false;
	size_t n = 0;

	for (size_t i = 0; i < c->n && !taken; i++) {
		const struct cell *cell = &c->cell[i];

		if (cell->file != of->file || !spots[i].line || !same_metric(cell, of->metric) ||
		    strcmp(spots[i].line, spots[first].line) != 0)
			continue;
		taken = i < first;
		points[n].x = spots[i].x;
		points[n].y = least ? cell->summary.min : cell->summary.median;
		/* One of several seeds failed: the rest is not the point. */
		n += !dataset_find_failed(c, cell->file, cell->point, cell->variant);
	}
	if (!taken && fit_line(&line.fit, points, n)) {
		line.per = one_of(unit ? unit : axis);
		line.workload = scaling_label_without(c->point[of->point].label, axis);
		line.variant = scaling_label_without(of->label, axis);
		g->v = xrealloc(g->v, (g->n + 1) * sizeof(*g->v));
		g->v[g->n++] = line;
	}
	free(points);
}

static void add_axis(struct scaling *g, const struct dataset *c, const char *axis,
		     const char *metric, bool least)
{
	struct spot *spots = find_spots(c, axis);
	struct strv variants = {0};

	/* In the order of the points, which is that of all tables. */
	for (size_t f = 0; f < 2; f++)
		dataset_variants(c, f, &variants);
	for (size_t p = 0; p < c->nr_points; p++)
		for (size_t v = 0; v < variants.n; v++)
			for (size_t i = 0; i < c->n; i++) {
				const struct cell *cell = &c->cell[i];

				if (cell->point == p && strcmp(cell->variant, variants.v[v]) == 0 &&
				    cell->metric && (!metric || same_metric(cell, metric)) &&
				    spots[i].line)
					add_line(g, c, i, axis, spots, least);
			}
	for (size_t i = 0; i < c->n; i++)
		free(spots[i].line);
	free(spots);
	strv_free(&variants);
}

void scaling_make(struct scaling *g, const struct dataset *c, const char *by, const char *metric,
		  bool least)
{
	const char *axis;
	json_t *unit;

	*g = (struct scaling){0};
	if (by)
		add_axis(g, c, by, metric, least);
	else
		json_object_foreach (c->axes, axis, unit)
			add_axis(g, c, axis, metric, least);
}

void scaling_free(struct scaling *g)
{
	for (size_t i = 0; i < g->n; i++) {
		free(g->v[i].per);
		free(g->v[i].workload);
		free(g->v[i].variant);
	}
	free(g->v);
	*g = (struct scaling){0};
}
