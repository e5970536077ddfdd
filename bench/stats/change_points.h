/* SPDX-License-Identifier: MIT */
/*
 * Where a series of measurements changed. Two ways, because there are two kinds of metric.
 *
 * Exact: the same identity must give the same samples, so two neighbours whose samples differ at
 * all are a change, however small. Nothing is estimated.
 *
 * With noise: each point is one value, the median of its samples (samples of one boot are not
 * independent of each other, medians of different boots are). The series is cut where the ranks
 * before and behind differ most, by the standardized statistic of Mann and Whitney, if a difference
 * so large is too rare to be chance. The p-value is that of the test for this one cut times the
 * number of cuts that could have been made (Bonferroni). The first change is
 * looked for in a beginning of the series that grows, the next one behind it; at the end each has
 * to hold once more between its neighbours. To take the largest rank statistic over all cuts is due
 * to A. N. Pettitt, "A Non-Parametric Approach to the Change-Point Problem", Applied Statistics 28
 * (1979); growing windows, and testing again at the end, are what M. Fleming et al., "Hunter: Using
 * Change Point Detection to Hunt for Performance Regressions", ICPE 2023, do with means.
 *
 * Looking again and again at more would raise the chance of a false alarm, the correction, which
 * takes neighbouring cuts for independent, lowers it: in series of 10 to 300 points without any
 * change, one was seen in 0.5 to 1.5 % of them (tests/unit/host_stats_change_points.c).
 *
 * Ranks need no shape of noise, nothing is random, and the same points give the same changes. A
 * change is seen once there are CHANGE_SEGMENT points on each side of it, hardly before.
 */
#ifndef PVMMU_BENCH_STATS_CHANGE_POINTS_H
#define PVMMU_BENCH_STATS_CHANGE_POINTS_H

#include <stdbool.h>
#include <stddef.h>

/* With 5 and 5 points p can be as small as 0.008, with fewer no change could ever be told. */
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
	size_t segment; /* least number of points between two changes; at least 1 */
	double alpha;
	double floor; /* changes by a smaller share of the value before are none; 0.01 is 1 % */
};

/*
 * Of the points 0..n-1. value: NaN where nothing was measured; such points are passed over. To be
 * freed with changes_free().
 */
struct changes find_shifts(const double *value, size_t n, struct change_rules rules);

/* The same of exact values; samples[i] tells one set of samples from another. Only floor matters:
 * 0 keeps also changes that do not move the median. */
struct changes find_exact_changes(const double *value, const char *const *samples, size_t n,
				  double floor);
void changes_free(struct changes *c);

#endif
