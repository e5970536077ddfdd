// SPDX-License-Identifier: MIT
/* Change points: what is found in series whose changes are known, and how rarely what is not there.
 */
#include "host.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "stats/change_points.h"
#include "lib/text.h"

#define MAX 4000

static const struct change_rules usual = {CHANGE_SEGMENT, CHANGE_ALPHA, 0.01};

/* The same numbers everywhere (a generator by G. Marsaglia, xorshift). */
static uint64_t state = 88172645463325252ull;
static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.0;
}

/* A tail to the right, as times have it. */
static double noise(void)
{
	return -log(1 - uniform());
}

static void fill(double *v, size_t n, double level, double scale)
{
	for (size_t i = 0; i < n; i++)
		v[i] = level + scale * noise();
}

static void expect_cuts(const double *v, size_t n, const size_t *cuts, size_t nr, size_t slack)
{
	struct changes c = find_shifts(v, n, usual);

	assert_int_equal(c.n, nr);
	for (size_t i = 0; i < nr; i++) {
		assert_in_range(c.change[i].first, cuts[i] - slack, cuts[i] + slack);
		assert_true(c.change[i].last < c.change[i].first);
		assert_true(c.change[i].p < CHANGE_ALPHA);
	}
	changes_free(&c);
}

static void test_clear_shifts(void **unused)
{
	double v[MAX];

	(void)unused;
	/* The least there can be: five and five, no overlap. */
	for (size_t i = 0; i < 10; i++)
		v[i] = (i < 5 ? 100 : 110) + (double)(i * 7 % 5) / 10;
	expect_cuts(v, 10, (size_t[]){5}, 1, 0);
	/* Four and five: too few, whatever the distance. */
	expect_cuts(v + 1, 9, NULL, 0, 0);
	/* Up, and back down: nothing is left at the end, and it was there. */
	fill(v, 60, 100, 1);
	fill(v + 20, 7, 130, 1);
	expect_cuts(v, 60, (size_t[]){20, 27}, 2, 0);
	/* Three levels. */
	fill(v, 30, 100, 1);
	fill(v + 30, 30, 110, 1);
	fill(v + 60, 30, 105, 1);
	expect_cuts(v, 90, (size_t[]){30, 60}, 2, 1);
	/* A change of the last two points may be chance; of five it is none. */
	fill(v, 100, 100, 1);
	fill(v + 95, 5, 110, 1);
	expect_cuts(v, 97, NULL, 0, 0);
	expect_cuts(v, 100, (size_t[]){95}, 1, 0);
}

static void test_no_shift(void **unused)
{
	double v[MAX];

	(void)unused;
	for (size_t i = 0; i < 100; i++)
		v[i] = 7;
	expect_cuts(v, 100, NULL, 0, 0);
	/* One outlier, and two, are none. */
	v[50] = 1000;
	v[51] = 2000;
	expect_cuts(v, 100, NULL, 0, 0);
	/* Below the floor: half a percent, though clear. */
	for (size_t i = 0; i < 100; i++)
		v[i] = (i < 50 ? 1000 : 1005) + (double)(i % 3) / 10;
	expect_cuts(v, 100, NULL, 0, 0);
	expect_cuts(v, 0, NULL, 0, 0);
	expect_cuts(v, 1, NULL, 0, 0);
}

/* In series without any change, one is seen in less than 1 % of them. */
static void test_false_alarms(void **unused)
{
	const size_t lengths[] = {10, 30, 100};
	struct change_rules rules = {CHANGE_SEGMENT, CHANGE_ALPHA, 0};
	double v[100];

	(void)unused;
	for (size_t k = 0; k < 3; k++) {
		size_t alarms = 0, rounds = k < 2 ? 1000 : 300;

		for (size_t i = 0; i < rounds; i++) {
			struct changes c;

			fill(v, lengths[k], 1, 1);
			c = find_shifts(v, lengths[k], rules);
			alarms += c.n > 0;
			changes_free(&c);
		}
		/* And two standard errors of what was counted. */
		assert_in_range(alarms, 0,
				(size_t)((double)rounds * 0.01 + 2 * sqrt((double)rounds * 0.01)));
	}
}

/* Results do not change with the order of magnitude, or with points without a measurement. */
static void test_invariance(void **unused)
{
	double v[90], w[200];
	struct changes a, b;
	size_t n = 0;

	(void)unused;
	fill(v, 90, 100, 2);
	fill(v + 33, 30, 108, 2);
	a = find_shifts(v, 90, usual);
	assert_int_equal(a.n, 2);
	for (size_t i = 0; i < 90; i++)
		w[i] = 1e6 * v[i];
	b = find_shifts(w, 90, usual);
	assert_int_equal(b.n, a.n);
	for (size_t i = 0; i < a.n; i++) {
		assert_int_equal(b.change[i].first, a.change[i].first);
		assert_true(b.change[i].p == a.change[i].p);
	}
	changes_free(&b);
	for (size_t i = 0; i < 90; i++) {
		w[n++] = v[i];
		if (i % 3 == 0)
			w[n++] = NAN;
	}
	b = find_shifts(w, n, usual);
	assert_int_equal(b.n, a.n);
	for (size_t i = 0; i < a.n; i++) {
		assert_true(w[b.change[i].first] == v[a.change[i].first]);
		assert_true(w[b.change[i].last] == v[a.change[i].last]);
		assert_true(b.change[i].before == a.change[i].before);
	}
	changes_free(&a);
	changes_free(&b);
}

static void test_exact(void **unused)
{
	const double v[] = {5, 5, NAN, 5, 6, 6, 6, 5.9};
	const char *const s[] = {"a", "a", "", "b", "c", "c", "c", "d"};
	struct changes c = find_exact_changes(v, s, 8, 0);

	(void)unused;
	/* b: other samples with the same median. */
	assert_int_equal(c.n, 3);
	assert_int_equal(c.change[0].last, 1);
	assert_int_equal(c.change[0].first, 3);
	assert_true(isnan(c.change[0].p));
	assert_int_equal(c.change[1].first, 4);
	assert_true(c.change[1].before == 5 && c.change[1].after == 6);
	assert_int_equal(c.change[2].first, 7);
	changes_free(&c);
	c = find_exact_changes(v, s, 8, 0.1);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.change[0].first, 4);
	changes_free(&c);
	c = find_exact_changes(v + 2, s + 2, 1, 0);
	assert_int_equal(c.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clear_shifts), cmocka_unit_test(test_no_shift),
		cmocka_unit_test(test_false_alarms), cmocka_unit_test(test_invariance),
		cmocka_unit_test(test_exact),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
