/* SPDX-License-Identifier: MIT */
/*
 * A straight line through points by least squares: the cost at the start, and the cost of each
 * further unit.
 *
 * All points weigh the same. On the exact tier the disturbance (timer events) grows with the cost,
 * so the large points determine the slope and the intercept may miss a small first point by some
 * percent; the worst residual shows that. A slope is useless where the points do not lie on a line,
 * so the slopes of the lower and the upper half are compared.
 */
#ifndef PVMMU_BENCH_STATS_LINE_FIT_H
#define PVMMU_BENCH_STATS_LINE_FIT_H

#include <stdbool.h>
#include <stddef.h>

struct fit_point {
	double x, y;
};

struct fit {
	size_t n;
	double from, to; /* minimum and maximum x */
	double intercept, slope;
	double slope_error; /* standard error; NaN with less than 3 points */
	double r2;	    /* 1 if all y are equal */
	double worst;	    /* maximum residual in percent of its y, and its x; NaN if y is 0 */
	double worst_at;
	double change; /* maximum y minus minimum y, in percent of the maximum */
	bool flat;     /* change is below 1 % */
	bool line;     /* false: the slope is meaningless, see below */
	/* Slopes between the first and the middle, and the middle and the last point. */
	double middle, lower, upper; /* NaN with 2 points */
};

/* Sorts the points by x; all are finite. false if there are fewer than two different x. */
bool fit_line(struct fit *f, struct fit_point *points, size_t n);

#endif
