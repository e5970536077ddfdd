// SPDX-License-Identifier: MIT
#include "change_points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "summary.h"

static void add(struct changes *to, struct change c)
{
	to->change = xrealloc(to->change, (to->n + 1) * sizeof(*to->change));
	to->change[to->n++] = c;
}

void changes_free(struct changes *c)
{
	free(c->change);
	*c = (struct changes){0};
}

/* A change by at least a share of the value before; a change from zero is above any floor. */
static bool is_above(double before, double after, double floor)
{
	return fabs(after - before) >= floor * (1 - 1e-12) * fabs(before);
}

struct changes find_exact_changes(const double *value, const char *const *samples, size_t n,
				  double floor)
{
	struct changes found = {0};
	size_t last = n;

	for (size_t i = 0; i < n; i++) {
		if (isnan(value[i]))
			continue;
		if (last < n && strcmp(samples[last], samples[i]) != 0 &&
		    is_above(value[last], value[i], floor))
			add(&found, (struct change){last, i, value[last], value[i], NAN});
		last = i;
	}
	return found;
}

/* ---- with noise ---- */

struct search {
	const double *v; /* the measured values */
	struct change_rules rules;
	size_t *cuts; /* indices of first points after a change */
	size_t n;
};

/* Sorted copies of two neighbouring stretches. */
struct sides {
	double *a, *b;
	size_t n, m;
};

static double *sorted(const double *v, size_t n)
{
	double *copy = xcalloc(n, sizeof(*copy));

	memcpy(copy, v, n * sizeof(*copy));
	sort_values(copy, n);
	return copy;
}

static struct sides sides_of(const double *v, size_t from, size_t cut, size_t to)
{
	return (struct sides){sorted(v + from, cut - from), sorted(v + cut, to - cut), cut - from,
			      to - cut};
}

static void sides_free(struct sides *s)
{
	free(s->a);
	free(s->b);
}

/* The number of cuts in a stretch that leave a segment on both sides. */
static size_t cuts_of(const struct search *s, size_t length)
{
	return length < 2 * s->rules.segment ? 0 : length - 2 * s->rules.segment + 1;
}

/*
 * Whether a cut is unlikely by chance, among all cuts that are possible, and large enough to
 * matter.
 */
static bool holds(const struct search *s, size_t from, size_t cut, size_t to, double *p)
{
	struct sides side = sides_of(s->v, from, cut, to);
	double before = summary_of_sorted(side.a, side.n).median;
	double after = summary_of_sorted(side.b, side.m).median;

	*p = fmin(1,
		  mann_whitney(side.a, side.n, side.b, side.m).p * (double)cuts_of(s, to - from));
	sides_free(&side);
	return *p < s->rules.alpha && before != after && is_above(before, after, s->rules.floor);
}

/* How many of the sorted values are below v, or up to it. */
static size_t count_below(const double *sorted, size_t n, double v, bool or_equal)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sorted[mid] < v || (or_equal && sorted[mid] == v))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Twice the rank of each value among n, with ties in the middle, minus its mean. */
static double *centred_ranks(const double *v, size_t n)
{
	double *rank = xcalloc(n, sizeof(*rank)), *order = sorted(v, n);

	for (size_t i = 0; i < n; i++)
		rank[i] = (double)(count_below(order, n, v[i], false) +
				   count_below(order, n, v[i], true)) -
			  (double)n;
	free(order);
	return rank;
}

/*
 * The cut where the ranks before and behind differ most; the first of equals. The rank sum of k of
 * n values has a variance proportional to k (n - k), with ties or without, so the variance itself
 * is not needed to find the maximum.
 */
static size_t best_cut(const struct search *s, size_t from, size_t to)
{
	size_t n = to - from, best = from + s->rules.segment;
	double *rank = centred_ranks(s->v + from, n), sum = 0, most = -1;

	for (size_t k = 1; k + s->rules.segment <= n; k++) {
		double far;

		sum += rank[k - 1];
		if (k < s->rules.segment)
			continue;
		far = sum * sum / ((double)k * (double)(n - k));
		/* Rounding must not choose between equals. */
		if (far > most * (1 + 1e-12)) {
			most = far;
			best = from + k;
		}
	}
	free(rank);
	return best;
}

/*
 * Ranks cannot place a point that is the last of one stretch and lies just above all of it. It goes
 * to the side with the nearer median. Cuts within a segment's length are tried.
 */
