// SPDX-License-Identifier: MIT
/* The language of gates: what each part means, and where a mistake is said to be. */
#include "host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "verdict/gate_parse.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void test_parts(void **unused)
{
	static const struct {
		const char *text, *workload, *variant, *metric;
		bool at_least;
		enum gate_limit kind;
		double limit;
		bool is_time;
	} cases[] = {
		{"fork:insns<=+2%", "fork", NULL, "insns", false, LIMIT_PERCENT, 2, false},
		{"fork:mb=16:vcpus=4:insns<=+1000", "fork", NULL, "insns", false, LIMIT_DIFFERENCE,
		 1000, false},
		{"exec@batched:insns<=700k", "exec", "batched", "insns", false, LIMIT_ABSOLUTE,
		 700000, false},
		{"*:hypercalls<=+0%", "*", NULL, "hypercalls", false, LIMIT_PERCENT, 0, false},
		{"ctx:time>=-2.5%", "ctx", NULL, "time", true, LIMIT_PERCENT, -2.5, false},
		{"null_*:time<=1.5us", "null_*", NULL, "time", false, LIMIT_ABSOLUTE, 1500, true},
		{"fork:time<=+3ms", "fork", NULL, "time", false, LIMIT_DIFFERENCE, 3e6, true},
		{"fork@custom:update=mmu/va,depth=8:mmuext.pin<=2", "fork",
		 "custom:update=mmu/va,depth=8", "mmuext.pin", false, LIMIT_ABSOLUTE, 2, false},
		{"f?rk@*:*>=1M", "f?rk", "*", "*", true, LIMIT_ABSOLUTE, 1e6, false},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gate g;
		char *error = NULL;

		if (!gate_read(&g, cases[i].text, &error))
			fail_msg("%s", error);
		assert_string_equal(g.workload, cases[i].workload);
		assert_string_equal(g.metric, cases[i].metric);
		assert_int_equal(!g.variant, !cases[i].variant);
		if (g.variant)
			assert_string_equal(g.variant, cases[i].variant);
		assert_int_equal(g.at_least, cases[i].at_least);
		assert_int_equal(g.kind, cases[i].kind);
		assert_int_equal(g.is_time, cases[i].is_time);
		assert_true(fabs(g.limit - cases[i].limit) < 1e-9 * fabs(g.limit) + 1e-12);
		gate_free(&g);
	}
}

static void test_mistakes(void **unused)
{
	static const struct {
		const char *text, *say;
	} cases[] = {
		{"", "at its end: expected <= or >="},
		{"fork", "at its end: expected <= or >="},
		{"fork:insns<2", "column 11: expected <= or >="},
		{"fork:insns=2", "at its end: expected <= or >="},
		{"insns<=2", "column 1: expected WORKLOAD:METRIC in front of <="},
		{":insns<=2", "column 1: expected a workload's name"},
		{"fo rk:insns<=2", "column 1: expected a workload's name"},
		{"fork:<=2", "column 6: expected a metric"},
		{"fork:in*<=2", "column 6: expected a metric"},
		{"fork:mb:insns<=2", "column 6: expected PARAMETER=VALUE"},
		{"fork:mb=:insns<=2", "column 9: mb: expected a whole number"},
		{"fork:mb=1.5:insns<=2", "column 9: mb: expected a whole number"},
		{"fork:mb=1:mb=2:insns<=2", "column 11: mb is given twice"},
		{"fork@:insns<=2", "column 6: expected a variant behind @"},
		{"fork:insns<=", "at its end: expected a number"},
		{"fork:insns<=+", "expected a number"},
		{"fork:insns<=x", "column 13: expected a number"},
		{"fork:insns<=++2", "column 13: expected a number"},
		{"fork:insns<=inf", "column 13: expected a number"},
		{"fork:insns<=nan", "column 13: expected a number"},
		{"fork:insns<=0x10", "column 13: expected a decimal number"},
		{"fork:insns<=1e99", "column 13: expected a number of at most 1e15"},
		{"fork:insns<=2%", "column 13: a percentage is relative to the base"},
		{"fork:insns<=+2%%", "column 15: expected %, k, M"},
		{"fork:insns<=5 us", "column 14: expected %, k, M"},
		{"fork:insns<=5kk", "column 14: expected %, k, M"},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gate g;
		char *error = NULL;

		if (gate_read(&g, cases[i].text, &error))
			fail_msg("\"%s\" was taken", cases[i].text);
		if (!strstr(error, cases[i].say) || strncmp(error, "gate \"", 6) != 0)
			fail_msg("\"%s\": %s", cases[i].text, error);
		free(error);
		gate_free(&g);
	}
}

static bool about(const char *text, const char *workload, int mb, int vcpus, const char *variant,
		  const char *label)
{
	json_t *parameters = json_pack("{s:i, s:i}", "mb", mb, "n", 64);
	struct gate_subject s = {workload, parameters, vcpus, variant, label};
	struct gate g;
	char *error = NULL;
	bool is;

	assert_true(gate_read(&g, text, &error));
	is = gate_matches(&g, &s);
	gate_free(&g);
	json_decref(parameters);
	return is;
}

static void test_matches(void **unused)
{
	(void)unused;
	assert_true(about("fork:x<=1", "fork", 0, 1, "eager", NULL));
	assert_true(about("fork:x<=1", "fork", 16, 4, "eager", NULL));
	assert_false(about("fork:x<=1", "forkbomb", 0, 1, "eager", NULL));
	assert_true(about("fork*:x<=1", "forkbomb", 0, 1, "eager", NULL));
	assert_true(about("fork:mb=16:x<=1", "fork", 16, 1, "eager", NULL));
	assert_false(about("fork:mb=16:x<=1", "fork", 0, 1, "eager", NULL));
	assert_false(about("fork:kb=0:x<=1", "fork", 0, 1, "eager", NULL));
	assert_true(about("fork:vcpus=4:x<=1", "fork", 0, 4, "eager", NULL));
	assert_false(about("fork:vcpus=4:x<=1", "fork", 0, 1, "eager", NULL));
	assert_true(about("fork@eager:x<=1", "fork", 0, 1, "eager", NULL));
	assert_false(about("fork@eager:x<=1", "fork", 0, 1, "nopin", NULL));
	assert_true(about("fork@custom:depth=8:x<=1", "fork", 0, 1, "custom:pin=eager,depth=8",
			  "custom:depth=8"));
	assert_true(about("fork@custom*:x<=1", "fork", 0, 1, "custom:pin=eager,depth=8", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_matches),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
