// SPDX-License-Identifier: MIT
#include "stats.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct summary summarize(double *values, size_t n)
{
	struct summary s = {n, NAN, NAN, NAN};

	if (!n)
		return s;
	qsort(values, n, sizeof(*values), ascending);
	s.min = values[0];
	s.max = values[n - 1];
	s.median = values[n / 2];
	/* Half the difference, not of the sum: exact for all counts below 2^53. */
	if (n % 2 == 0)
		s.median = values[n / 2 - 1] + (values[n / 2] - values[n / 2 - 1]) / 2;
	return s;
}
