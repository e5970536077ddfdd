// SPDX-License-Identifier: MIT
/* The noise floor of sets made by hand: shifts, percentile, what a test sees, what is no
 * repetition. */
#include "host.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resultset/noise_floor.h"

/* n samples, from `from` on in steps of 1; by the iteration if reps is not 1. */
static json_t *series(double from, size_t n, bool exact, int reps)
{
	json_t *samples = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(samples, json_real((from + (double)i) * reps));
	return json_pack("{s:s, s:s, s:s, s:b, s:i, s:o}", "name", "time", "unit", "ns", "better",
			 "lower", "exact", exact, "iterations_per_sample", reps, "samples",
			 samples);
}

static json_t *run(const char *workload, const char *tier, json_t *one)
{
	return json_pack("{s:s, s:{s:s, s:s, s:{s:s}}, s:[o], s:{s:{s:i}}}", "id", workload,
			 "identity", "rig", "solo", "tier", tier, "workload", "name", workload,
			 "series", one, "counters", "mmu", "pins", 3);
}

static void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
		fail_msg("%.15g, not %.15g", got, want);
}

static void test_shifts(void **unused)
{
	/* Medians 1002 and 1012 and 1022 of fork; 102 all the time of exec, in samples of two. */
	json_t *set = json_pack("{s:[o, o], s:[[o, o], [o, o]]}", "runs",
				run("fork", "wall", series(1000, 5, false, 1)),
				run("exec", "wall", series(100, 5, false, 2)), "repetitions",
				run("fork", "wall", series(1010, 5, false, 1)),
				run("exec", "wall", series(100, 5, false, 1)),
				run("fork", "wall", series(1020, 5, false, 1)),
				run("exec", "wall", series(100, 5, false, 2)));
	const struct noise_metric *m;
	struct noise n;
	char *error = NULL;

	(void)unused;
	assert_true(noise_of(&n, set, &error));
	assert_int_equal(n.n, 3);
	assert_int_equal(n.repetitions, 3);
	m = noise_find(&n, "time", "fork");
	assert_string_equal(m->workload, "fork");
	assert_int_equal(m->pairs, 3);
	near(m->largest, 100 * 20 / 1002.0);
	near(m->p95, 100 * 20 / 1002.0);
	assert_int_equal(m->positives, 3); /* five samples all above five others: p = 0.008 */
	m = noise_find(&n, "time", "exec");
	near(m->largest, 0);
	assert_int_equal(m->positives, 0);
	m = noise_find(&n, "time", "ctx");
	assert_null(m->workload);
	assert_int_equal(m->pairs, 6);
	near(m->largest, 100 * 20 / 1002.0);
	assert_string_equal(m->worst, "fork");
	assert_null(n.metric[2].workload);
	assert_null(noise_find(&n, "insns", "fork"));
	noise_free(&n);
	json_decref(set);
}

/* 38 of 40 pairs do not shift more than the 95th percentile. */
static void test_percentile(void **unused)
{
	json_t *runs = json_array(), *again = json_array(), *set;
	struct noise n;
	char *error = NULL;

	(void)unused;
	for (int i = 1; i <= 40; i++) {
		json_array_append_new(runs, run("fork", "wall", series(1000, 1, false, 1)));
		json_array_append_new(again, run("fork", "wall", series(1000 + i, 1, false, 1)));
	}
	set = json_pack("{s:o, s:[o]}", "runs", runs, "repetitions", again);
	assert_true(noise_of(&n, set, &error));
	near(n.metric[0].p95, 3.8);
	near(n.metric[0].largest, 4);
	noise_free(&n);
	json_decref(set);
}

static void test_exact(void **unused)
{
	json_t *set =
		json_pack("{s:[o], s:[[o]]}", "runs", run("fork", "exact", series(7, 9, true, 1)),
			  "repetitions", run("fork", "exact", series(7, 9, true, 1)));
	json_t *again = json_array_get(json_array_get(json_object_get(set, "repetitions"), 0), 0);
	json_t *samples =
		json_object_get(json_array_get(json_object_get(again, "series"), 0), "samples");
	struct noise n;
	char *error = NULL;

	(void)unused;
	assert_true(noise_of(&n, set, &error));
	assert_int_equal(n.metric[0].positives, 0);
	assert_null(n.recounted);
	noise_free(&n);
	/* The same values in another order have the same median, and are no repetition. */
	json_array_set_new(samples, 0, json_real(8));
	json_array_set_new(samples, 1, json_real(7));
	json_object_set_new(json_object_get(json_object_get(again, "counters"), "mmu"), "pins",
			    json_integer(4));
	assert_true(noise_of(&n, set, &error));
	assert_int_equal(n.metric[0].positives, 1);
	near(n.metric[0].largest, 0);
	assert_string_equal(n.recounted, "fork");
	noise_free(&n);
	/* A run that does repeat, in front of it: not the one to point at. */
	json_array_insert_new(json_object_get(set, "runs"), 0,
			      run("exec", "exact", series(7, 9, true, 1)));
	json_array_insert_new(json_array_get(json_object_get(set, "repetitions"), 0), 0,
			      run("exec", "exact", series(7, 9, true, 1)));
	assert_true(noise_of(&n, set, &error));
	assert_null(n.metric[2].workload);
	assert_int_equal(n.metric[2].positives, 1);
	assert_string_equal(n.metric[2].worst, "fork");
	noise_free(&n);
	json_decref(set);
}

static void test_refused(void **unused)
{
	json_t *none = json_pack("{s:[o]}", "runs", run("fork", "wall", series(1, 2, false, 1)));
	json_t *other =
		json_pack("{s:[o], s:[[o]]}", "runs", run("fork", "wall", series(1, 2, false, 1)),
			  "repetitions", run("exec", "wall", series(1, 2, false, 1)));
	struct noise n;
	char *error = NULL;

	(void)unused;
	assert_false(noise_of(&n, none, &error));
	assert_non_null(strstr(error, "holds no repetitions"));
	free(error);
	error = NULL;
	noise_free(&n);
	assert_false(noise_of(&n, other, &error));
	assert_non_null(strstr(error, "fork was not repeated as it is"));
	free(error);
	noise_free(&n);
	json_decref(none);
	json_decref(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shifts),
		cmocka_unit_test(test_percentile),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
