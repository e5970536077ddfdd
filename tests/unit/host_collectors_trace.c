// SPDX-License-Identifier: MIT
/* Traces as xentrace writes them: whose events they are, which ones, when; and cut ones. */
#include "host.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../collectors/trace.h"

static uint32_t words[256];
static size_t n;

static void put(uint32_t event, uint64_t time, unsigned count, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t data[] = {a, b, c, 0};

	words[n++] = event | count << 28 | (time ? 1u << 31 : 0);
	if (time) {
		words[n++] = (uint32_t)time;
		words[n++] = (uint32_t)(time >> 32);
	}
	for (unsigned i = 0; i < count; i++)
		words[n++] = data[i];
}

/* CPU 0 runs domain 0, then 5, then 0 again; CPU 1 domain 5 meanwhile. */
static void make_trace(void)
{
	n = 0;
	put(0x1f003, 0, 2, 0, 4096, 0);
	put(0x20100d, 900, 2, 1, 77, 0); /* before anybody is known */
	put(0x2800a, 1000, 4, 0, 0, 5);
	put(0x20100d, 0x100000000, 2, 14 | 1u << 20, 77,
	    0); /* update_va_mapping with an argument */
	put(0x20100d, 0x100000010, 1, 13, 0, 0);
	put(0x20200e, 0x100000011, 2, 1, 5, 0);
	put(0x20200e, 0x100000012, 2, 1, 5, 0);
	put(0x201104, 0x100000020, 3, 1, 2, 3); /* a page fault, 64-bit */
	put(0x201103, 0x100000021, 3, 6, 2, 3);
	put(0x20110b, 0x100000022, 3, 6, 2, 3);
	put(0x20100d, 0x100000030, 1, 61, 0, 0);
	put(0x2800a, 0x100000040, 4, 5, 0, 0);
	put(0x20100d, 0x100000041, 1, 1, 0, 0); /* domain 0's */
	put(0x1f001, 0, 1, 9, 0, 0);		/* lost */
	put(0x1f003, 0, 2, 1, 4096, 0);
	put(0x2800a, 0x100000000, 4, 0, 0, 5);
	put(0x20100d, 0x100000031, 1, 14, 0, 0);
}

static json_int_t at(const json_t *o, const char *group, const char *name)
{
	return json_integer_value(json_object_get(group ? json_object_get(o, group) : o, name));
}

static void test_counts(void **state)
{
	char *error = NULL;
	json_t *t, *bins;
	json_int_t sum = 0;

	(void)state;
	make_trace();
	t = trace_counts(words, n * sizeof(*words), 5, 4, &error);
	assert_non_null(t);
	assert_int_equal(at(t, "hypercalls", "update_va_mapping"), 2);
	assert_int_equal(at(t, "hypercalls", "multicall"), 1);
	assert_int_equal(at(t, "hypercalls", "hypercall_61"), 1);
	assert_int_equal(json_object_size(json_object_get(t, "hypercalls")), 3);
	assert_int_equal(at(t, "in_multicalls", "mmu_update"), 2);
	assert_int_equal(at(t, NULL, "page_faults"), 1);
	assert_int_equal(at(t, NULL, "other_traps"), 1);
	assert_int_equal(at(t, NULL, "emulated_writes"), 1);
	assert_int_equal(at(t, NULL, "lost_records"), 9);
	bins = json_object_get(json_object_get(t, "series"), "hypercalls");
	assert_int_equal(json_array_size(bins), 4);
	for (size_t i = 0; i < 4; i++)
		sum += json_integer_value(json_array_get(bins, i));
	assert_int_equal(sum, 4);
	/* The domain's time begins with its switch, at 1000, long before. */
	assert_int_equal(json_integer_value(json_array_get(bins, 3)), 4);
	json_decref(t);
}

static void test_cut_and_foreign(void **state)
{
	char *error = NULL;
	json_t *t;

	(void)state;
	make_trace();
	for (size_t bytes = 0; bytes <= n * sizeof(*words); bytes++) {
		/* A copy of exactly that size, for the sanitizer. */
		char *copy = malloc(bytes + 1);

		memcpy(copy, words, bytes);
		t = trace_counts(copy, bytes, 5, 4, &error);
		assert_true(!t == (error != NULL));
		json_decref(t);
		free(error);
		error = NULL;
		free(copy);
	}
	assert_null(trace_counts(words, n * sizeof(*words), 6, 4, &error));
	assert_non_null(strstr(error, "does not show the domain"));
	free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_cut_and_foreign),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
