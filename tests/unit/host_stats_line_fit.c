// SPDX-License-Identifier: MIT
/* Lines by least squares, against sums done by hand and against what made the points. */
#include "host.h"

#include <math.h>
#include <stdlib.h>

#include "stats/line_fit.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
		fail_msg("%.15g, not %.15g", got, want);
}

/* Means 3 and 4; Sxx 10, Sxy 6, Syy 6; residuals -0.8 0.6 1 -0.6 -0.2, their squares' sum 2.4. */
static void test_by_hand(void **unused)
{
	struct fit_point p[] = {{5, 5}, {1, 2}, {3, 5}, {4, 4}, {2, 4}};
	struct fit f;

	(void)unused;
	assert_true(fit_line(&f, p, COUNT(p)));
	assert_int_equal(f.n, 5);
	near(f.slope, 0.6);
	near(f.intercept, 2.2);
	near(f.slope_error, sqrt(2.4 / 3 / 10));
	near(f.r2, 1 - 2.4 / 6);
	near(f.worst, 40); /* 0.8 of 2 */
	near(f.worst_at, 1);
	near(f.from, 1);
	near(f.to, 5);
	near(f.change, 60);
	assert_false(f.line);
}

static void test_exact(void **unused)
{
	struct fit_point p[] = {
		{0, 340117}, {1, 419223}, {4, 656541}, {16, 1605813}, {256, 20591253}};
	struct fit_point two[] = {{16, 50}, {0, 18}};
	struct fit f;

	(void)unused;
	assert_true(fit_line(&f, p, COUNT(p)));
	near(f.slope, 79106);
	near(f.intercept, 340117);
	assert_true(f.slope_error < 1e-6 && f.worst < 1e-6);
	assert_true(f.line && !f.flat);
	near(f.lower, 79106);
	near(f.upper, 79106);
	near(f.middle, 4);
	assert_true(fit_line(&f, two, 2));
	near(f.slope, 2);
	near(f.intercept, 18);
	assert_true(isnan(f.slope_error) && isnan(f.lower) && f.line);
}

static void test_none(void **unused)
{
	struct fit_point one[] = {{4, 5}}, same[] = {{4, 5}, {4, 6}, {4, 7}};
	struct fit f;

	(void)unused;
	assert_false(fit_line(&f, one, 0));
	assert_false(fit_line(&f, one, 1));
	assert_false(fit_line(&f, same, 3));
}

/* The fit of y = function(x) at 1, 2, 4 ... 128, with a disturbance of up to `noise` percent.
 */
static struct fit of_curve(double (*function)(double), double noise)
{
	struct fit_point p[8];
	struct fit f;

	for (int i = 0; i < 8; i++) {
		p[i].x = 1 << i;
		p[i].y = function(p[i].x) * (1 + noise / 100 * (i * 5 % 8 - 3.5) / 3.5);
	}
	assert_true(fit_line(&f, p, 8));
	return f;
}

static double constant(double x)
{
	return 6550 + 0 * x;
}

static double line(double x)
{
	return 340000 + 79000 * x;
}

/* Little growth on a lot. */
static double faint(double x)
{
	return 5e6 + 2000 * x;
}

static double falling(double x)
{
	return 1e6 - 5000 * x;
}

static double square(double x)
{
	return 1000 + 50 * x * x;
}

static double hyperbola(double x)
{
	return 100000 + 400000 / x;
}

static double root(double x)
{
	return 1e4 * sqrt(x);
}

/* R2 is 0.998: only the two halves tell it. */
static double kink(double x)
{
	return 1000 + 50 * x + 40 * fmax(0, x - 16);
}

static void test_judgement(void **unused)
{
	static const struct {
		double (*function)(double);
		bool line, flat;
	} cases[] = {
		{constant, true, true}, {line, true, false},	{faint, true, false},
		{falling, true, false}, {square, false, false}, {hyperbola, false, false},
		{root, false, false},	{kink, false, false},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int percent = 0; percent < 10; percent++) {
			double noise = percent / 30.;
			struct fit f = of_curve(cases[i].function, noise);

			if (f.line != cases[i].line || f.flat != cases[i].flat)
				fail_msg("case %zu with %.2g %% noise: line %d, flat %d", i, noise,
					 f.line, f.flat);
		}
	near(of_curve(square, 0).middle, 16);
	near(of_curve(square, 0).lower, (square(16) - square(1)) / 15);
	near(of_curve(square, 0).upper, (square(128) - square(16)) / 112);
	/* A bend that is less than the noise is none, even where the slopes' signs differ. */
	assert_true(of_curve(constant, 0.9).line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_judgement),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fit", tests, NULL, NULL);
}