static size_t settle(const struct search *s, size_t from, size_t cut, size_t to)
{
	struct sides side = sides_of(s->v, from, cut, to);
	double before = summary_of_sorted(side.a, side.n).median;
	double after = summary_of_sorted(side.b, side.m).median;
	size_t segment = s->rules.segment, best = cut;
	size_t low = cut - from < 2 * segment ? from + segment : cut - segment;
	size_t high = to - cut < 2 * segment ? to - segment : cut + segment;
	double cost = 0, lowest = INFINITY;

	/*
	 * cost: how much more it costs to count the points from low to k to the left side than to
	 * the right.
	 */
	for (size_t k = low; k <= high; k++) {
		if (cost < lowest) {
			lowest = cost;
			best = k;
		}
		if (k < high)
			cost += fabs(s->v[k] - before) - fabs(s->v[k] - after);
	}
	sides_free(&side);
	return best;
}

/*
 * Searches as if the history grew: the first change behind `from` is looked for in the first few
 * points, then in some more, up to all n. This also finds a change that was undone later, which a
 * look at all points would miss because both ends are alike. false: there is none.
 */
static bool first_cut(const struct search *s, size_t from, size_t n, size_t *cut)
{
	size_t length = 2 * s->rules.segment;
	double p;

	for (; from + 2 * s->rules.segment <= n; length += 1 + length / 16) {
		size_t to = from + length < n ? from + length : n;

		*cut = best_cut(s, from, to);
		if (holds(s, from, *cut, to, &p))
			return true;
		if (to == n)
			break;
	}
	return false;
}

static size_t start_of(const struct search *s, size_t i)
{
	return i ? s->cuts[i - 1] : 0;
}

static size_t end_of(const struct search *s, size_t i, size_t n)
{
	return i + 1 < s->n ? s->cuts[i + 1] : n;
}

static bool holds_between(const struct search *s, size_t i, size_t n, double *p)
{
	size_t from = start_of(s, i), to = end_of(s, i, n);

	return holds(s, from, s->cuts[i], to, p);
}

/* Removes the weakest cut that does not hold between its neighbours. false: all hold. */
static bool drop_weakest(struct search *s, size_t n)
{
	size_t weakest = s->n;
	double most = -1, p;

	for (size_t i = 0; i < s->n; i++)
		if (!holds_between(s, i, n, &p) && p > most) {
			most = p;
			weakest = i;
		}
	if (weakest == s->n)
		return false;
	s->n--;
	memmove(s->cuts + weakest, s->cuts + weakest + 1, (s->n - weakest) * sizeof(*s->cuts));
	return true;
}

struct changes find_shifts(const double *value, size_t n, struct change_rules rules)
{
	size_t *place = xcalloc(n + 1, sizeof(*place)), there = 0;
	double *v = xcalloc(n + 1, sizeof(*v)), p;
	struct search s = {.v = v, .rules = rules};
	struct changes found = {0};

	for (size_t i = 0; i < n; i++)
		if (!isnan(value[i])) {
			place[there] = i;
			v[there++] = value[i];
		}
	for (size_t cut = 0; first_cut(&s, cut, there, &cut);) {
		s.cuts = xrealloc(s.cuts, (s.n + 1) * sizeof(*s.cuts));
		s.cuts[s.n++] = cut;
	}
	/* With all points known, the cuts can be placed better than when they were found. */
	for (size_t i = 0; i < s.n; i++)
		s.cuts[i] = best_cut(&s, start_of(&s, i), end_of(&s, i, there));
	for (size_t i = 0; i < s.n; i++)
		s.cuts[i] = settle(&s, start_of(&s, i), s.cuts[i], end_of(&s, i, there));
	while (drop_weakest(&s, there))
		;
	for (size_t i = 0; i < s.n; i++) {
		size_t cut = s.cuts[i];
		struct sides side = sides_of(v, start_of(&s, i), cut, end_of(&s, i, there));

		holds_between(&s, i, there, &p);
		add(&found, (struct change){place[cut - 1], place[cut],
					    summary_of_sorted(side.a, side.n).median,
					    summary_of_sorted(side.b, side.m).median, p});
		sides_free(&side);
	}
	free(s.cuts);
	free(place);
	free(v);
	return found;
}
