// SPDX-License-Identifier: MIT
/*
 * Xen's counters as the guest's records tell them: what is put together from good ones,
 * and that no others are taken for good.
 */
#include "host.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/perfc.h"

/* Three records of a run on Xen 4.17, shortened to what shows all kinds of counters. */
#define FIRST                                                                                      \
	"{\"values\":{\"exceptions\":{\"14\":20,\"9\":1},\"apic timer interrupts\":1,"             \
	"\"calls to mmuext_op\":44},\"zero\":[\"vmexits\",\"calls to mmu_update\"]}"
#define SECOND "{\"values\":{},\"zero\":[\"guest pagetable walks\"]}"
#define LAST                                                                                       \
	"{\"values\":{\"hypercalls\":{\"3\":8,\"26\":45,\"62\":7},"                                \
	"\"PG_need_flush tlb flushes\":8},\"zero\":[\"calls from multicall\"],"                    \
	"\"counters\":9,\"stretches\":2}"

static json_t *read_records(const char *text, char **error)
{
	json_t *records = json_loads(text, 0, NULL), *all;

	assert_non_null(records);
	*error = NULL;
	all = perfc_from_records(records, error);
	json_decref(records);
	return all;
}

static void test_golden(void **state)
{
	static const char want[] =
		"{\"arrays\":{\"exceptions\":{\"9\":1,\"page_fault\":20},"
		"\"hypercalls\":{\"62\":7,\"mmuext_op\":45,\"stack_switch\":8}},"
		"\"counters\":{\"PG_need_flush tlb flushes\":8,\"apic timer interrupts\":1,"
		"\"calls to mmuext_op\":44},"
		"\"missing\":[\"page updates\",\"mmu_updates of writable pages\",\"mmuext ops\","
		"\"calls to update_va_map\",\"page faults\",\"writable pt emulations\","
		"\"#interrupts\",\"#IPIs\"],\"stretches\":2,"
		"\"zero\":[\"vmexits\",\"calls to mmu_update\",\"guest pagetable walks\","
		"\"calls from multicall\"]}";
	char *error, *got;
	json_t *all = read_records("[" FIRST "," SECOND "," LAST "]", &error);

	(void)state;
	assert_non_null(all);
	got = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT);
	assert_string_equal(got, want);
	free(got);
	json_decref(all);
}

static void refuse(const char *text, const char *reason)
{
	char *error;
	json_t *all = read_records(text, &error);

	if (all || !error || !strstr(error, reason))
		fail_msg("%s: expected \"%s\", got \"%s\"", text, reason,
			 error ? error : "no reason");
	free(error);
}

static void test_unavailable(void **state)
{
	(void)state;
	refuse("[{\"unavailable\":\"this Xen was built without counters\"}]",
	       "this Xen was built without counters");
	refuse("[]", "there is none");
	/* Not both. */
	refuse("[{\"unavailable\":\"why\"}," LAST "]", "wrong shape");
	refuse("[" FIRST ",{\"unavailable\":\"why\"}]", "wrong shape");
}

#define END   "\"counters\":1,\"stretches\":1}]"
#define SHAPE "wrong shape"
#define NAMES "no name, comes twice, or is no count"

