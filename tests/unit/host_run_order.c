// SPDX-License-Identifier: MIT
/* The order of runs in real time, and when a control has drifted: on made-up plans and numbers. */
#include "host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/run_order.h"

#define VARIANTS 5
#define SEEDS	 3
#define RUNS	 (2 * VARIANTS * SEEDS)

/* As plan_make() lays it out: two workloads, of each all variants, of each all seeds. */
static void make_plan(struct plan *p, struct run_spec *runs, const struct workload *work,
		      json_t *parameters)
{
	size_t n = 0;

	for (int w = 0; w < 2; w++)
		for (int v = 0; v < VARIANTS; v++)
			for (int s = 1; s <= SEEDS; s++)
				runs[n++] = (struct run_spec){.workload = &work[w],
							      .parameters = parameters,
							      .vcpus = 1,
							      .memory_mib = (unsigned)v,
							      .seed = (uint64_t)s};
	*p = (struct plan){.runs = runs, .n = n};
}

static void test_order(void **state)
{
	static const struct workload work[2];
	size_t order[RUNS], again[RUNS], in_order = 0, alike = 0;
	struct run_spec runs[RUNS];
	json_t *parameters = json_object();
	bool seen[RUNS] = {0};
	struct plan p;

	(void)state;
	make_plan(&p, runs, work, parameters);
	run_order_make(&p, order);
	run_order_make(&p, again);
	assert_memory_equal(order, again, sizeof(order));
	for (size_t k = 0; k < RUNS; k++) {
		const struct run_spec *r = &runs[order[k]];

		assert_false(seen[order[k]]);
		seen[order[k]] = true;
		/* Round by round, and in a round the variants of a workload side by side. */
		assert_int_equal(r->seed, k / (2 * VARIANTS) + 1);
		assert_ptr_equal(r->workload, &work[k / VARIANTS % 2]);
		in_order += r->memory_mib == k % VARIANTS;
		if (k >= VARIANTS)
			alike += r->memory_mib == runs[order[k - VARIANTS]].memory_mib;
	}
	/* Mixed, and each time otherwise. */
	assert_true(in_order < RUNS / 2);
	assert_true(alike < RUNS / 2);
	json_decref(parameters);
}

/* n samples around a median, half of them below and half above it by `spread`. */
static json_t *control(double median, double spread)
{
	json_t *v = json_array();

	for (int i = -4; i <= 4; i++)
		json_array_append_new(v, json_real(median + (i < 0 ? -spread : i ? spread : 0)));
	return v;
}

static size_t drift_of(const double *medians, size_t n, double spread, bool *departs)
{
	json_t *all = json_array();
	double share[8];
	size_t found;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, control(medians[i], spread));
	found = run_order_drift(all, departs, share);
	json_decref(all);
	return found;
}

static void test_drift(void **state)
{
	static const double steady[] = {1000, 1010, 1002, 998, 1020},
			    one[] = {1000, 1010, 1200, 998, 1005}, two[] = {1000, 1040},
			    slow[] = {1000, 1000, 1000, 1300, 1310, 1290, 1305};
	bool departs[8];

	(void)state;
	assert_int_equal(drift_of(steady, 5, 1, departs), 0);
	/* One that something else disturbed. */
	assert_int_equal(drift_of(one, 5, 1, departs), 1);
	assert_true(departs[2] && !departs[1] && !departs[3]);
	/* The slower one of two: a disturbance does not make a run faster. */
	assert_int_equal(drift_of(two, 2, 1, departs), 1);
	assert_true(departs[1] && !departs[0]);
	/* A machine that became slower: the fewer stand out. */
	assert_int_equal(drift_of(slow, 7, 1, departs), 3);
	assert_true(departs[0] && departs[1] && departs[2] && !departs[3]);
	/* The same numbers, where samples of one control differ by more than that: no drift. */
	assert_int_equal(drift_of(one, 5, 100, departs), 0);
	/* Just inside and outside of three per cent. */
	assert_int_equal(drift_of((const double[]){1000, 1000, 1029}, 3, 0, departs), 0);
	assert_int_equal(drift_of((const double[]){1000, 1000, 1031}, 3, 0, departs), 1);
	/* No pair to compare. */
	assert_int_equal(drift_of(one, 1, 0, departs), 0);
	assert_int_equal(drift_of(one, 0, 0, departs), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_drift),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
