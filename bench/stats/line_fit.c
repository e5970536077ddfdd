// SPDX-License-Identifier: MIT
#include "line_fit.h"

#include <math.h>
#include <stdlib.h>

/* Below this change in percent, a cost does not depend on the axis. */
#define FLAT 1.0
/*
 * The points form a line if the slopes of both halves agree to this factor, or differ by less than
 * noise.
 */
#define BEND	   1.25
#define BEND_NOISE 0.03
/* Scattered points form no line either: the minimum R2, and the maximum residual in percent. */
#define R2_MIN	0.98
#define SCATTER 5.0

static int by_x(const void *a, const void *b)
{
	const struct fit_point *p = a, *q = b;

	return (p->x > q->x) - (p->x < q->x);
}

static void find_worst(struct fit *f, const struct fit_point *p)
{
	f->worst = f->worst_at = NAN;
	for (size_t i = 0; i < f->n; i++) {
		double off = 100 * fabs(p[i].y - f->intercept - f->slope * p[i].x) / fabs(p[i].y);

		if (p[i].y != 0 && !(off <= f->worst)) {
			f->worst = off;
			f->worst_at = p[i].x;
		}
	}
}

/*
 * Each half is measured by its chord, because a fit of a short half would be mostly noise. The
 * halves disagree if one is much steeper, and by more than a few percent of the values where the
 * lower one ends.
 */
static bool bends(struct fit *f, const struct fit_point *p)
{
	const struct fit_point *m = &p[f->n / 2], *last = &p[f->n - 1];
	double steep, shallow, differ;

	f->middle = f->lower = f->upper = NAN;
	/* Several points may share an x. */
	if (m->x <= p->x || m->x >= last->x)
		return false;
	f->middle = m->x;
	f->lower = (m->y - p->y) / (m->x - p->x);
	f->upper = (last->y - m->y) / (last->x - m->x);
	steep = fmax(fabs(f->lower), fabs(f->upper));
	shallow = fmin(fabs(f->lower), fabs(f->upper));
	differ = fabs(f->lower - f->upper) * (m->x - p->x);
	return (f->lower * f->upper <= 0 || steep > BEND * shallow) &&
	       differ > BEND_NOISE * fmax(fabs(p->y), fabs(m->y));
}

bool fit_line(struct fit *f, struct fit_point *p, size_t n)
{
	double mx = 0, my = 0, sxx = 0, sxy = 0, syy = 0, rss = 0, minimum, maximum;

	*f = (struct fit){.n = n};
	qsort(p, n, sizeof(*p), by_x);
	if (n < 2 || p[0].x == p[n - 1].x)
		return false;
	f->from = p[0].x;
	f->to = p[n - 1].x;
	minimum = maximum = p[0].y;
	for (size_t i = 0; i < n; i++) {
		mx += p[i].x / (double)n;
		my += p[i].y / (double)n;
		minimum = fmin(minimum, p[i].y);
		maximum = fmax(maximum, p[i].y);
	}
	/* Around the means, so that no precision is lost where both are large. */
	for (size_t i = 0; i < n; i++) {
		sxx += (p[i].x - mx) * (p[i].x - mx);
		sxy += (p[i].x - mx) * (p[i].y - my);
		syy += (p[i].y - my) * (p[i].y - my);
	}
	f->slope = sxy / sxx;
	f->intercept = my - f->slope * mx;
	for (size_t i = 0; i < n; i++) {
		double r = p[i].y - my - f->slope * (p[i].x - mx);

		rss += r * r;
	}
	f->slope_error = n > 2 ? sqrt(rss / (double)(n - 2) / sxx) : NAN;
	f->r2 = syy > 0 ? 1 - rss / syy : 1;
	f->change = maximum != 0 ? 100 * (maximum - minimum) / fabs(maximum) : 0;
	f->flat = f->change < FLAT;
	find_worst(f, p);
	f->line = !bends(f, p) && (f->r2 >= R2_MIN || f->worst <= SCATTER);
	f->line = f->line || f->flat;
	return true;
}
