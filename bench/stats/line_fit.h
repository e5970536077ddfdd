/* SPDX-License-Identifier: MIT */
/*
 * A straight line through points by least squares: what something costs at the start, and what
 * each unit more adds.
 *
 * All points weigh the same. On the exact tier what disturbs a cost (timer events) grows with it,
 * so the slope is told by the large points, and the intercept may miss a small first point by some
 * percent: that is what the worst residual is for. A slope is of no use where the points do not
 * lie on a line, so this is judged too, by what the slope is in the lower and in the upper part.
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
	double from, to; /* the least and the largest x */
	double intercept, slope;
	double slope_error; /* standard error; NaN with less than 3 points */
	double r2;	    /* 1 if all y are equal */
	double worst; /* the largest residual, in percent of the y there, and where; NaN: y is 0 */
	double worst_at;
	double change; /* the largest y less the least one, in percent of the largest */
	bool flat;     /* change is below 1 % */
	bool line;     /* false: the slope says nothing, see below */
	/* Slopes between the first and the middle, and the middle and the last point. */
	double middle, lower, upper; /* NaN with 2 points */
};

/* Sorts the points by x. At least two different x; all finite. false if there are fewer. */
bool fit_line(struct fit *f, struct fit_point *points, size_t n);

#endif
