// SPDX-License-Identifier: MIT
/* Lists of values: pvmmu (bench/lib/number_list.c) and make (mk/variant.awk) agree on every row of
 * a table.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/number_list.h"

#define TABLE "tests/golden/values.tsv"
#define MAKE                                                                                       \
	"awk -v names=eager -v list='custom:batch=multicall,depth=%s' -f mk/variant.awk "          \
	"guest-kernel/variants/eager.variant 2>/dev/null"

static char *joined(const struct values *values)
{
	char *all = xstrdup("");

	for (size_t i = 0; i < values->n; i++)
		replace_text(&all, "%s%s%lld", all, i ? " " : "", values->v[i]);
	return all;
}

static char *by_pvmmu(const char *list)
{
	struct values values;
	char *error = NULL, *text;

	if (!values_read(&values, list, 1, 128, "depth", &error)) {
		assert_non_null(error);
		if (strncmp(error, "depth: ", 7) != 0)
			fail_msg("%s: %s", list, error);
		free(error);
		return xstrdup("-");
	}
	assert_null(error);
	text = joined(&values);
	values_free(&values);
	return text;
}

static char *by_make(const char *list)
{
	char *command = xasprintf(MAKE, list), *text = xstrdup(""), line[256];
	FILE *p = popen(command, "r");

	assert_non_null(p);
	while (fgets(line, sizeof(line), p)) {
		char *depth = strstr(line, "depth=");

		/* A list in which more than numbers was seen: no row means that. */
		replace_text(&text, "%s%s%d", text, *text ? " " : "", depth ? atoi(depth + 6) : -1);
	}
	if (pclose(p))
		replace_text(&text, "-");
	free(command);
	return text;
}

static void test_table(void **unused)
{
	FILE *f = fopen(TABLE, "r");
	char line[256];
	size_t rows = 0;

	(void)unused;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char *want = strchr(line, '\t'), *mine, *theirs;

		if (*line == '#')
			continue;
		assert_non_null(want);
		*want++ = 0;
		want[strcspn(want, "\n")] = 0;
		mine = by_pvmmu(line);
		theirs = by_make(line);
		if (strcmp(mine, want) != 0)
			fail_msg("\"%s\": pvmmu reads %s, not %s", line, mine, want);
		if (strcmp(theirs, want) != 0)
			fail_msg("\"%s\": make reads %s, not %s", line, theirs, want);
		free(mine);
		free(theirs);
		rows++;
	}
	fclose(f);
	assert_true(rows > 50);
}

/* Values that depth, which begins at 1, cannot show. */
static void test_beyond(void **unused)
{
	static const struct {
		const char *list;
		long long max;
		const char *want; /* the values, or what the refusal says */
	} cases[] = {
		{"0,4..16", 100, "0 4 8 12 16"},
		{"0,4,8..16", 100, "0 4 8 12 16"},
		{"0,1,2..5", 100, "0 1 2 3 4 5"},
		{"0,1,2,4..16", 100, "0 1 2 4 8 16"},
		{"0,1,4,16..256", 4096, "0 1 4 16 64 256"},
		{"0..4", 100, "0 1 2 3 4"},
		{"1,4611686018427387904..9223372036854775807", 9223372036854775807,
		 "x: 1,4611686018427387904..9223372036854775807: a factor of 4611686018427387904 "
		 "does not arrive at 9223372036854775807 but at 4611686018427387904; steps of 1 are "
		 "A..B, others take three numbers: A,B,C..D"},
		{"3,9223372036854775800..9223372036854775807", 9223372036854775807,
		 "x: 3,9223372036854775800..9223372036854775807: a factor of 3074457345618258600 "
		 "does not arrive at 9223372036854775807 but at 9223372036854775800; steps of 1 are "
		 "A..B, others take three numbers: A,B,C..D"},
		{"1,2..7", 100,
		 "x: 1,2..7: a factor of 2 does not arrive at 7 but at 4; steps of 1 are A..B, "
		 "others take three numbers: A,B,C..D"},
		{"0,5..16", 100, "x: 0,5..16: steps of 5 do not arrive at 16 but at 15"},
		{"4,4", 100, "x: 4 is given twice"},
		{"8..1", 100, "x: 8..1 runs down, write it upwards"},
		{"4..4", 100, "x: 4..4 runs nowhere, write one number"},
		{"8,4..2", 100, "x: 4..2 runs down, write it upwards"},
		{"8,4..16", 100, "x: 8,4..16 runs down, write it upwards"},
		{"1..5000", 100000, "x: 1..5000 is more than 4096 values"},
		{"0,1,2..5000", 100000, "x: more than 4096 values"},
		{"1..200", 100, "x: 200 is out of range, valid: 0 to 100"},
		{"1..", 100, "x: \"\" is not a whole number"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct values values;
		char *got = NULL;

		if (values_read(&values, cases[i].list, 0, cases[i].max, "x", &got)) {
			got = joined(&values);
			values_free(&values);
		}
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s, not %s", cases[i].list, got, cases[i].want);
		free(got);
	}
}

static void test_join(void **unused)
{
	static const struct {
		const char *list, *want;
	} cases[] = {
		{"fork:mb=0,1,4:n=64,exec", "fork:mb=0,1,4:n=64 exec"},
		{"1,2,4..128", "1,2,4..128"},
		{"fork,exec", "fork exec"},
		{"fork:mb=1,2,exec:libc=0,1,ctx", "fork:mb=1,2 exec:libc=0,1 ctx"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strv items = {0};
		char *all;

		strv_split(&items, cases[i].list, ',');
		values_join(&items);
		all = strv_join(&items, " ");
		assert_string_equal(all, cases[i].want);
		free(all);
		strv_free(&items);
	}
}

/* The values of --floor; a sign is never guessed. */
static void test_share(void **state)
{
	static const struct {
		const char *text;
		double want; /* below 0: refused */
	} cases[] = {{"5%", 0.05}, {"0.05", 0.05},   {"1.1%", 0.011}, {".5", 0.5},    {"0", 0},
		     {"0%", 0},	   {"0.999", 0.999}, {"100%", 1},     {"150%", 1.5},  {"1000%", 10},
		     {"5", -1},	   {"1", -1},	     {"1.0", -1},     {"50", -1},     {"1001%", -1},
		     {"", -1},	   {"%", -1},	     {".", -1},	      {".%", -1},     {"-1%", -1},
		     {"+1%", -1},  {"5%%", -1},	     {"5 %", -1},     {" 5%", -1},    {"0x1%", -1},
		     {"1e-2", -1}, {"nan", -1},	     {"inf", -1},     {"1.2.3%", -1}, {"0,05", -1},
		     {"5%x", -1},  {"much", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *error = NULL;
		double v;
		bool good = parse_share(cases[i].text, "--floor", &v, &error);

		if (good != (cases[i].want >= 0) || (good && v != cases[i].want))
			fail_msg("\"%s\": %s\n", cases[i].text, error ? error : "taken");
		if (!good)
			assert_memory_equal(error, "--floor: ", 9);
		free(error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_beyond),
		cmocka_unit_test(test_join),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
