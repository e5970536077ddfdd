// SPDX-License-Identifier: MIT
/* The calendar (bench/lib/dates.h), held against the C library's own. */
#include "host.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/dates.h"
#include "lib/text.h"

static void test_which(void **state)
{
	static const struct {
		const char *text;
		bool day, time;
	} cases[] = {
		{"2026-01-31", true, false},
		{"2026-01-32", false, false},
		{"2026-00-10", false, false},
		{"2026-13-01", false, false},
		{"2026-01-00", false, false},
		{"2026-04-31", false, false},
		{"2026-04-30", true, false},
		{"2026-02-29", false, false},
		{"2024-02-29", true, false},
		{"2000-02-29", true, false},
		{"1900-02-29", false, false},
		{"2024-02-30", false, false},
		{"0000-02-29", true, false},
		{"9999-12-31", true, false},
		{"2026-1-31", false, false},
		{"+026-01-31", false, false},
		{"2026-01-31 ", false, false},
		{"2026/01/31", false, false},
		{"", false, false},
		{"2026-01-31T00:00:00Z", false, true},
		{"2026-01-31T23:59:59Z", false, true},
		{"2026-01-31T24:00:00Z", false, false},
		{"2026-01-31T25:00:00Z", false, false},
		{"2026-01-31T23:60:00Z", false, false},
		{"2026-01-31T23:59:60Z", false, false},
		{"2026-02-30T23:59:59Z", false, false},
		{"2026-13-45T99:99:99Z", false, false},
		{"2026-01-31T23:59:59", false, false},
		{"2026-01-31t23:59:59z", false, false},
		{"2026-01-31T23:59:59.5Z", false, false},
		{"2026-01-31T23:59:59+01:00", false, false},
		{"2026-01-31T23:59:59Zx", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = strlen(cases[i].text);
		long long seconds;

		if (is_day(cases[i].text, n) != cases[i].day ||
		    is_time(cases[i].text, n) != cases[i].time ||
		    time_seconds(cases[i].text, &seconds) != cases[i].time)
			fail_msg("\"%s\"\n", cases[i].text);
	}
}

/* Each day of a thousand years is one and counts as the C library has it; the day behind a month is
 * none. */
static void test_calendar(void **state)
{
	(void)state;
	for (time_t t = -12622780800; t < 20000000000; t += 86400 - 7) {
		char text[64];
		long long seconds;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
		if (strlen(text) != 20)
			continue;
		if (!time_seconds(text, &seconds) || seconds != t)
			fail_msg("%s\n", text);
	}
	for (int year = 1600; year < 2400; year++)
		for (int month = 1; month <= 12; month++) {
			struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = 0};
			char text[64];

			timegm(&tm);
			snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, tm.tm_mday);
			assert_true(is_day(text, strlen(text)));
			snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, tm.tm_mday + 1);
			if (is_day(text, strlen(text)))
				fail_msg("%s\n", text);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_calendar),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("dates", tests, NULL, NULL);
}
