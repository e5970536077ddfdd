// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "effects.h"
#include "lib/json.h"
#include "spec/catalog.h"

/* Arguments that most functions share. */
struct fitting {
	const struct effects *e;
	struct effects_of *of;
};

/* ---- observations ---- */

static bool level_of(const struct factor *f, const json_t *policy, unsigned char *level)
{
	const char *value = text_at(policy, f->name, NULL);
	const char *depth = text_at(policy, "depth", NULL);

	for (size_t i = 0; i < f->levels.n; i++) {
		AUTO_FREE char *plain = xasprintf("%s=%s", f->name, value);
		AUTO_FREE char *deep = xasprintf("%s,depth=%s", plain, depth);
		bool is = strcmp(f->specs.v[i], plain) == 0 || strcmp(f->specs.v[i], deep) == 0;

		if (is) {
			*level = (unsigned char)i;
			return true;
		}
	}
	return false;
}

static bool levels_of(const struct effects *e, const struct cell *cell, struct levels *l)
{
	const json_t *policy = cell->run[0]->policy;

	*l = (struct levels){{0}};
	for (size_t f = 0; f < e->nr_factors; f++)
		if (!level_of(&e->factor[f], policy, &l->of[f]))
			return false;
	return true;
}

static bool is_row(const struct effects_of *of, const struct levels *l)
{
	for (size_t i = 0; i < of->n; i++)
		if (memcmp(&of->row[i], l, sizeof(*l)) == 0)
			return true;
	return false;
}

/* If one of several seeds failed, the rest of the cell is not used. */
static bool has_failed_seed(const struct dataset *c, const struct cell *cell)
{
	return dataset_find_failed(c, cell->file, cell->point, cell->variant);
}

/* If two variants have the same policy, only the first counts. */
static bool gather(struct fitting *f, size_t point, const char *metric, char **error)
{
	const struct dataset *c = &f->e->data;
	struct effects_of *of = f->of;

	for (size_t i = 0; i < c->n && !*error; i++) {
		const struct cell *cell = &c->cell[i];
		struct levels l;

		if (cell->point != point || !cell->metric || strcmp(cell->metric, metric) != 0 ||
		    has_failed_seed(c, cell) || !levels_of(f->e, cell, &l) || is_row(of, &l))
			continue;
		if (!(cell->summary.median > 0))
			fail(error, "%s of %s is %g, which has no logarithm", metric, cell->label,
			     cell->summary.median);
		of->row = xrealloc(of->row, (of->n + 1) * sizeof(*of->row));
		of->cell = xrealloc(of->cell, (of->n + 1) * sizeof(*of->cell));
		of->y = xrealloc(of->y, (of->n + 1) * sizeof(*of->y));
		of->row[of->n] = l;
		of->cell[of->n] = cell;
		of->y[of->n++] = log(cell->summary.median);
		of->unit = cell->unit;
		of->exact = cell->exact;
	}
	return !*error;
}

/* ---- what can be together ---- */

static bool holds(const struct effects *e, const struct levels *l, const char *what)
{
	for (size_t f = 0; f < e->nr_factors; f++) {
		const char *spec = e->factor[f].specs.v[l->of[f]];
		size_t n = strcspn(spec, ",");

		if (strlen(what) == n && strncmp(spec, what, n) == 0)
			return true;
	}
	for (size_t i = 0; i < e->fixed_specs.n; i++)
		if (strcmp(e->fixed_specs.v[i], what) == 0)
			return true;
	return false;
}

static bool possible(void *arg, const struct levels *l)
{
	const struct effects *e = arg;
	json_t *pair;
	size_t i;

	json_array_foreach ((json_t *)e->exclusions, i, pair)
		if (holds(e, l, text_at(pair, "one", NULL)) &&
		    holds(e, l, text_at(pair, "other", NULL)))
			return false;
	return true;
}

/* ---- intervals ---- */

static const struct cell *same_in(const struct dataset *c, const struct point *point,
				  const struct cell *cell)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *other = &c->cell[i];
		const struct point *p = &c->point[other->point];

		if (other->file == cell->file && other->metric &&
		    strcmp(other->metric, cell->metric) == 0 &&
		    strcmp(other->variant, cell->variant) == 0 && p->vcpus == point->vcpus &&
		    strcmp(p->workload, point->workload) == 0 &&
		    json_equal(p->parameters, point->parameters))
			return other;
	}
	return NULL;
}

