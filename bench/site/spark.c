// SPDX-License-Identifier: MIT
#include "spark.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

#define WIDTH  180.0
#define HEIGHT 26.0
#define MARGIN 3.0

struct scale {
	double low, high;
	size_t n;
};

static double x_of(const struct scale *s, double place)
{
	return s->n < 2 ? WIDTH / 2 : MARGIN + place * (WIDTH - 2 * MARGIN) / (double)(s->n - 1);
}

/* What does not vary is a line in the middle. */
static double y_of(const struct scale *s, double v)
{
	if (isnan(v))
		return HEIGHT - MARGIN;
	if (s->high <= s->low)
		return HEIGHT / 2;
	return HEIGHT - MARGIN - (v - s->low) / (s->high - s->low) * (HEIGHT - 2 * MARGIN);
}

static void put_dot(struct html *h, const struct scale *s, size_t i, double v, const char *class,
		    double radius)
{
	html_open_class(h, "circle", class);
	html_attr(h, "cx", "%.1f", x_of(s, (double)i));
	html_attr(h, "cy", "%.1f", y_of(s, v));
	html_attr(h, "r", "%g", radius);
	html_text(h, "%s", "");
	html_close(h);
}

/* Points without a value interrupt the line. */
static void put_lines(struct html *h, const struct scale *s, const struct track *t)
{
	struct strv points = {0};
	char *all;

	for (size_t i = 0; i <= t->n; i++) {
		if (i < t->n && !isnan(t->point[i].median)) {
			strv_add(&points, "%.1f,%.1f", x_of(s, (double)i),
				 y_of(s, t->point[i].median));
			continue;
		}
		if (points.n > 1) {
			all = strv_join(&points, " ");
			html_open_class(h, "polyline", "line");
			html_attr(h, "points", "%s", all);
			html_text(h, "%s", "");
			html_close(h);
			free(all);
		}
		strv_free(&points);
	}
}

/* Between the last point before it and the first one after. */
static void put_notes(struct html *h, const struct scale *s, const struct track *t,
		      const json_t *notes)
{
	json_t *note;
	size_t k;

	json_array_foreach (notes, k, note) {
		const char *date = text_at(note, "date", NULL);
		size_t after = 0;

		while (after < t->n && strcmp(t->point[after].run->created, date) < 0)
			after++;
		if (!after || after == t->n)
			continue;
		html_open_class(h, "line", "note");
		html_attr(h, "x1", "%.1f", x_of(s, (double)after - 0.5));
		html_attr(h, "x2", "%.1f", x_of(s, (double)after - 0.5));
		html_attr(h, "y1", "0");
		html_attr(h, "y2", "%g", HEIGHT);
		html_leaf(h, "title", NULL, "%s: %s", date, text_at(note, "text", NULL));
		html_close(h);
	}
}

void put_spark(struct html *h, const struct track *t, const json_t *notes)
{
	struct scale s = {INFINITY, -INFINITY, t->n};

	for (size_t i = 0; i < t->n; i++) {
		s.low = fmin(s.low, t->point[i].median);
		s.high = fmax(s.high, t->point[i].median);
	}
	html_open_class(h, "svg", "spark");
	html_attr(h, "width", "%g", WIDTH);
	html_attr(h, "height", "%g", HEIGHT);
	html_attr(h, "viewBox", "0 0 %g %g", WIDTH, HEIGHT);
	html_attr(h, "role", "img");
	html_attr(h, "aria-label", "%zu points, %zu changes", t->n, t->changes.n);
	put_notes(h, &s, t, notes);
	put_lines(h, &s, t);
	for (size_t i = 0; i < t->n; i++)
		if (isnan(t->point[i].median))
			put_dot(h, &s, i, NAN, "gone", 2);
	for (size_t i = 0; i < t->changes.n; i++)
		put_dot(h, &s, t->changes.change[i].first,
			t->point[t->changes.change[i].first].median, "change", 2.5);
	if (t->n)
		put_dot(h, &s, t->n - 1, t->point[t->n - 1].median, "dot", 1.75);
	html_close(h);
}
