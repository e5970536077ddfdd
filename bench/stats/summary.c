// SPDX-License-Identifier: MIT
/*
 * Summaries, the median's interval, Holm's correction. rank_tests.c has the functions about ranks.
 */
#include "summary.h"

#include <math.h>
#include <stdlib.h>

#include "lib/text.h"

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct summary summary_of_sorted(const double *sorted, size_t n)
{
	struct summary s = {n, NAN, NAN, NAN};

	if (!n)
		return s;
	s.min = sorted[0];
	s.max = sorted[n - 1];
	s.median = sorted[n / 2];
	/* The sum could be inexact; this is exact for all counts below 2^53. */
	if (n % 2 == 0)
		s.median = sorted[n / 2 - 1] + (sorted[n / 2] - sorted[n / 2 - 1]) / 2;
	return s;
}

void sort_values(double *values, size_t n)
{
	/* An empty array may be NULL. */
	if (n)
		qsort(values, n, sizeof(*values), ascending);
}

struct summary summarize(double *values, size_t n)
{
	sort_values(values, n);
	return summary_of_sorted(values, n);
}

struct interval median_interval(const double *sorted, size_t n, double confidence)
{
	/*
	 * The median lies between samples k and n + 1 - k if k to n - k samples are below it. From
	 * the middle outwards: few steps, and no number too small.
	 */
	size_t k = n / 2;
	double just_k = exp(lgamma((double)n + 1) - lgamma((double)k + 1) -
			    lgamma((double)(n - k) + 1) - (double)n * M_LN2);
	double covered = n % 2 ? 2 * just_k : just_k;

	while (k && covered < confidence) {
		just_k *= (double)k / (double)(n - k + 1);
		covered += 2 * just_k;
		k--;
	}
	if (!k)
		return (struct interval){NAN, NAN, NAN, false};
	return (struct interval){sorted[k - 1], sorted[n - k], fmin(covered, 1), true};
}

size_t median_interval_needs(double confidence)
{
	size_t n = 2;

	/* The widest interval is from minimum to maximum. */
	while (1 - exp2(1 - (double)n) < confidence && n < 1024)
		n++;
	return n;
}

static int by_value(const void *a, const void *b)
{
	return ascending(*(double *const *)a, *(double *const *)b);
}

void holm_adjust(double *p, size_t n)
{
	double **order = xcalloc(n, sizeof(*order)), largest = 0;
	size_t tests = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(p[i]))
			order[tests++] = &p[i];
	qsort(order, tests, sizeof(*order), by_value);
	/* The minimum is compared with alpha / tests, the next with alpha / (tests - 1), ... */
	for (size_t i = 0; i < tests; i++) {
		largest = fmax(largest, fmin(1, *order[i] * (double)(tests - i)));
		*order[i] = largest;
	}
	free(order);
}

double geometric_mean(const double *values, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (!(values[i] > 0))
			return NAN;
		sum += log(values[i]);
	}
	return n ? exp(sum / (double)n) : NAN;
}