/* The logarithms of one seed's medians; false if the seed lacks a variant. */
static bool seed_values(const struct fitting *f, size_t seed, double *y)
{
	for (size_t i = 0; i < f->of->n; i++) {
		const struct cell *cell = same_in(&f->e->seed[seed], f->of->point, f->of->cell[i]);

		if (!cell || !(cell->summary.median > 0))
			return false;
		y[i] = log(cell->summary.median);
	}
	return true;
}

/*
 * Fits each seed alone. A memory layout that is expensive for one variant may be expensive for the
 * others too, and that is no uncertainty of their ratio.
 */
static bool by_seeds(struct fitting *f)
{
	struct effects_of *of = f->of;
	struct linear_model *d = &of->linear_model;
	AUTO_FREE double *y = xcalloc(of->n, sizeof(*y)), *sum = xcalloc(d->nr_terms, sizeof(*sum));
	AUTO_FREE double *squares = xcalloc(d->nr_terms, sizeof(*squares));
	AUTO_FREE double *mean = xcalloc(of->n, sizeof(*mean));
	double t;
	size_t n = 0;

	for (size_t s = 0; s < f->e->nr_seeds; s++) {
		if (!seed_values(f, s, y))
			continue;
		linear_model_fit(d, y);
		n++;
		for (size_t i = 0; i < of->n; i++)
			mean[i] += (y[i] - mean[i]) / (double)n;
		/* Welford's method avoids subtracting large numbers. */
		for (size_t k = 0; k < d->nr_terms; k++) {
			double off = d->term[k].value - sum[k];

			sum[k] += off / (double)n;
			squares[k] += off * (d->term[k].value - sum[k]);
		}
	}
	if (n > 1) {
		t = student_quantile(CONFIDENCE, n - 1);
		for (size_t k = 0; k < d->nr_terms; k++) {
			double failure = sqrt(squares[k] / (double)(n - 1) / (double)n);

			of->interval[k] = (struct interval){sum[k] - t * failure,
							    sum[k] + t * failure, CONFIDENCE, true};
		}
		of->source = INTERVAL_SEEDS;
		memcpy(of->y, mean, of->n * sizeof(*mean));
	}
	return n > 1;
}

static void by_error(struct effects_of *of, size_t k, double failure, double quantile)
{
	const struct term *t = &of->linear_model.term[k];

	of->interval[k] = (struct interval){t->value - quantile * failure,
					    t->value + quantile * failure, CONFIDENCE, true};
}

static void by_lack_of_fit(struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;
	double quantile = student_quantile(CONFIDENCE, d->freedom);

	of->source = INTERVAL_LACK;
	for (size_t k = 0; k < d->nr_terms; k++) {
		double squares = 0;

		for (size_t i = 0; i < d->n && d->term[k].basis; i++)
			squares += d->term[k].weight[i] * d->term[k].weight[i];
		if (d->term[k].basis)
			by_error(of, k, d->lack * sqrt(squares), quantile);
	}
}

/* The standard error of a median's logarithm, from its interval; NaN if it has none. */
static double median_error(const struct cell *cell)
{
	struct interval i = median_interval(cell->samples, cell->summary.n, CONFIDENCE);

	return i.exists && i.low > 0 ? (log(i.high) - log(i.low)) / 2 / 1.96 : NAN;
}

static void by_samples(struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;

	for (size_t k = 0; k < d->nr_terms; k++) {
		double squares = 0;

		for (size_t i = 0; i < d->n && d->term[k].basis; i++) {
			double part = d->term[k].weight[i] * median_error(of->cell[i]);

			squares += part * part;
		}
		if (d->term[k].basis && isfinite(squares)) {
			by_error(of, k, sqrt(squares), 1.96);
			of->source = INTERVAL_SAMPLES;
		}
	}
}

static void find_intervals(struct fitting *f)
{
	struct effects_of *of = f->of;
	bool seeds;

	of->interval = xcalloc(of->linear_model.nr_terms, sizeof(*of->interval));
	seeds = f->e->nr_seeds > 1 && by_seeds(f);
	linear_model_fit(&of->linear_model, of->y);
	if (seeds)
		return;
	if (of->linear_model.freedom)
		by_lack_of_fit(of);
	else if (!of->exact)
		by_samples(of);
}

