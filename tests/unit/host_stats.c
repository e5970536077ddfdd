// SPDX-License-Identifier: MIT
/*
 * Statistics of samples: against figures of R 4.2 (wilcox.test, p.adjust), against counting out
 * every possibility, and by what must hold whatever the samples are.
 */
#include "host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host_samples.h"

/* Whole numbers below 8: full of ties. */
static double few(void)
{
	return floor(8 * even());
}

static double whole(void)
{
	return floor(1e6 * even());
}

static void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-9 * fmax(1e-6, fabs(want))))
		fail_msg("%.15g, not %.15g\n", got, want);
}

static void test_median_interval(void **unused)
{
	static const struct {
		size_t n;
		double low, high, coverage;
	} cases[] = {
		{6, 1, 6, 1 - 2 / 64.},	    {7, 1, 7, 1 - 2 / 128.},
		{8, 1, 8, 1 - 2 / 256.},    {9, 2, 8, 1 - 20 / 512.},
		{10, 2, 9, 1 - 22 / 1024.}, {100, 40, 61, 0.9647997997822950},
	};
	double v[20000];

	(void)unused;
	for (size_t i = 0; i < COUNT(v); i++)
		v[i] = (double)(i + 1);
	for (size_t n = 0; n < 6; n++) {
		struct interval none = median_interval(v, n, CONFIDENCE);

		assert_false(none.exists);
		assert_true(isnan(none.low) && isnan(none.high) && isnan(none.coverage));
	}
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct interval got = median_interval(v, cases[i].n, CONFIDENCE);

		assert_true(got.exists);
		near(got.low, cases[i].low);
		near(got.high, cases[i].high);
		near(got.coverage, cases[i].coverage);
	}
	/* Where 2^-n is no number any more: qbinom(0.025, 20000, 0.5) is 9861. */
	near(median_interval(v, COUNT(v), CONFIDENCE).low, 9861);
	near(median_interval(v, COUNT(v), CONFIDENCE).high, 10140);
	assert_int_equal(median_interval_needs(0.95), 6);
	assert_int_equal(median_interval_needs(0.99), 8);
	assert_int_equal(median_interval_needs(0.5), 2);
}

/* ---- by R ---- */

/* i * step modulo `modulus`, plus offset, for i from 0: so R can have the same. */
static void steps(double *v, size_t n, unsigned step, unsigned modulus, double offset)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (double)(i * step % modulus) + offset;
	summarize(v, n);
}

static void test_golden(void **unused)
{
	/* The data of R's own example of wilcox.test: permeability of membranes. */
	double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
	double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
	double a[MOST], b[MOST];
	struct rank_test test;
	struct shift shift;

	(void)unused;
	summarize(x, COUNT(x));
	summarize(y, COUNT(y));
	test = mann_whitney(y, COUNT(y), x, COUNT(x));
	assert_true(test.exact);
	near(test.p, 0.2544122544122544);
	shift = hodges_lehmann(y, COUNT(y), x, COUNT(x), 0.95);
	near(shift.estimate, 0.305);
	near(shift.interval.low, -0.15);
	near(shift.interval.high, 0.76);

	/* 30 against 40 without ties: exact. */
	steps(a, 30, 37, 101, 0);
	steps(b, 40, 53, 97, 10.5);
	test = mann_whitney(a, 30, b, 40);
	assert_true(test.exact);
	near(test.p, 0.3985395466997743);
	shift = hodges_lehmann(a, 30, b, 40, 0.95);
	near(shift.estimate, 6.5);
	near(shift.interval.low, -8.5);
	near(shift.interval.high, 20.5);

	/* Normal: without ties within a side, and full of them. exact=FALSE, correct=TRUE. */
	steps(a, 60, 37, 101, 0);
	steps(b, 60, 53, 97, 11);
	test = mann_whitney(a, 60, b, 60);
	assert_false(test.exact);
	near(test.p, 0.2096599945497008);
	steps(a, 40, 37, 11, 0);
	steps(b, 50, 53, 13, 0);
	near(mann_whitney(a, 40, b, 50).p, 0.2423353219220213);
}

static void test_holm(void **unused)
{
	double p[] = {0.01, NAN, 0.04, 0.03, 0.005, NAN}, none[] = {NAN}, many[] = {0.5, 0.4, 1};

	(void)unused;
	holm_adjust(p, COUNT(p));
	near(p[0], 0.03);
	near(p[2], 0.06);
	near(p[3], 0.06);
	near(p[4], 0.02);
	assert_true(isnan(p[1]) && isnan(p[5]));
	holm_adjust(none, 1);
	assert_true(isnan(none[0]));
	holm_adjust(many, COUNT(many));
	near(many[0], 1);
	near(many[1], 1);
	near(many[2], 1);
	holm_adjust(NULL, 0);
}