static void test_hostile(void **state)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		/* Chunks that are lost, doubled, or in another order. */
		{"[" FIRST "," SECOND "]", "last record is missing"},
		{"[" FIRST "," LAST "]", "counters are missing"},
		{"[" LAST "]", "counters are missing"},
		{"[" FIRST "," FIRST "," SECOND "," LAST "]", NAMES},
		{"[" FIRST "," SECOND "," LAST "," SECOND "]", "records follow the last one"},
		{"[" FIRST "," SECOND "," SECOND "," LAST "]", NAMES},
		/* Members. */
		{"[1]", SHAPE},
		{"[{}]", SHAPE},
		{"[{\"values\":{}}]", SHAPE},
		{"[{\"values\":[],\"zero\":[\"a\"]," END, SHAPE},
		{"[{\"values\":{},\"zero\":{}," END, SHAPE},
		{"[{\"values\":{},\"zero\":[\"a\"],\"more\":1," END, SHAPE},
		{"[{\"values\":{},\"zero\":[\"a\"],\"counters\":1.0,\"stretches\":1}]", SHAPE},
		{"[{\"values\":{},\"zero\":[\"a\"],\"counters\":1,\"stretches\":0}]", "missing"},
		{"[{\"values\":{},\"zero\":[\"a\"],\"counters\":1,\"stretches\":-1}]", "missing"},
		{"[{\"values\":{},\"zero\":[],\"counters\":0,\"stretches\":1}]", "missing"},
		{"[{\"values\":{},\"zero\":[\"a\"],\"counters\":2,\"stretches\":1}]", "missing"},
		/* Counters. */
		{"[{\"values\":{\"a\":1},\"zero\":[\"a\"]," END, NAMES},
		{"[{\"values\":{},\"zero\":[\"a\",\"a\"]," END, NAMES},
		{"[{\"values\":{},\"zero\":[\"\"]," END, NAMES},
		{"[{\"values\":{},\"zero\":[1]," END, NAMES},
		{"[{\"values\":{\"\":1},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":0},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":-1},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":1.5},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":\"1\"},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":null},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":[1]},\"zero\":[]," END, NAMES},
		/* Arrays. */
		{"[{\"values\":{\"a\":{}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"x\":1}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"\":1}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"01\":1}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"-1\":1}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\" 1\":1}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"65536\":1}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"99999999999999999999\":1}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"1\":0}},\"zero\":[]," END, NAMES},
		{"[{\"values\":{\"a\":{\"1\":{}}},\"zero\":[]," END, NAMES},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refuse(cases[i].text, cases[i].reason);
}

static void test_added(void **state)
{
	const unsigned long long calls[] = {0, 3, 0}, none[] = {0, 0}, one = 5, zero = 0;
	json_t *all = perfc_new();
	char *got;

	(void)state;
	assert_true(perfc_add(all, "hypercalls", calls, 3));
	assert_true(perfc_add(all, "exceptions", none, 2));
	assert_true(perfc_add(all, "page faults", &one, 1));
	assert_true(perfc_add(all, "#IPIs", &zero, 1));
	assert_false(perfc_add(all, "hypercalls", calls, 3));
	assert_false(perfc_add(all, "#IPIs", &one, 1));
	assert_false(perfc_add(all, "", &one, 1));
	got = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT);
	assert_string_equal(got, "{\"arrays\":{\"hypercalls\":{\"mmu_update\":3}},"
				 "\"counters\":{\"page faults\":5},\"missing\":[],"
				 "\"zero\":[\"exceptions\",\"#IPIs\"]}");
	free(got);
	perfc_done(all);
	/* 16 are known, four are there. */
	assert_int_equal(json_array_size(json_object_get(all, "missing")), 12);
	json_decref(all);
}

static void with_file(const void *bytes, size_t n, bool counts, const char *reason)
{
	char path[] = "/tmp/pvmmu-perfc-XXXXXX", *error = NULL;
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
	assert_int_equal(perfc_counts(path, &error), counts);
	assert_int_equal(error == NULL, counts);
	if (reason)
		assert_non_null(strstr(error, reason));
	free(error);
	remove(path);
}

static void test_built_in(void **state)
{
	static const char xen[] = "\177ELF\0\0PG_need_flush tlb flushes\0...";
	static const char other[] = "\177ELF\0\0PG_need_flush tlb flushed\0...";
	char *error = NULL;

	(void)state;
	with_file(xen, sizeof(xen), true, NULL);
	with_file(other, sizeof(other), false, "make xen FLAVOUR=perfc");
	with_file("", 0, false, "cannot read");
	assert_false(perfc_counts("/nonexistent/xen", &error));
	assert_non_null(strstr(error, "/nonexistent/xen"));
	free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),	 cmocka_unit_test(test_unavailable),
		cmocka_unit_test(test_hostile),	 cmocka_unit_test(test_added),
		cmocka_unit_test(test_built_in),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("perfc", tests, NULL, NULL);
}
