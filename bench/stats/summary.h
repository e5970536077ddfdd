/* SPDX-License-Identifier: MIT */
/*
 * Statistics of samples, by their order alone. There are no means: one odd sample must not move the
 * summary, the median of equal instruction counts is exact, and times on a busy machine have long
 * tails. No distribution is assumed:
 *
 *	a median's interval	between two of the samples themselves: each sample is on either
 *				side of the true median with chance 1/2, so how many are is binomial
 *	a shift			how far b lies from a: the median of all differences b[j] - a[i]
 *				(Hodges and Lehmann 1963), with the interval that holds all shifts
 *				which the test below would not reject
 *	a test			how often ranks would fall so far apart if a and b were drawn from
 *				one population (Mann and Whitney 1947)
 *	Holm's correction	p-values of a table of many tests: by chance alone one in twenty of
 *				them is below 0.05 (Holm 1979)
 *
 * All methods assume independent samples. Samples of one boot share its memory layout and its time,
 * so for several boots give the medians of the boots.
 *
 * All functions are pure. Values are finite, in any unit; results have the same unit. Arrays called
 * sorted ascend. A confidence is a share: 0.95.
 */
#ifndef PVMMU_BENCH_STATS_SUMMARY_H
#define PVMMU_BENCH_STATS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#define CONFIDENCE 0.95
#define ALPHA	   (1 - CONFIDENCE)

struct summary {
	size_t n;
	double median, min, max; /* NaN if n is 0 */
};

/* Ascending, in place. */
void sort_values(double *values, size_t n);

/* Sorts the values in place. The median of an even number is the midpoint of the middle two. */
struct summary summarize(double *values, size_t n);

/* The same for values that are sorted already. */
struct summary summary_of_sorted(const double *sorted, size_t n);

/*
 * An interval that holds the true value at least as often as asked for. Ranks are whole numbers, so
 * the coverage is usually higher. If there are too few samples for any interval, exists is false
 * and the rest NaN.
 */
struct interval {
	double low, high, coverage;
	bool exists;
};

/* The median's interval. It is symmetric in ranks, not in values. */
struct interval median_interval(const double *sorted, size_t n, double confidence);

/* The minimum n that has an interval: 6 for 0.95. */
size_t median_interval_needs(double confidence);

/* The distance of the population of b above that of a. estimate is NaN if n or m is 0. */
struct shift {
	double estimate;
	struct interval interval;
};

/*
 * Both sorted. Takes about (n + m) log(n m) steps. The interval's ranks come from the exact
 * distribution up to RANKS_EXACT, from the normal one beyond; ties make it wider, not wrong.
 */
struct shift hodges_lehmann(const double *a, size_t n, const double *b, size_t m,
			    double confidence);

/* The maximum n * m for which the distribution of ranks is counted exactly. */
#define RANKS_EXACT 2500
/* The maximum n + m with ties, where each data set has its own distribution, which is expensive. */
#define RANKS_EXACT_TIES 32

struct rank_test {
	double p;   /* two-sided: twice the smaller tail, at most 1; NaN if n or m is 0 */
	bool exact; /* counted exactly; else normal, corrected for ties and continuity */
};

/* Both sorted. */
struct rank_test mann_whitney(const double *a, size_t n, const double *b, size_t m);

/* The minimum p for this many samples: all of one side lie above all of the other. */
double mann_whitney_min_p(size_t n, size_t m);

/* The minimum n of both sides with which p can reach alpha: 4 for 0.05. */
size_t mann_whitney_needs(double alpha);

/*
 * Replaces each p by the lowest level of the complete table at which it would be significant. NaN
 * means no test, and stays.
 */
void holm_adjust(double *p, size_t n);

/* The geometric mean of positive values; NaN if there is none, or one that is not positive. */
double geometric_mean(const double *values, size_t n);

#endif