static void test_geometric_mean(void **unused)
{
	const double v[] = {0.5, 2, 8}, zero[] = {1, 0}, negative[] = {-1, -1};

	(void)unused;
	near(geometric_mean(v, 3), 2);
	assert_true(isnan(geometric_mean(v, 0)));
	assert_true(isnan(geometric_mean(zero, 2)));
	assert_true(isnan(geometric_mean(negative, 2)));
}

/* ---- by counting out ---- */

/* Half pairs in which b is above a, whatever the order of either. */
static unsigned twice_u(const double *a, size_t n, const double *b, size_t m)
{
	unsigned u = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++)
			u += a[i] < b[j] ? 2 : a[i] == b[j];
	return u;
}

/* Every way of dealing n + m values out to two sides. */
static double p_by_dealing(const double *a, size_t n, const double *b, size_t m)
{
	double all[16], in_a[16], in_b[16];
	unsigned told = twice_u(a, n, b, m), ways = 0, low = 0, high = 0;

	memcpy(all, a, n * sizeof(*a));
	memcpy(all + n, b, m * sizeof(*b));
	for (unsigned deal = 0; deal < 1u << (n + m); deal++) {
		size_t x = 0, y = 0;
		unsigned u;

		if ((size_t)__builtin_popcount(deal) != n)
			continue;
		for (size_t i = 0; i < n + m; i++)
			if (deal >> i & 1)
				in_a[x++] = all[i];
			else
				in_b[y++] = all[i];
		u = twice_u(in_a, n, in_b, m);
		ways++;
		low += u <= told;
		high += u >= told;
	}
	return fmin(1, 2.0 * (low < high ? low : high) / ways);
}

static void test_p_counted_out(void **unused)
{
	double a[16], b[16];

	(void)unused;
	for (int i = 0; i < 60; i++) {
		size_t n = 1 + (size_t)(5 * even()), m = 1 + (size_t)(6 * even());
		struct rank_test test;

		fill(a, n, i % 2 ? few : whole);
		fill(b, m, i % 2 ? few : whole);
		test = mann_whitney(a, n, b, m);
		assert_true(test.exact);
		near(test.p, p_by_dealing(a, n, b, m));
	}
}

/* The rank of an interval's end, by the distribution of U as its definition has it. */
static void check_interval(const double *sorted, size_t n, size_t m, struct interval got)
{
	unsigned ways[64] = {0}, all = 0;
	size_t rank = 0;
	double below = 0;

	for (unsigned deal = 0; deal < 1u << (n + m); deal++) {
		unsigned u = 0, seen = 0;

		if ((size_t)__builtin_popcount(deal) != n)
			continue;
		for (size_t i = 0; i < n + m; i++)
			if (deal >> i & 1)
				seen++;
			else
				u += seen;
		ways[u]++;
		all++;
	}
	while (below + ways[rank] <= 0.025 * all)
		below += ways[rank++];
	assert_int_equal(got.exists, rank > 0);
	if (!rank)
		return;
	near(got.low, sorted[rank - 1]);
	near(got.high, sorted[n * m - rank]);
	near(got.coverage, 1 - 2 * below / all);
}

static void test_shift_counted_out(void **unused)
{
	static double all[MOST * MOST];
	double a[MOST], b[MOST];

	(void)unused;
	for (int i = 0; i < 200; i++) {
		size_t most = i % 4 ? 7 : MOST, n = 1 + (size_t)((double)most * even()),
		       m = 1 + (size_t)((double)most * even());
		struct shift got;

		fill(a, n, i % 2 ? few : whole);
		fill(b, m, i % 2 ? few : whole);
		for (size_t k = 0; k < n * m; k++)
			all[k] = b[k % m] - a[k / m];
		summarize(all, n * m);
		got = hodges_lehmann(a, n, b, m, CONFIDENCE);
		near(got.estimate, summary_of_sorted(all, n * m).median);
		if (most == 7)
			check_interval(all, n, m, got.interval);
	}
}

/* ---- by what must hold ---- */

static void mirror(double *to, const double *from, size_t n, double scale, double offset)
{
	for (size_t i = 0; i < n; i++)
		to[i] = scale * from[i] + offset;
	summarize(to, n);
}

static void same_interval(struct interval x, struct interval y, double scale, double offset)
{
	assert_int_equal(x.exists, y.exists);
	if (!x.exists)
		return;
	near(y.low, scale * (scale < 0 ? x.high : x.low) + offset);
	near(y.high, scale * (scale < 0 ? x.low : x.high) + offset);
	near(y.coverage, x.coverage);
}

