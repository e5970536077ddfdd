// SPDX-License-Identifier: MIT
/*
 * The test of Mann and Whitney, and the shift of Hodges and Lehmann, which belong together. U
 * counts the pairs with a[i] below b[j]; a tie is half a pair. If both samples come from one
 * population, each assignment of ranks is equally likely, so the distribution of U can be counted
 * without any assumption about the samples. The ends of the shift's interval are the shifts of b at
 * which U just becomes significant: they are two of the n m differences, at ranks that this
 * distribution gives.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "summary.h"

static double choose(size_t n, size_t k)
{
	double ways = 1;

	for (size_t i = 1; i <= k && !isinf(ways); i++)
		ways = ways * (double)(n - k + i) / (double)i;
	return ways;
}

/* The probability that a standard normal value is at least z. */
static double upper_tail(double z)
{
	return erfc(z * M_SQRT1_2) / 2;
}

/* The z with an upper tail of `tail`, below 1/2. */
static double normal_quantile(double tail)
{
	double low = 0, high = 40;

	for (int i = 0; i < 80; i++) {
		double middle = (low + high) / 2;

		*(upper_tail(middle) > tail ? &low : &high) = middle;
	}
	return high;
}

/*
 * The probabilities of U = 0, 1, ... n m / 2, without ties; the caller's. The number of ways to
 * have U = u is the coefficient of q^u in the product of (1 - q^(m+i)) / (1 - q^i) for i = 1..n:
 * each factor is one pass of subtractions and one of additions. Up to the middle, no number is
 * smaller than its operands, so rounding loses nothing.
 */
static double *chances_of_u(size_t n, size_t m)
{
	size_t small = n < m ? n : m, large = n < m ? m : n, end = n * m / 2;
	double *ways = xcalloc(end + 1, sizeof(*ways)), all = choose(n + m, small);

	ways[0] = 1;
	for (size_t i = 1; i <= small; i++) {
		for (size_t u = end; u >= large + i; u--)
			ways[u] -= ways[u - large - i];
		for (size_t u = i; u <= end; u++)
			ways[u] += ways[u - i];
	}
	for (size_t u = 0; u <= end; u++)
		ways[u] /= all;
	return ways;
}

/* P(U <= u), u at most n m / 2. */
static double exact_tail(size_t n, size_t m, double u)
{
	double *chance = chances_of_u(n, m), sum = 0;

	for (size_t i = 0; i <= n * m / 2 && (double)i <= u; i++)
		sum += chance[i];
	free(chance);
	return sum;
}

/* ---- the test ---- */

/* Equal samples share a rank: the groups of equal samples in both arrays together, ascending. */
struct group {
	size_t in_a, in_b;
};

static struct group *groups_of(const double *a, size_t n, const double *b, size_t m, size_t *count)
{
	struct group *all = xcalloc(n + m, sizeof(*all)), *g = all;
	size_t i = 0, j = 0;

	for (; i < n || j < m; g++) {
		double next = j == m || (i < n && a[i] <= b[j]) ? a[i] : b[j];

		for (; i < n && a[i] == next; i++)
			g->in_a++;
		for (; j < m && b[j] == next; j++)
			g->in_b++;
	}
	*count = (size_t)(g - all);
	return all;
}

/*
 * The two-sided p of T, twice the sum of the ranks in a, which is a whole number. For each group:
 * the number of ways in which so many samples of a can have such a sum.
 */
static double exact_p_with_ties(const struct group *g, size_t count, size_t n, size_t m)
{
	size_t top = n * (n + 2 * m + 1), width = top + 1, before = 0, dealt = 0, told = 0;
	double *ways = xcalloc((n + 1) * width, sizeof(*ways)), low = 0, high = 0;

	ways[0] = 1;
	for (size_t k = 0; k < count; k++) {
		size_t size = g[k].in_a + g[k].in_b, twice = 2 * before + size + 1;

		/* From above, so that each group is dealt out once. */
		for (size_t had = n + 1; had-- > 0;) {
			for (size_t get = size < n - had ? size : n - had; get > 0; get--) {
				const double *from = ways + had * width;
				double *to = ways + (had + get) * width, times = choose(size, get);

				for (size_t t = 0; t + get * twice <= top; t++)
					to[t + get * twice] += times * from[t];
			}
		}
		told += g[k].in_a * twice;
		before += size;
		dealt += g[k].in_a;
	}
	for (size_t t = 0; t <= top; t++) {
		low += t <= told ? ways[dealt * width + t] : 0;
		high += t >= told ? ways[dealt * width + t] : 0;
	}
	free(ways);
	return fmin(1, 2 * fmin(low, high) / choose(n + m, n));
}

