/* SPDX-License-Identifier: MIT */
/*
 * Points at which a series of measurements changed. There are two methods for two kinds of metric.
 *
 * Exact: the same identity must give the same samples, so two neighbours with different samples are
 * a change, however small. Nothing is estimated.
 *
 * With noise: each point is one value, the median of its samples (samples of one boot depend on
 * each other, medians of different boots do not). The series is cut where the ranks before and
 * behind differ most, by the standardized statistic of Mann and Whitney, if such a difference is
 * too rare to be chance. The p-value is that of the test for this cut times the number of possible
 * cuts (Bonferroni). The first change is looked for in a growing beginning of the series, the next
 * one behind it; at the end each must hold again between its neighbours. A. N. Pettitt, "A
 * Non-Parametric Approach to the Change-Point Problem", Applied Statistics 28 (1979), takes the
 * maximum rank statistic over all cuts. M. Fleming et al., "Hunter: Using Change Point Detection to
 * Hunt for Performance Regressions", ICPE 2023, use growing windows and a second test, with means.
 *
 * Repeated looks raise the chance of a false alarm; the correction, which takes neighbouring cuts
 * for independent, lowers it. In series of 10 to 300 points without any change, 0.5 to 1.5 % had a
 * false alarm (tests/unit/host_changes.c).
 *
 * Ranks assume no shape of noise. No step is random: the same points give the same changes. A
 * change is seen once there are CHANGE_SEGMENT points on each side of it, hardly before.
 */
#ifndef PVMMU_BENCH_STATS_CHANGE_POINTS_H
#define PVMMU_BENCH_STATS_CHANGE_POINTS_H

#include <stdbool.h>
#include <stddef.h>

/* With 5 and 5 points p can be as small as 0.008; with fewer, no change could be significant. */
#define CHANGE_SEGMENT 5
#define CHANGE_ALPHA   0.01

struct change {
	size_t last, first;   /* the last point before it, the first one after: indices of points */
	double before, after; /* medians of the stretches on both sides; exact: of the two points */
	double p;	      /* NaN: exact */
};

struct changes {
	struct change *change; /* in order */
	size_t n;
};

struct change_rules {
	size_t segment; /* minimum number of points between two changes; at least 1 */
	double alpha;
	double floor; /* changes by a smaller share of the value before are ignored; 0.01 is 1 % */
};

/*
 * Finds changes in the points 0..n-1. value: NaN where a point was not measured, which is passed
 * over. Free the result with changes_free().
 */
struct changes find_shifts(const double *value, size_t n, struct change_rules rules);

/*
 * The same for exact values; samples[i] identifies a set of samples. floor 0 also keeps changes
 * that do not move the median.
 */
struct changes find_exact_changes(const double *value, const char *const *samples, size_t n,
				  double floor);
void changes_free(struct changes *c);

#endif
