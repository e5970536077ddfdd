/* SPDX-License-Identifier: MIT */
/*
 * What samples say, by their order alone. No means: one odd sample must not move the
 * summary, for instruction counts the median of equal samples is exact, and times on a busy
 * machine have tails that no bell curve has. So nothing here supposes a shape of distribution:
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
 * What all of them do suppose: samples drawn independently. Samples of one boot share its memory
 * layout and its moment; so of several boots it is their medians that should be given.
 *
 * Every function is pure. Values are finite, in any unit, results in the same; arrays called sorted
 * ascend. A confidence is a share: 0.95.
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

/* Sorts the values in place. An even number's median is the middle two's midpoint. */
struct summary summarize(double *values, size_t n);

/* The same of values that are sorted already. */
struct summary summary_of_sorted(const double *sorted, size_t n);

/*
 * What holds the true value at least as often as asked for. Ranks are whole, so coverage, how
 * often it really does, is usually more than that. Too few samples have no such interval, however
 * wide: exists is false then, and the rest NaN.
 */
struct interval {
	double low, high, coverage;
	bool exists;
};

/* Of the median. Symmetric in ranks, not in values. */
struct interval median_interval(const double *sorted, size_t n, double confidence);

/* The least n that has one: 6 for 0.95. */
size_t median_interval_needs(double confidence);

/* How far the population of b lies above that of a. estimate is NaN if n or m is 0. */
struct shift {
	double estimate;
	struct interval interval;
};

/*
 * Both sorted. Takes about (n + m) log(n m) steps, not n m. The interval's ranks are from the
 * exact distribution up to RANKS_EXACT, from the normal one beyond; ties make it wider, not wrong.
 */
struct shift hodges_lehmann(const double *a, size_t n, const double *b, size_t m,
			    double confidence);

/* Samples of both sides, multiplied, up to which the distribution of ranks is counted out. */
#define RANKS_EXACT 2500
/* With ties each row has a distribution of its own, and that is dearer: samples, added. */
#define RANKS_EXACT_TIES 32

struct rank_test {
	double p;   /* two-sided: twice the smaller tail, at most 1; NaN if n or m is 0 */
	bool exact; /* counted out; else normal, corrected for ties and continuity */
};

/* Both sorted. */
struct rank_test mann_whitney(const double *a, size_t n, const double *b, size_t m);

/* The least p that so many samples can have: where all of one side lie above all of the other. */
double mann_whitney_least_p(size_t n, size_t m);

/* The least n of both sides with which p can be as small as alpha at all: 4 for 0.05. */
size_t mann_whitney_needs(double alpha);

/*
 * Replaces each p by the least level of the whole table at which it would be significant. NaN is no
 * test, and stays.
 */
void holm_adjust(double *p, size_t n);

/* Of positive values; NaN if there is none, or one that is not positive. */
double geometric_mean(const double *values, size_t n);

#endif
