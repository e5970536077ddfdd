// SPDX-License-Identifier: MIT
/*
 * What each axis of a policy does, alone and together with others: the terms that `pvmmu effects`
 * fits (effects.h), each as a factor to the cost, with its interval where there is one. A point for
 * each workload that can be fitted.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "effects/effects.h"
#include "plot/kind.h"

/* Effects of one axis, and what two do beyond the product of both. */
#define ORDER 2

struct fitted {
	struct effects effects;
	struct effects_of *of;
	size_t n;
	struct strv rows; /* all terms of all points */
};

static bool wants(const struct plot *p, const struct point *point)
{
	return !p->ask->point || strcmp(point->label, p->ask->point) == 0;
}

static size_t row_of(const struct fitted *f, const char *name)
{
	size_t i = 0;

	while (i < f->rows.n && strcmp(f->rows.v[i], name) != 0)
		i++;
	return i;
}

static void fit_points(const struct plot *p, struct fitted *f, char **unfit)
{
	for (size_t i = 0; i < f->effects.data.nr_points; i++) {
		struct effects_of of;

		if (!wants(p, &f->effects.data.point[i]))
			continue;
		if (!effects_fit(&of, &f->effects, i, p->metric, ORDER, unfit)) {
			effects_of_free(&of);
			continue;
		}
		f->of = xrealloc(f->of, (f->n + 1) * sizeof(*f->of));
		f->of[f->n++] = of;
		for (size_t k = 1; k < of.linear_model.nr_terms; k++)
			if (of.linear_model.term[k].basis) {
				AUTO_FREE char *name = effects_term(&f->effects, &of, k);

				strv_add_distinct(&f->rows, name);
			}
	}
}

static bool begin(struct plot *p, char **error)
{
	struct fitted *f = xcalloc(1, sizeof(*f));
	AUTO_FREE char *unfit = NULL;

	p->own = f;
	if (!plot_lay_out(p, error) || !effects_make(&f->effects, p->sets, p->nr_sets,
						     p->ask->baseline, p->metric, NULL, error))
		return false;
	fit_points(p, f, &unfit);
	if (!f->n || !f->rows.n)
		fail(error, "no workload can be fitted%s%s", unfit ? ": " : "", unfit ? unfit : "");
	return !*error;
}

static void put_point(FILE *f, const struct fitted *all, size_t point)
{
	const struct effects_of *of = &all->of[point];

	for (size_t k = 1; k < of->linear_model.nr_terms; k++) {
		const struct term *term = &of->linear_model.term[k];
		const struct interval *i = &of->interval[k];
		AUTO_FREE char *name = NULL;

		if (!term->basis)
			continue;
		name = effects_term(&all->effects, of, k);
		fprintf(f, "%zu\t%zu\t", point + 1, row_of(all, name) + 1);
		plot_field(f, of->point->label);
		fputc('\t', f);
		plot_field(f, name);
		plot_value(f, exp(term->value));
		plot_value(f, i->exists ? exp(i->low) : NAN);
		plot_value(f, i->exists ? exp(i->high) : NAN);
		fputc('\n', f);
	}
}

static void put(FILE *f, const struct plot *p)
{
	const struct fitted *all = p->own;

	fputs("#\t#\tpanel\tterm\tfactor\tlow\thigh\n", f);
	for (size_t i = 0; i < all->n; i++)
		put_point(f, all, i);
}

static char *title(const struct plot *p)
{
	return xasprintf("What each axis does: %s, as factor", plot_any_cell(p)->unit);
}

static char *base_text(const struct effects *e)
{
	AUTO_STRV struct strv words = {0};

	for (size_t i = 0; i < e->nr_factors; i++)
		strv_add(&words, "%s", e->factor[i].levels.v[0]);
	for (size_t i = 0; i < e->fixed.n; i++)
		strv_add(&words, "%s", e->fixed.v[i]);
	return strv_join(&words, " ");
}

static char *scale(const struct plot *p)
{
	static const char *const from[] = {
		[INTERVAL_NONE] = "Exact, and as many terms as variants: there are no intervals",
		[INTERVAL_SEEDS] = "Lines: 95 % intervals from the spread between seeds",
		[INTERVAL_LACK] = "Lines: 95 % intervals from what the terms do not explain",
		[INTERVAL_SAMPLES] = "Lines: 95 % intervals from the samples of one boot each",
	};
	const struct fitted *f = p->own;
	char *base = base_text(&f->effects), *text;

	text = xasprintf(
		"To the left it costs less, to the right more; the axis is logarithmic, "
		"and no effect is 1. a x b: what both do beyond the product of each. Base: "
		"%s. %s.",
		base, from[f->of[0].source]);
	free(base);
	return text;
}

static void words(const struct plot *p, struct picture *to)
{
	const struct fitted *f = p->own;
	AUTO_STRV struct strv labels = {0};
	struct strv none = {0};

	for (size_t i = 0; i < f->n; i++)
		strv_add(&labels, "%s", f->of[i].point->label);
	plot_list_points(to, &labels);
	plot_list_series(to, &none, NULL);
	plot_list(to, "row", &f->rows);
}

static size_t points(const struct plot *p)
{
	return ((const struct fitted *)p->own)->n;
}

static void end(struct plot *p)
{
	struct fitted *f = p->own;

	for (size_t i = 0; i < f->n; i++)
		effects_of_free(&f->of[i]);
	free(f->of);
	effects_free(&f->effects);
	strv_free(&f->rows);
}

static const struct plot_kind effects = {
	.name = "effects",
	.summary = "what each axis of a policy does, alone and together",
	.script = "plots/effects.gp",
	.takes_metric = true,
	.takes_baseline = true,
	.columns = 2,
	.begin = begin,
	.put = put,
	.points = points,
	.title = title,
	.scale = scale,
	.what = plot_what_measured,
	.words = words,
	.end = end,
};

PLOT_KIND(effects);
