// SPDX-License-Identifier: MIT
#include "difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct interval no_interval = {NAN, NAN, NAN, false};

static bool same_samples(const struct cell *a, const struct cell *b)
{
	if (a->summary.n != b->summary.n)
		return false;
	for (size_t i = 0; i < a->summary.n; i++)
		if (a->samples[i] != b->samples[i])
			return false;
	return true;
}

static bool same_image(const struct cell *a, const struct cell *b)
{
	return *a->run[0]->image && strcmp(a->run[0]->image, b->run[0]->image) == 0;
}

static void test(struct difference *c, const struct cell *a, const struct cell *b)
{
	size_t enough = mann_whitney_needs(ALPHA);
	const double *x = a->samples, *y = b->samples;
	struct rank_test test;
	struct shift shift;

	c->n = a->summary.n;
	c->m = b->summary.n;
	c->boots = a->by_median.n >= enough && b->by_median.n >= enough;
	if (c->boots) {
		x = a->medians;
		y = b->medians;
		c->n = a->by_median.n;
		c->m = b->by_median.n;
		c->base = a->by_median.median;
		c->new = b->by_median.median;
	}
	shift = hodges_lehmann(x, c->n, y, c->m, CONFIDENCE);
	test = mann_whitney(x, c->n, y, c->m);
	c->difference = shift.estimate;
	c->interval = shift.interval;
	c->of_base = median_interval(x, c->n, CONFIDENCE);
	c->of_new = median_interval(y, c->m, CONFIDENCE);
	c->p = test.p;
	c->p_exact = test.exact;
}

void difference_make(struct difference *c, const struct cell *base, const struct cell *new)
{
	const struct cell *any = base ? base : new;

	*c = (struct difference){.exact = any && any->exact,
				 .lower_is_better = any && any->lower,
				 .base = base ? base->summary.median : NAN,
				 .new = new ? new->summary.median : NAN,
				 .ratio = NAN,
				 .difference = NAN,
				 .interval = no_interval,
				 .of_base = no_interval,
				 .of_new = no_interval,
				 .p = NAN,
				 .noise_floor = NAN,
				 .adjusted = NAN,
				 .judgement = JUDGED_MISSING};
	if (!base || !new)
		return;
	c->exact = base->exact && new->exact;
	c->same_image = same_image(base, new);
	c->judgement = JUDGED_LEVEL;
	c->difference = c->new - c->base;
	if (!c->exact)
		test(c, base, new);
	else if (same_samples(base, new))
		c->judgement = JUDGED_EQUAL;
	if (c->base != 0)
		c->ratio = c->new / c->base;
}

double difference_change(const struct difference *c)
{
	return c->base != 0 ? c->difference / fabs(c->base) : NAN;
}

double difference_worsening(const struct difference *c)
{
	double change = difference_change(c);

	return c->lower_is_better ? change : -change;
}

static enum judgement judge(const struct difference *c, double floor)
{
	/* A change from 0 is larger than any share of 0. */
	double change = fabs(difference_change(c));
	bool worse = (c->difference > 0) == c->lower_is_better;

	if (c->judgement == JUDGED_EQUAL || isnan(c->difference))
		return c->judgement;
	if (c->exact && c->difference == 0)
		return JUDGED_LEVEL;
	if (!c->exact && !(c->adjusted < ALPHA && c->difference != 0))
		return c->needs ? JUDGED_TOO_FEW : JUDGED_NOISE;
	if (!c->exact && change <= c->noise_floor)
		return JUDGED_BELOW_FLOOR;
	/* A change of 15 % is not below a floor of 15 %, though 1.15 - 1 is below 0.15. */
	if (change < floor * (1 - 1e-12))
		return JUDGED_NEGLIGIBLE;
	return worse ? JUDGED_WORSE : JUDGED_BETTER;
}

void differences_judge(struct difference **all, size_t n, double floor)
{
	double *p = xcalloc(n, sizeof(*p));
	size_t tests = 0;

	for (size_t i = 0; i < n; i++) {
		p[i] = all[i]->p;
		tests += !isnan(p[i]);
	}
	holm_adjust(p, n);
	for (size_t i = 0; i < n; i++) {
		struct difference *c = all[i];

		c->adjusted = p[i];
		/* If no other row differs, Holm multiplies this minimum by the number of tests. */
		if (!isnan(c->p) && mann_whitney_min_p(c->n, c->m) * (double)tests > ALPHA)
			c->needs = mann_whitney_needs(ALPHA / (double)tests);
		c->judgement = judge(c, floor);
	}
	free(p);
}

const char *judgement_name(enum judgement j)
{
	static const char *const names[] = {"missing",	  "equal",   "level",
					    "noise",	  "too few", "below noise floor",
					    "negligible", "better",  "worse"};

	return names[j];
}
