// SPDX-License-Identifier: MIT
/* Units of metrics (bench/resultset/units.h): which are times, and what becomes of sets that mix
 * them. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/text.h"
#include "resultset/units.h"

static void test_times(void **state)
{
	static const struct {
		const char *unit;
		double ns;
	} cases[] = {{"ns", 1},
		     {"us", 1e3},
		     {"\xc2\xb5s", 1e3},
		     {"\xce\xbcs", 1e3},
		     {"usec", 1e3},
		     {"microseconds", 1e3},
		     {"ms", 1e6},
		     {"msec", 1e6},
		     {"s", 1e9},
		     {"sec", 1e9},
		     {"seconds", 1e9},
		     {"min", 60e9},
		     {"instructions", 0},
		     {"ticks", 0},
		     {"requests", 0},
		     {"", 0},
		     {" ", 0},
		     {"ns us", 0},
		     {"n", 0},
		     {"m", 0},
		     {"NS", 0},
		     {"MB/s", 0},
		     {"s ", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (unit_in_ns(cases[i].unit) != cases[i].ns)
			fail_msg("\"%s\": %g\n", cases[i].unit, unit_in_ns(cases[i].unit));
	assert_true(unit_factor("us", "ns") == 1e3 && unit_factor("ns", "ms") == 1e-6);
	assert_true(unit_factor("requests", "requests") == 1 && unit_factor("ns", "requests") == 0);
}

static json_t *set_of(const char *workload, const char *metric, const char *unit,
		      const char *better, double sample)
{
	return json_pack("{s:[{s:s, s:{s:s, s:{s:s}}, s:[{s:s, s:s, s:s, s:[f, f]}]}]}", "runs",
			 "id", workload, "identity", "tier", "wall", "workload", "name", workload,
			 "series", "name", metric, "unit", unit, "better", better, "samples",
			 sample, 2 * sample);
}

static const json_t *series_in(const json_t *set)
{
	return json_array_get(
		json_object_get(json_array_get(json_object_get(set, "runs"), 0), "series"), 0);
}

static void check_series(const json_t *set, const char *metric, const char *unit, double sample)
{
	const json_t *series = series_in(set);

	assert_string_equal(text_at(series, "name", NULL), metric);
	assert_string_equal(text_at(series, "unit", NULL), unit);
	assert_true(json_number_value(json_array_get(json_object_get(series, "samples"), 0)) ==
		    sample);
}

static void drop(json_t **sets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_decref(sets[i]);
}

static void test_converted(void **state)
{
	json_t *sets[] = {
		set_of("a", "time", "us", "lower", 1.5), set_of("a", "time", "ms", "lower", 0.25),
		set_of("b", "time", "ns", "lower", 7), set_of("b", "other", "us", "lower", 3)};
	json_t *kept = json_incref(sets[0]);
	char *error = NULL;

	(void)state;
	assert_true(units_settle(sets, 4, UNITS_REFUSE, NULL, &error));
	check_series(sets[0], "time", "ns", 1500);
	check_series(sets[1], "time", "ns", 250000);
	check_series(sets[2], "time", "ns", 7);
	/* Where all are of one unit, that one stays. */
	check_series(sets[3], "other", "us", 3);
	assert_string_equal(text_at(series_in(sets[0]), "converted_from", NULL), "us");
	assert_null(json_object_get(series_in(sets[2]), "converted_from"));
	/* References of others are unchanged. */
	check_series(kept, "time", "us", 1.5);
	json_decref(kept);
	drop(sets, 4);
}

static void test_refused(void **state)
{
	static const struct {
		const char *unit, *better;
	} others[] = {
		{"requests", "lower"}, {"ns", "higher"}, {"us", "higher"}, {"bytes", "higher"}};
	struct strv files = {0}, metrics = {0};

	(void)state;
	strv_split(&files, "a.json,b.json", ',');
	strv_add(&metrics, "else");
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		json_t *sets[] = {set_of("w", "time", "ns", "lower", 1),
				  set_of("w", "time", others[i].unit, others[i].better, 1)};
		struct units_words words = {.files = &files};
		struct strv notes = {0};
		char *error = NULL;

		assert_false(units_settle(sets, 2, UNITS_REFUSE, &words, &error));
		assert_non_null(
			strstr(error, "metric time is ns (lower is better) in a.json: w, and "));
		assert_non_null(strstr(error, " in b.json: w: "));
		free(error);
		error = NULL;
		drop(sets, 2);
		sets[0] = set_of("w", "time", "ns", "lower", 1);
		sets[1] = set_of("w", "time", others[i].unit, others[i].better, 1);
		words.metrics = &metrics;
		/* The output is thrown away. */
		assert_true(units_settle(sets, 2, UNITS_REFUSE, &words, &error));
		words = (struct units_words){.notes = &notes};
		assert_true(units_settle(sets, 2, UNITS_APART, &words, &error));
		assert_int_equal(notes.n, 1);
		assert_string_equal(text_at(series_in(sets[0]), "name", NULL), "time");
		assert_string_not_equal(text_at(series_in(sets[1]), "name", NULL), "time");
		strv_free(&notes);
		drop(sets, 2);
	}
	strv_free(&files);
	strv_free(&metrics);
}

/* Two workloads may mean other things by one word; they are never in one table. */
static void test_workloads(void **state)
{
	json_t *sets[] = {set_of("a", "time", "ns", "lower", 1),
			  set_of("b", "time", "requests", "higher", 5)};
	char *error = NULL;

	(void)state;
	assert_true(units_settle(sets, 2, UNITS_REFUSE, NULL, &error));
	check_series(sets[0], "time", "ns", 1);
	check_series(sets[1], "time in requests", "requests", 5);
	drop(sets, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_converted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_workloads),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
