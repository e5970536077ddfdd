// SPDX-License-Identifier: MIT
/* How much longer a plan takes, from how long its latest runs took. */
#include "host.h"

#include <math.h>
#include <stdlib.h>

#include "lib/progress.h"
#include "lib/text.h"

/* The remaining time that is printed after each of `total` runs of which the first `slow` take 5 s,
 * the rest 1. */
static void check(size_t slow, size_t total)
{
	double ends[PROGRESS_WINDOW], now = 100;

	for (size_t done = 1; done <= total; done++) {
		double left, right = 0;

		now += done <= slow ? 5 : 1;
		ends[(done - 1) % PROGRESS_WINDOW] = now;
		for (size_t i = done; i < total; i++)
			right += i < slow ? 5 : 1;
		left = progress_left(100, ends, done, total, now);
		/* Once the slow ones are out of sight it is right to the second. */
		if (slow == 0 || done >= slow + PROGRESS_WINDOW - 1) {
			if (fabs(left - right) > 1e-9)
				fail_msg("%zu of %zu, %zu slow: %g s left, not %g", done, total,
					 slow, left, right);
		} else if (left < right) {
			fail_msg("%zu of %zu, %zu slow: %g s left, less than %g", done, total, slow,
				 left, right);
		}
	}
}

static void test_left(void **unused)
{
	(void)unused;
	check(0, 1);
	check(0, 15);
	check(0, 16);
	check(0, 200);
	check(9, 200);
}

/* Between two ends: 20 runs of 2 s each, half of them done. */
static void test_between(void **unused)
{
	double ends[PROGRESS_WINDOW];

	(void)unused;
	for (size_t i = 0; i < 10; i++)
		ends[i] = 2.0 * (double)(i + 1);
	assert_true(fabs(progress_left(0, ends, 10, 20, 21) - 19) < 1e-9);
	/* The eleventh hangs: it alone is late. */
	assert_true(fabs(progress_left(0, ends, 10, 20, 320) - 18) < 1e-9);
	assert_true(fabs(progress_left(0, ends, 10, 10, 21)) < 1e-9);
}

static void test_words(void **unused)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {
		{0, "0 s"}, {0.2, "1 s"}, {59, "59 s"}, {60, "1 min 0 s"}, {80.5, "1 min 21 s"}};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = readable_duration(cases[i].seconds);

		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