struct rank_test mann_whitney(const double *a, size_t n, const double *b, size_t m)
{
	double pairs = (double)n * (double)m, all = (double)n + (double)m, u = 0, ties = 0, sd, z;
	struct rank_test result = {NAN, false};
	struct group *g;
	size_t count, above = m;

	if (!n || !m)
		return result;
	g = groups_of(a, n, b, m, &count);
	for (size_t k = 0; k < count; k++) {
		double size = (double)(g[k].in_a + g[k].in_b);

		above -= g[k].in_b;
		u += (double)g[k].in_a * ((double)above + (double)g[k].in_b / 2);
		ties += size * size * size - size;
	}
	if (ties == 0 && pairs <= RANKS_EXACT) {
		result.p = fmin(1, 2 * exact_tail(n, m, fmin(u, pairs - u)));
		result.exact = true;
	} else if (n + m <= RANKS_EXACT_TIES) {
		result.p = exact_p_with_ties(g, count, n, m);
		result.exact = true;
	} else {
		sd = sqrt(pairs / 12 * (all + 1 - ties / (all * (all - 1))));
		z = (fabs(u - pairs / 2) - 0.5) / sd;
		/* If all samples are equal, they cannot differ. */
		result.p = sd > 0 ? fmin(1, 2 * upper_tail(z)) : 1;
	}
	free(g);
	return result;
}

double mann_whitney_min_p(size_t n, size_t m)
{
	return fmin(1, 2 / choose(n + m, n < m ? n : m));
}

size_t mann_whitney_needs(double alpha)
{
	size_t n = 1;

	while (mann_whitney_min_p(n, n) > alpha && n < 512)
		n++;
	return n;
}

/* ---- the shift ---- */

/* Up to this many differences are stored and searched. */
#define FEW 512

/*
 * All n m differences b[j] - a[i], as a matrix that is never stored: values ascend with j in a row
 * and descend with i in a column, rounding included.
 */
struct differences {
	const double *a, *b;
	size_t n, m;
	size_t *low, *high;    /* by row: candidates are [low, high) */
	size_t *below, *up_to; /* by row: how many are below the pivot, and up to it */
	double few[FEW];
};

/* One walk through each side: a larger a[i] has no fewer b[j] below the pivot. */
static size_t count_below(const struct differences *d, double pivot)
{
	size_t j = 0, sum = 0;

	for (size_t i = 0; i < d->n; i++) {
		while (j < d->m && d->b[j] - d->a[i] < pivot)
			j++;
		d->below[i] = j;
		sum += j;
	}
	return sum;
}

/* Continues from the result of count_below(). */
static size_t count_up_to(const struct differences *d, double pivot)
{
	size_t j = 0, sum = 0;

	for (size_t i = 0; i < d->n; i++) {
		j = j > d->below[i] ? j : d->below[i];
		while (j < d->m && d->b[j] - d->a[i] == pivot)
			j++;
		d->up_to[i] = j;
		sum += j;
	}
	return sum;
}

/* A random one of the `left` candidates. */
static double pick(const struct differences *d, size_t left, uint64_t random)
{
	size_t i = 0, at;

	for (at = random % left; at >= d->high[i] - d->low[i]; i++)
		at -= d->high[i] - d->low[i];
	return d->b[d->low[i] + at] - d->a[i];
}

