// SPDX-License-Identifier: MIT
/*
 * Do the statistics hold what they promise? Samples are drawn from populations that are known, many
 * times over, and it is counted how often an interval misses what it should hold, and how often a
 * test finds something where there is nothing.
 */
#include "host.h"

#include <math.h>

#include "host_samples.h"

static double bell(void)
{
	return sqrt(-2 * log(1 - even())) * cos(2 * M_PI * even());
}

#define TRIALS 2000

/* A long tail to the right, as times have; its median is log 2. */
static double tailed(void)
{
	return -log(1 - even());
}

/* The same in steps of 0.1: ties. Its population's median lies in a step. */
static double stepped(void)
{
	return floor(10 * tailed());
}

/* No mean at all: even(tan). */
static double wild(void)
{
	return tan(M_PI * (even() - 0.5));
}

/* A share of TRIALS that is promised to be `want`, or less where ranks are whole. */
static void promised(const char *what, size_t n, unsigned got, double want, double slack)
{
	double share = got / (double)TRIALS, error = sqrt(want * (1 - want) / TRIALS);

	print_message("# %s, n = %zu: %.4f\n", what, n, share);
	if (share > want + 4 * error || share < want - slack - 4 * error)
		fail_msg("%s, n = %zu: %.4f, promised %.4f\n", what, n, share, want);
}

static void test_promises(void **unused)
{
	static const struct {
		const char *name;
		double (*of)(void);
		double median;
	} populations[] = {
		{"bell", bell, 0},
		{"tailed", tailed, M_LN2},
		{"wild", wild, 0},
		{"stepped", stepped, 6},
	};
	static const size_t sizes[] = {6, 12, 30, 60};
	double a[MOST], b[MOST];

	(void)unused;
	for (size_t k = 0; k < COUNT(populations); k++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			unsigned median = 0, shift = 0, wrong = 0, no_ties = k != 3;
			size_t n = sizes[s];

			print_message("# %s\n", populations[k].name);
			for (int i = 0; i < TRIALS; i++) {
				struct interval of_median;
				struct shift between;

				fill(a, n, populations[k].of);
				fill(b, n, populations[k].of);
				for (size_t j = 0; j < n; j++)
					b[j] += 3;
				of_median = median_interval(a, n, CONFIDENCE);
				between = hodges_lehmann(a, n, b, n, CONFIDENCE);
				median += populations[k].median < of_median.low ||
					  populations[k].median > of_median.high;
				shift += between.interval.low > 3 || between.interval.high < 3;
				for (size_t j = 0; j < n; j++)
					b[j] -= 3;
				wrong += mann_whitney(a, n, b, n).p < ALPHA;
			}
			/* With ties intervals reach up to the next step, and so hold more often. */
			promised("median outside of its interval", n, median, 0.05,
				 no_ties ? 0.03 : 0.05);
			promised("shift outside of its interval", n, shift, 0.05,
				 no_ties ? 0.03 : 0.05);
			promised("found where there is nothing", n, wrong, 0.05, 0.03);
		}
	}
}

/* Holm's correction lets one in twenty tables of twenty equal rows claim a difference. */
static void test_holm_promise(void **unused)
{
	unsigned plain = 0, adjusted = 0;
	double a[10], b[10], p[20];

	(void)unused;
	for (int i = 0; i < TRIALS; i++) {
		bool some = false, some_left = false;

		for (size_t k = 0; k < COUNT(p); k++) {
			fill(a, COUNT(a), bell);
			fill(b, COUNT(b), bell);
			p[k] = mann_whitney(a, COUNT(a), b, COUNT(b)).p;
			some = some || p[k] < ALPHA;
		}
		holm_adjust(p, COUNT(p));
		for (size_t k = 0; k < COUNT(p); k++)
			some_left = some_left || p[k] < ALPHA;
		plain += some;
		adjusted += some_left;
	}
	promised("a table with a false row, by Holm", COUNT(p), adjusted, 0.05, 0.03);
	assert_true(plain > TRIALS / 2);
}

/* And what is there is found. */
static void test_power(void **unused)
{
	double a[30], b[30];
	unsigned found = 0;

	(void)unused;
	for (int i = 0; i < TRIALS; i++) {
		fill(a, COUNT(a), bell);
		fill(b, COUNT(b), bell);
		for (size_t k = 0; k < COUNT(b); k++)
			b[k] += 1;
		found += mann_whitney(a, COUNT(a), b, COUNT(b)).p < ALPHA;
	}
	/* For one standard deviation Student's test has 0.968, and this one 0.95 of its samples. */
	promised("a shift of 1 found", COUNT(a), found, 0.965, 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_promises),
		TEST(test_holm_promise),
		TEST(test_power),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("stats_promises", tests, NULL, NULL);
}