bool effects_fit(struct effects_of *of, const struct effects *e, size_t point, const char *metric,
		 size_t order, char **error)
{
	struct fitting f = {e, of};
	size_t levels[FACTORS_MAX];

	*of = (struct effects_of){.point = &e->data.point[point], .metric = metric, .order = order};
	if (!gather(&f, point, metric, error))
		return false;
	if (of->n < 2)
		return fail(error, "%zu variants were measured: there is nothing to tell apart",
			    of->n);
	for (size_t i = 0; i < e->nr_factors; i++)
		levels[i] = e->factor[i].levels.n;
	if (!linear_model_make(&of->linear_model, e->nr_factors, levels, of->row, of->n, order,
			       possible, (void *)e))
		return fail(error, "more than %d terms: a lower --order has fewer", TERMS_MAX);
	find_intervals(&f);
	of->nr_more = linear_model_complete(&of->linear_model, possible, (void *)e, &of->more);
	return true;
}

void effects_of_free(struct effects_of *of)
{
	linear_model_free(&of->linear_model);
	free(of->row);
	free(of->cell);
	free(of->y);
	free(of->interval);
	free(of->more);
	*of = (struct effects_of){0};
}

/* ---- names ---- */

char *effects_term_alone(const struct effects *e, const struct effects_of *of, size_t term)
{
	const struct term *t = &of->linear_model.term[term];
	AUTO_STRV struct strv parts = {0};
	char *text;

	for (size_t f = 0; f < e->nr_factors; f++)
		if (t->at.of[f])
			strv_add(&parts, "%s", e->factor[f].levels.v[t->at.of[f]]);
	text = parts.n ? strv_join(&parts, " x ") : xstrdup("base");
	return text;
}

char *effects_term(const struct effects *e, const struct effects_of *of, size_t term)
{
	const struct linear_model *d = &of->linear_model;
	char *text = effects_term_alone(e, of, term);

	for (size_t k = 0; k < d->nr_terms; k++) {
		double share = d->term[k].basis ? 0 : d->term[k].share[term];
		AUTO_FREE char *alias = NULL, *times = NULL;

		if (share == 0)
			continue;
		alias = effects_term_alone(e, of, k);
		times = fabs(fabs(share) - 1) < 1e-6 ? xstrdup("")
						     : xasprintf("%.3g times ", fabs(share));
		replace_text(&text, "%s %c %s%s", text, share > 0 ? '+' : '-', times, alias);
	}
	return text;
}

/* ---- pairs ---- */

static bool differ_only_in(const struct effects *e, const struct levels *a, const struct levels *b,
			   size_t factor)
{
	for (size_t f = 0; f < e->nr_factors; f++)
		if (f != factor && a->of[f] != b->of[f])
			return false;
	return true;
}

static void count_pair(struct pair_group *g, double change)
{
	g->n++;
	g->mean += (change - g->mean) / (double)g->n;
	g->min = g->n == 1 ? change : fmin(g->min, change);
	g->max = g->n == 1 ? change : fmax(g->max, change);
}

static void count_pairs(const struct effects *e, const struct effects_of *of, struct pair_group *g)
{
	for (size_t i = 0; i < of->n; i++)
		for (size_t k = 0; k < of->n; k++)
			if (of->row[i].of[g->factor] == 0 && of->row[k].of[g->factor] == g->to &&
			    differ_only_in(e, &of->row[i], &of->row[k], g->factor) &&
			    (g->given == e->nr_factors || of->row[i].of[g->given] == g->level))
				count_pair(g, of->y[k] - of->y[i]);
}

size_t effects_pairs(const struct effects *e, const struct effects_of *of,
		     struct pair_group **groups)
{
	size_t n = 0;

	*groups = NULL;
	for (size_t f = 0; f < e->nr_factors; f++)
		for (size_t to = 1; to < e->factor[f].levels.n; to++)
			/* First any levels of the others, then each level of each. */
			for (size_t k = 0; k <= e->nr_factors; k++) {
				size_t given = k ? k - 1 : e->nr_factors;
				size_t levels = k ? e->factor[given].levels.n : 1;

				for (size_t l = 0; l < levels && given != f; l++) {
					struct pair_group g = {.factor = f,
							       .to = (unsigned char)to,
							       .given = given,
							       .level = (unsigned char)l};

					count_pairs(e, of, &g);
					if (!g.n)
						continue;
					g.mean = exp(g.mean);
					g.min = exp(g.min);
					g.max = exp(g.max);
					*groups = xrealloc(*groups, (n + 1) * sizeof(**groups));
					(*groups)[n++] = g;
				}
			}
	return n;
}
