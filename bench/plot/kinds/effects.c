// SPDX-License-Identifier: MIT
/*
 * The effects of the axes of a policy: the terms that `pvmmu effects` fits (effects.h), each as a
 * factor of the cost, with its interval if there is one. A panel for each workload that can be
 * fitted.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "effects/effects.h"
#include "plot/kind.h"

/* Main effects and the interactions of two axes. */
#define ORDER 2

struct fitted {
	struct effects effects;
	struct effects_of *of;
	size_t n;
	struct strv rows; /* all terms of all points */
};

static void fit_points(const struct plot *p, struct fitted *f, char **unfit)
{
	for (size_t i = 0; i < f->effects.data.nr_points; i++) {
		struct effects_of of;

		if (p->ask->point && strcmp(f->effects.data.point[i].label, p->ask->point) != 0)
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
	struct fitted *f = p->own = xcalloc(1, sizeof(*f));
	AUTO_FREE char *unfit = NULL;

	if (!plot_lay_out(p, error) || !effects_make(&f->effects, p->sets, p->nr_sets,
						     p->ask->baseline, p->metric, NULL, error))
		return false;
	fit_points(p, f, &unfit);
	p->nr_panels = f->n;
	if (!f->n || !f->rows.n)
		fail(error, "no workload can be fitted%s%s", unfit ? ": " : "", unfit ? unfit : "");
	return !*error;
}

static void write_point(FILE *f, const struct fitted *all, size_t point)
{
	const struct effects_of *of = &all->of[point];

	for (size_t k = 1; k < of->linear_model.nr_terms; k++) {
		const struct term *term = &of->linear_model.term[k];
		struct interval i = of->interval[k];
		AUTO_FREE char *name = NULL;

		if (!term->basis)
			continue;
		name = effects_term(&all->effects, of, k);
		plot_named_row(f, point, strv_find(&all->rows, name), of->point->label, name);
		plot_value(f, exp(term->value));
		i.low = exp(i.low);
		i.high = exp(i.high);
		plot_interval(f, i);
		fputc('\n', f);
	}
}

static void write_table(FILE *f, const struct plot *p)
{
	const struct fitted *all = p->own;

	fputs("#\t#\tpanel\tterm\tfactor\tlow\thigh\n", f);
	for (size_t i = 0; i < all->n; i++)
		write_point(f, all, i);
}

static char *title(const struct plot *p)
{
	return xasprintf("Effect of each axis: %s, as a factor", plot_any_cell(p)->unit);
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

static char *axis_note(const struct plot *p)
{
	static const char *const from[] = {
		[INTERVAL_NONE] =
			"No intervals: values are exact, and there are as many terms as variants",
		[INTERVAL_SEEDS] = "Lines: 95 % intervals from the spread between seeds",
		[INTERVAL_LACK] = "Lines: 95 % intervals from what the terms do not explain",
		[INTERVAL_SAMPLES] = "Lines: 95 % intervals from the samples of one boot each",
	};
	const struct fitted *f = p->own;
	char *base = base_text(&f->effects), *text;

	text = xasprintf(
		"Left of 1: cheaper, right of 1: more expensive; the axis is logarithmic. "
		"a x b: the interaction of both, beyond the product of their effects. Base: "
		"%s. %s.",
		base, from[f->of[0].source]);
	free(base);
	return text;
}

static void set_variables(const struct plot *p, struct picture *to)
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
	.write_table = write_table,
	.title = title,
	.axis_note = axis_note,
	.variables = set_variables,
	.end = end,
};

PLOT_KIND(effects);
