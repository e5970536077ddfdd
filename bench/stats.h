/* SPDX-License-Identifier: MIT */
/*
 * Order statistics of raw samples. No means: one odd sample must not move the
 * summary, and for instruction counts the median of equal samples is exact.
 */
#ifndef PVMMU_BENCH_STATS_H
#define PVMMU_BENCH_STATS_H

#include <stddef.h>

struct summary {
	size_t n;
	double median, min, max; /* NaN if n is 0 */
};

/* Sorts the values in place. An even number's median is the middle two's midpoint. */
struct summary summarize(double *values, size_t n);

#endif