/* The value of rank k from 0; reorders the values (Hoare's FIND). */
static double select_value(double *v, size_t n, size_t k)
{
	double *low = v, *high = v + n - 1, *at = v + k;

	while (low < high) {
		double pivot = *at, *i = low, *j = high;

		do {
			while (*i < pivot)
				i++;
			while (*j > pivot)
				j--;
			if (i <= j) {
				double swap = *i;

				*i++ = *j;
				*j-- = swap;
			}
		} while (i <= j);
		if (j < at)
			low = i;
		if (at < i)
			high = j;
	}
	return *at;
}

/*
 * The difference of rank k from 0, by quickselect. The random pivots always start alike: the same
 * samples take the same steps.
 */
static double select_difference(struct differences *d, size_t k)
{
	uint64_t random = 0x9e3779b97f4a7c15;
	size_t left = d->n * d->m, before = 0, found = 0;

	for (size_t i = 0; i < d->n; i++) {
		d->low[i] = 0;
		d->high[i] = d->m;
	}
	while (left > FEW) {
		double pivot = pick(d, left, random >> 16);
		size_t *unused, below, up_to;

		random = random * 6364136223846793005 + 1442695040888963407;
		below = count_below(d, pivot);
		if (k < below) {
			left = below - before;
			unused = d->high;
			d->high = d->below;
			d->below = unused;
			continue;
		}
		up_to = count_up_to(d, pivot);
		if (k < up_to)
			return pivot;
		left -= up_to - before;
		before = up_to;
		unused = d->low;
		d->low = d->up_to;
		d->up_to = unused;
	}
	for (size_t i = 0; i < d->n; i++)
		for (size_t j = d->low[i]; j < d->high[i]; j++)
			d->few[found++] = d->b[j] - d->a[i];
	return select_value(d->few, found, k - before);
}

/* The maximum difference below a value; there is one. */
static double next_below(struct differences *d, double value)
{
	double next = -INFINITY;

	count_below(d, value);
	for (size_t i = 0; i < d->n; i++)
		if (d->below[i])
			next = fmax(next, d->b[d->below[i] - 1] - d->a[i]);
	return next;
}

/*
 * The rank, from 1, of the interval's lower end among all differences; the upper end has the same
 * rank from above. 0 if there are too few samples. Returns the coverage of the interval.
 */
static double ranks_of_interval(size_t n, size_t m, double confidence, size_t *rank)
{
	double pairs = (double)n * (double)m, tail = (1 - confidence) / 2, sum = 0;

	*rank = 0;
	if (pairs <= RANKS_EXACT) {
		double *chance = chances_of_u(n, m);

		while (*rank <= n * m / 2 && sum + chance[*rank] <= tail)
			sum += chance[(*rank)++];
		free(chance);
	} else {
		double sd = sqrt(pairs * ((double)n + (double)m + 1) / 12);
		double at = floor(pairs / 2 + 0.5 - sd * normal_quantile(tail));

		*rank = at > 0 ? (size_t)at : 0;
		sum = upper_tail((pairs / 2 + 0.5 - at) / sd);
	}
	return 1 - 2 * sum;
}

struct shift hodges_lehmann(const double *a, size_t n, const double *b, size_t m, double confidence)
{
	struct shift s = {NAN, {NAN, NAN, NAN, false}};
	size_t *rows, rank, pairs = n * m;
	struct differences d = {.a = a, .b = b, .n = n, .m = m};
	double coverage, other;

	if (!pairs)
		return s;
	rows = xcalloc(4 * n, sizeof(*rows));
	d.low = rows;
	d.high = rows + n;
	d.below = rows + 2 * n;
	d.up_to = rows + 3 * n;
	s.estimate = select_difference(&d, pairs / 2);
	if (pairs % 2 == 0 && count_below(&d, s.estimate) == pairs / 2) {
		other = next_below(&d, s.estimate);
		s.estimate = other + (s.estimate - other) / 2;
	}
	coverage = ranks_of_interval(n, m, confidence, &rank);
	if (rank)
		s.interval = (struct interval){select_difference(&d, rank - 1),
					       select_difference(&d, pairs - rank), coverage, true};
	free(rows);
	return s;
}
