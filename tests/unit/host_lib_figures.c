// SPDX-License-Identifier: MIT
/*
 * How numbers are written (bench/lib/figures.h): a table that the dashboard's script is held to as
 * well (tests/browser/test_figures.py), and what gnuplot itself makes of those that are for it.
 */
#include "host.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/figures.h"
#include "site/page.h"
#include "lib/text.h"

#define TABLE "tests/golden/figures.tsv"

/* Takes over the text. */
static void check(const char *of, const char *what, char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s as %s: expected %s, got %s\n", of, what, want, got);
	free(got);
}

static void test_table(void **state)
{
	char line[256];
	FILE *f = fopen(TABLE, "r");
	size_t rows = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		struct strv fields = {0};
		double v;

		line[strcspn(line, "\n")] = 0;
		if (*line == '#')
			continue;
		strv_split(&fields, line, '\t');
		assert_int_equal(fields.n, 4);
		v = strtod(fields.v[0], NULL);
		check(fields.v[0], "number", readable_number(v), fields.v[1]);
		check(fields.v[0], "percent", signed_percent(v), fields.v[2]);
		check(fields.v[0], "ratio", ratio_words(v), fields.v[3]);
		strv_free(&fields);
		rows++;
	}
	fclose(f);
	assert_true(rows > 40);
}

/* A value that is not zero does not look like zero, nor one that is not one like one; -0 never
 * occurs. */
static void test_promises(void **state)
{
	(void)state;
	for (int power = -300; power <= 300; power++) {
		for (int sign = -1; sign <= 1; sign += 2) {
			double v = sign * 1.2345 * pow(10, power), near = 1 + v;
			char *texts[] = {readable_number(v),   signed_percent(v),
					 readable_percent(v),  readable_ratio(v, 4),
					 readable_ratio(v, 1), ratio_words(v),
					 signed_number(v)};
			char *ratio = readable_ratio(near, 2);

			for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
				if (!strpbrk(texts[i], "123456789") ||
				    (*texts[i] == '-') != (sign < 0))
					fail_msg("%g as %s\n", v, texts[i]);
				free(texts[i]);
			}
			if (near != 1 && strtod(ratio, NULL) == 1)
				fail_msg("%.17g as %s\n", near, ratio);
			free(ratio);
		}
	}
}

static void test_odd(void **state)
{
	(void)state;
	check("-0", "number", readable_number(-0.0), "0");
	check("-0", "sign", signed_number(-0.0), "0");
	check("-0", "percent", signed_percent(-0.0), "+0.00");
	check("-0", "part", readable_percent(-0.0), "0.00");
	check("-0", "ratio", readable_ratio(-0.0, 2), "0.00");
	check("-0", "plain", plain_number(-0.0), "0");
	check("-0", "gnuplot", gnuplot_number(-0.0), "0");
	check("NaN", "number", readable_number(NAN), "-");
	check("infinity", "number", readable_number(-INFINITY), "-");
	check("infinity", "percent", signed_percent(INFINITY), "-");
	check("NaN", "ratio", readable_ratio(NAN, 2), "-");
	check("NaN", "plain", plain_number(NAN), "");
	check("NaN", "gnuplot", gnuplot_number(NAN), "NaN");
	check("infinity", "gnuplot", gnuplot_number(INFINITY), "NaN");
	check("1500", "sign", signed_number(1500), "+1,500");
	check("-1500", "sign", signed_number(-1500), "-1,500");
	check("range", "number", readable_range(-1500, 1e-5), "-1,500..1e-05");
	check("noise", "ratio", readable_ratio(without_noise(1 + 2e-16), 4), "1.0000");
	check("no noise", "ratio", readable_ratio(without_noise(1 + 2e-11), 4), "1.00000000002");
}

/* gnuplot's real() of each, and what it says then; "" where it says nothing but an error. */
static void test_gnuplot(void **state)
{
	static const double values[] = {0,
					1,
					-1,
					1e-5,
					-1e-5,
					2e15,
					-2e15,
					1.5e-5,
					1e-300,
					5e-324,
					-5e-324,
					DBL_MIN,
					1.7e308,
					1e22,
					1e100,
					123456789012345,
					1e15,
					1e16,
					12345678901234567890.0,
					0.1,
					1.0 / 3,
					9007199254740992};
	char line[128];
	FILE *p;

	(void)state;
	if (system("gnuplot --version >/dev/null 2>&1") != 0)
		skip();
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char *text = gnuplot_number(values[i]);
		char *command = xasprintf("echo 'print sprintf(\"%%.15g\", real(\"%s\")), "
					  "sprintf(\" %%.15g\", 0 + %s)' | gnuplot 2>&1",
					  text, text);
		double want = fabs(values[i]) < DBL_MIN ? copysign(DBL_MIN, values[i]) : values[i];
		double by_real = NAN, by_word = NAN;

		want = values[i] == 0 ? 0 : want;
		p = popen(command, "r");
		assert_non_null(p);
		if (!fgets(line, sizeof(line), p) ||
		    sscanf(line, "%lf %lf", &by_real, &by_word) != 2 ||
		    !(fabs(by_real - want) <= 1e-14 * fabs(want)) ||
		    !(fabs(by_word - want) <= 1e-14 * fabs(want)))
			fail_msg("%.17g as %s: gnuplot reads %s\n", values[i], text, line);
		pclose(p);
		free(command);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_promises),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_gnuplot),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