static void test_properties(void **unused)
{
	double a[MOST], b[MOST], x[MOST], y[MOST];

	(void)unused;
	for (int i = 0; i < 200; i++) {
		size_t n = 1 + (size_t)(MOST * even()), m = 1 + (size_t)(MOST * even());
		double p, before = 1;
		struct shift s;

		fill(a, n, i % 3 ? whole : few);
		fill(b, m, i % 3 ? whole : few);
		p = mann_whitney(a, n, b, m).p;
		s = hodges_lehmann(a, n, b, m, CONFIDENCE);
		assert_true(p >= 0 && p <= 1);
		assert_true(!s.interval.exists ||
			    (s.interval.low <= s.estimate && s.estimate <= s.interval.high &&
			     s.interval.coverage >= CONFIDENCE));

		/* The other way round. */
		near(mann_whitney(b, m, a, n).p, p);
		near(hodges_lehmann(b, m, a, n, CONFIDENCE).estimate, -s.estimate);
		same_interval(s.interval, hodges_lehmann(b, m, a, n, CONFIDENCE).interval, -1, 0);

		/* Another unit, another zero, upside down. */
		mirror(x, a, n, -4, 1000);
		mirror(y, b, m, -4, 1000);
		near(mann_whitney(x, n, y, m).p, p);
		near(hodges_lehmann(x, n, y, m, CONFIDENCE).estimate, -4 * s.estimate);
		same_interval(s.interval, hodges_lehmann(x, n, y, m, CONFIDENCE).interval, -4, 0);
		same_interval(median_interval(a, n, CONFIDENCE), median_interval(x, n, CONFIDENCE),
			      -4, 1000);

		/* A distant sample that goes further is no likelier to be the same. */
		for (int k = 0; k < 5; k++) {
			mirror(y, b, m, 1, s.estimate < 0 ? -2e6 * k : 2e6 * k);
			p = mann_whitney(a, n, y, m).p;
			assert_true(k < 2 || p <= before);
			before = p;
		}
		/* Samples against themselves. */
		near(mann_whitney(a, n, a, n).p, 1);
		near(hodges_lehmann(a, n, a, n, CONFIDENCE).estimate, 0);
	}
}

/* A test that looks at ranks only must not see what keeps them. */
static void test_ranks_only(void **unused)
{
	double a[MOST], b[MOST];

	(void)unused;
	for (int i = 0; i < 100; i++) {
		size_t n = 1 + (size_t)(MOST * even()), m = 1 + (size_t)(MOST * even());
		double p;

		fill(a, n, i % 2 ? even : few);
		fill(b, m, i % 2 ? even : few);
		p = mann_whitney(a, n, b, m).p;
		for (size_t k = 0; k < n; k++)
			a[k] = exp(a[k]);
		for (size_t k = 0; k < m; k++)
			b[k] = exp(b[k]);
		near(mann_whitney(a, n, b, m).p, p);
	}
}

static void test_degenerate(void **unused)
{
	double same[MOST], big[] = {9007199254740990, 9007199254740991};
	struct shift s;

	(void)unused;
	for (size_t i = 0; i < MOST; i++)
		same[i] = 949;
	near(mann_whitney(same, MOST, same, MOST).p, 1);
	near(mann_whitney(same, 6, same, 6).p, 1);
	s = hodges_lehmann(same, MOST, same, MOST, CONFIDENCE);
	assert_true(s.estimate == 0 && s.interval.low == 0 && s.interval.high == 0);
	assert_true(isnan(mann_whitney(same, 0, same, 3).p));
	assert_true(isnan(hodges_lehmann(same, 3, same, 0, CONFIDENCE).estimate));
	assert_true(summarize(big, 2).median == 9007199254740990.5);
	near(mann_whitney_needs(0.05), 4);
	near(mann_whitney_needs(0.05 / 1000), 9);
	/* 4 against 4 can be significant, 3 against 3 cannot. */
	assert_true(mann_whitney((double[]){1, 2, 3}, 3, (double[]){4, 5, 6}, 3).p > 0.05);
	assert_true(mann_whitney((double[]){1, 2, 3, 4}, 4, (double[]){5, 6, 7, 8}, 4).p < 0.05);
	assert_false(hodges_lehmann((double[]){1, 2, 3}, 3, (double[]){4, 5, 6}, 3, 0.95)
			     .interval.exists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_median_interval), TEST(test_golden),	      TEST(test_holm),
		TEST(test_geometric_mean),  TEST(test_p_counted_out), TEST(test_shift_counted_out),
		TEST(test_properties),	    TEST(test_ranks_only),    TEST(test_degenerate),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
