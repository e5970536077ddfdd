/* SPDX-License-Identifier: MIT */
/* Samples of known populations for tests of statistics: the same in every run. */
#ifndef PVMMU_TESTS_UNIT_HOST_SAMPLES_H
#define PVMMU_TESTS_UNIT_HOST_SAMPLES_H

#include <math.h>
#include <stdint.h>

#include "stats/summary.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define MOST	 128

static uint64_t random_state;

/* Even in [0, 1): the same in every run. */
static inline double even(void)
{
	random_state = random_state * 6364136223846793005 + 1442695040888963407;
	return (double)(random_state >> 11) / 9007199254740992.0;
}

static inline void fill(double *v, size_t n, double (*of)(void))
{
	for (size_t i = 0; i < n; i++)
		v[i] = of();
	summarize(v, n);
}

/* Each test begins with this. */
static inline int same_numbers(void **unused)
{
	(void)unused;
	random_state = 20260;
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, same_numbers)

#endif
