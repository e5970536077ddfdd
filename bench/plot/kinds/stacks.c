// SPDX-License-Identifier: MIT
#include "stacks.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *value_at(const struct stacks *s, const struct plot *p, size_t point, size_t series,
			size_t part)
{
	return &s->value[(point * p->nr_series + series) * s->parts.n + part];
}

/* The sum of a part over all that is drawn. */
static double weight(const struct plot *p, stacks_part part_of, const char *part)
{
	double sum = 0;

	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++) {
			const char *missing = NULL;
			double v = part_of(p, point, series, part, &missing);

			sum += missing || isnan(v) ? 0 : v;
		}
	return sum;
}

/* In order of weight if `sorted`; those without any are left out. */
static void choose_parts(struct strv *to, const struct plot *p, const struct strv *parts,
			 stacks_part part_of, bool sorted)
{
	AUTO_FREE double *weights = xcalloc(parts->n + 1, sizeof(*weights));
	size_t left = 0;

	for (size_t i = 0; i < parts->n; i++) {
		weights[i] = weight(p, part_of, parts->v[i]);
		left += weights[i] > 0;
	}
	while (left--) {
		size_t next = 0;

		for (size_t i = 0; i < parts->n; i++)
			if (!(weights[next] > 0) || (sorted && weights[i] > weights[next]))
				next = i;
		strv_add(to, "%s", parts->v[next]);
		weights[next] = 0;
	}
}

bool stacks_begin(struct plot *p, const struct strv *parts, stacks_part part_of, bool sorted)
{
	struct stacks *s = xcalloc(1, sizeof(*s));
	AUTO_STRV struct strv chosen = {0};
	size_t shown;

	choose_parts(&chosen, p, parts, part_of, sorted);
	shown = chosen.n > STACK_PARTS_MAX + 1 ? STACK_PARTS_MAX : chosen.n;
	for (size_t i = 0; i < shown; i++)
		strv_add(&s->parts, "%s", chosen.v[i]);
	if (shown < chosen.n)
		strv_add(&s->parts, "other");
	s->value = xcalloc(p->nr_points * p->nr_series * s->parts.n + 1, sizeof(*s->value));
	s->missing = xcalloc(p->nr_points * p->nr_series + 1, sizeof(*s->missing));
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++)
			for (size_t i = 0; i < chosen.n; i++)
				*value_at(s, p, point, series, i < shown ? i : shown) +=
					part_of(p, point, series, chosen.v[i],
						&s->missing[point * p->nr_series + series]);
	p->own = s;
	return s->parts.n > 0;
}

static void put_stack(FILE *f, const struct plot *p, size_t point, size_t series)
{
	const struct stacks *s = p->own;
	const char *missing = s->missing[point * p->nr_series + series];
	double whole = 0, from = 0;

	for (size_t i = 0; i < s->parts.n && !missing; i++)
		whole += *value_at(s, p, point, series, i);
	for (size_t i = 0; i < s->parts.n && !missing; i++) {
		double to = from + *value_at(s, p, point, series, i);

		plot_row(f, p, point, series);
		fprintf(f, "\t%zu", i + 1);
		plot_value(f, from);
		plot_value(f, to);
		plot_value(f, whole);
		fprintf(f, "\t%s\t\n", s->parts.v[i]);
		from = to;
	}
	if (missing) {
		plot_row(f, p, point, series);
		fprintf(f, "\t0\tNaN\tNaN\tNaN\t\tmissing: %s\n", missing);
	}
}

void stacks_put(FILE *f, const struct plot *p)
{
	fputs("#\t#\tpanel\tvariant\t#\tfrom\tto\twhole\tpart\tlabel\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++)
			put_stack(f, p, point, series);
}

/* A letter for each part, of its name if one is free. */
static void add_marks(struct picture *to, const struct strv *parts)
{
	AUTO_STRV struct strv marks = {0};
	char taken[64] = "";

	for (size_t i = 0; i < parts->n; i++) {
		const char *c = parts->v[i];
		char mark[2] = {0}, any = 'A';

		while (*c && (!isalpha((unsigned char)*c) || strchr(taken, *c)))
			c++;
		while (strchr(taken, any))
			any++;
		*mark = *c ? *c : any;
		strncat(taken, mark, sizeof(taken) - strlen(taken) - 1);
		strv_add(&marks, "%s", mark);
	}
	picture_list(to, "mark", &marks);
}

void stacks_words(const struct plot *p, struct picture *to)
{
	const struct stacks *s = p->own;
	AUTO_STRV struct strv rows = {0};

	for (size_t i = 0; i < p->nr_series; i++)
		strv_add(&rows, "%s", p->series[i].name);
	plot_list(to, "row", &rows);
	plot_list_series(to, &s->parts, NULL);
	add_marks(to, &s->parts);
}

void stacks_end(struct plot *p)
{
	struct stacks *s = p->own;

	if (!s)
		return;
	strv_free(&s->parts);
	free(s->value);
	free(s->missing);
}
