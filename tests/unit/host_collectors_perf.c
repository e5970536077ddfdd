// SPDX-License-Identifier: MIT
/* Lines of `perf stat -j` as several versions, machines and locales write them. */
#include "host.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file_write.h"
#include "lib/text.h"
#include "../../collectors/collector.h"
#include "../../collectors/perf.h"

static void test_shapes(void **state)
{
	static const struct {
		const char *line, *event, *unit, *missing; /* event NULL: not about one */
		double value, running;
	} cases[] = {
		/* 6.1 */
		{"{\"counter-value\" : \"1.600255\", \"unit\" : \"msec\", \"event\" : \"task-clock\", "
		 "\"event-runtime\" : 1600255, \"pcnt-running\" : 100.00, \"metric-value\" : 0.061909, "
		 "\"metric-unit\" : \"CPUs utilized\"}\n",
		 "task-clock", "msec", "", 1.600255, 1},
		{"{\"counter-value\" : \"<not supported>\", \"unit\" : \"\", \"event\" : \"cycles\", "
		 "\"event-runtime\" : 0, \"pcnt-running\" : 100.00, \"metric-value\" : 0.000000, "
		 "\"metric-unit\" : \"\"}",
		 "cycles", "", "not supported", 0, 1},
		/* 5.19 runs the event's time and its share together; in user mode only */
		{"{\"counter-value\" : \"6166.000000\", \"unit\" : \"\", \"event\" : "
		 "\"context-switches:u\", \"event-runtime\" : 3805723045100.00, \"pcnt-running\" : "
		 "100.00, \"metric-value\" : 1.620191, \"metric-unit\" : \"K/sec\"}",
		 "context-switches:u", "", "", 6166, 1},
		/* more events than counters: counted for a third of the time and scaled */
		{"{\"counter-value\" : \"87654321.000000\", \"unit\" : \"\", \"event\" : "
		 "\"dTLB-load-misses\", \"event-runtime\" : 33, \"pcnt-running\" : 33.30}",
		 "dTLB-load-misses", "", "", 87654321, 0.333},
		{"{\"counter-value\" : \"<not counted>\", \"unit\" : \"\", \"event\" : \"instructions\", "
		 "\"event-runtime\" : 0, \"pcnt-running\" : 0.00, \"metric-value\" : 0.000000}",
		 "instructions", "", "not counted", 0, 0},
		/* a share of nothing is no count either */
		{"{\"counter-value\" : \"0.000000\", \"unit\" : \"\", \"event\" : \"branch-misses\", "
		 "\"event-runtime\" : 0, \"pcnt-running\" : 0.00}",
		 "branch-misses", "", "not counted", 0, 0},
		/* a locale with a decimal comma: no JSON at all */
		{"{\"counter-value\" : \"1,600255\", \"unit\" : \"msec\", \"event\" : \"task-clock\", "
		 "\"event-runtime\" : 1600255, \"pcnt-running\" : 50,00, \"metric-value\" : 0,061909, "
		 "\"metric-unit\" : \"CPUs utilized\"}",
		 "task-clock", "msec", "", 1.600255, 0.5},
		/* later ones: intervals, CPUs, cgroups, hybrid processors, no blanks */
		{"{\"interval\" : 1.000123, \"cpu\" : \"0\", \"counter-value\" : \"51.000000\", \"unit\" : "
		 "\"\", \"event\" : \"page-faults\", \"event-runtime\" : 1, \"pcnt-running\" : 100.00}",
		 "page-faults", "", "", 51, 1},
		{"{\"counter-value\":\"12\",\"unit\":\"\",\"event\":\"cpu_core/cycles/\",\"cgroup\":\"a\","
		 "\"event-runtime\":5,\"pcnt-running\":100.00,\"metric-threshold\":\"good\"}",
		 "cpu_core/cycles/", "", "", 12, 1},
		{"{\"counter-value\" : \"7.000000\", \"event\" : \"cycles\"}", "cycles", "", "", 7,
		 1},
		/* members in another order, and numbers without quotes */
		{"{\"event\" : \"cycles\", \"pcnt-running\" : 57.10, \"unit\" : \"\", \"counter-value\" : "
		 "812345.0}",
		 "cycles", "", "", 812345, 0.571},
		/* not about an event */
		{"{\"metric-value\" : \"0.5\", \"metric-unit\" : \"insn per cycle\"}", NULL, "", "",
		 0, 1},
		{"# started on Sat Nov 21 12:17:17 2026", NULL, "", "", 0, 1},
		{"", NULL, "", "", 0, 1},
		{"{\"event\" : \"cycles\"}", NULL, "", "", 0, 1},
		{"{\"event\" : \"\", \"counter-value\" : \"1\"}", NULL, "", "", 0, 1},
		{"{\"event\" : \"cycles, \"counter-value\" : \"1", NULL, "", "", 0, 1},
		/* never zero for what is no number */
		{"{\"counter-value\" : \"\", \"event\" : \"cycles\"}", "cycles", "", "no number", 0,
		 1},
		{"{\"counter-value\" : \"1.2.3\", \"event\" : \"cycles\"}", "cycles", "",
		 "no number", 0, 1},
		{"{\"counter-value\" : \"-5\", \"event\" : \"cycles\"}", "cycles", "", "no number",
		 0, 1},
		{"{\"counter-value\" : \"nan\", \"event\" : \"cycles\"}", "cycles", "", "no number",
		 0, 1},
		{"{\"counter-value\" : \"inf\", \"event\" : \"cycles\"}", "cycles", "", "no number",
		 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct perf_count c;

		if (perf_parse_line(cases[i].line, &c) != !!cases[i].event)
			fail_msg("taken or not: %s", cases[i].line);
		if (!cases[i].event)
			continue;
		assert_string_equal(c.event, cases[i].event);
		assert_string_equal(c.unit, cases[i].unit);
		if (strcmp(c.missing, cases[i].missing))
			fail_msg("missing \"%s\": %s", c.missing, cases[i].line);
		if (!*c.missing)
			assert_true(fabs(c.value - cases[i].value) < 1e-9);
		assert_true(fabs(c.running - cases[i].running) < 1e-9);
	}
}

/* Cut anywhere or with any byte changed: never beyond the line, never a number from nothing. */
static void test_rubbish(void **state)
{
	static const char good[] = "{\"counter-value\" : \"1.5\", \"unit\" : \"msec\", \"event\" : "
				   "\"task-clock\", \"pcnt-running\" : 100.00}";
	struct perf_count c;
	uint64_t random = 1;

	(void)state;
	for (size_t n = 0; n < sizeof(good); n++) {
		char *line = strndup(good, n);

		perf_parse_line(line, &c);
		free(line);
	}
	for (int i = 0; i < 50000; i++) {
		char *line = strdup(good);

		random = random * 6364136223846793005u + 1442695040888963407u;
		line[(random >> 33) % (sizeof(good) - 1)] = (char)(random >> 20);
		if (perf_parse_line(line, &c) &&
		    (!memchr(c.event, 0, sizeof(c.event)) || !(c.value >= 0)))
			fail_msg("%s", line);
		free(line);
	}
}

/*
 * Whole outputs in the shape of several versions: 6.1's was taken from it, the others are written
 * after what those versions print. 5.10 has no -j at all, and says nothing of events.
 */
static void test_outputs(void **state)
{
	static const char *const versions[] = {"5.10", "5.19", "6.1", "6.6", "6.12"};

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		char *path = xasprintf("tests/golden/perf/%s.out", versions[i]), *error = NULL;
		char *expected_path = xasprintf("tests/golden/perf/%s.tsv", versions[i]);
		char *got = xstrdup(""), *line, *save = NULL, *expected, *text;
		size_t n;

		text = read_whole_file(path, &n, &error);
		assert_null(error);
		expected = read_whole_file(expected_path, &n, &error);
		assert_null(error);
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			struct perf_count c;

			if (!perf_parse_line(line, &c))
				continue;
			if (*c.missing)
				replace_text(&got, "%s%s\tmissing\t%s\n", got, c.event, c.missing);
			else
				replace_text(&got, "%s%s\t%.10g\t%s\t%g\n", got, c.event, c.value,
					     *c.unit ? c.unit : "-", c.running);
		}
		if (strcmp(got, expected))
			fail_msg("%s:\n%sinstead of\n%s", path, got, expected);
		free(text);
		free(expected);
		free(got);
		free(path);
		free(expected_path);
	}
}

/* Members of any length, repeated, unended, one in another: nothing leaves its place. */
static void test_hostile(void **state)
{
	static const char *const pieces[] = {
		"{",
		"}",
		"\"",
		",",
		":",
		" ",
		"\"event\"",
		"\"counter-value\"",
		"\"unit\"",
		"\"pcnt-running\"",
		"\"1e400\"",
		"<",
		">",
		"\"<not counted>\"",
		"1,5",
		"\\\"",
		"%n%s",
		"\"9999999999999999999999999999999999999999999999999999999999999999999\"",
		"\xff\xfe",
		"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
		"\"<",
		">\"",
		"-0",
		"0x10",
		"nan"};
	uint64_t random = 7;
	size_t taken = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct perf_count c;
		char *line = xcalloc(1, 4096);
		size_t n = 0;

		for (int k = 0; k < 24; k++) {
			const char *piece;

			random = random * 6364136223846793005u + 1442695040888963407u;
			piece = pieces[(random >> 33) % (sizeof(pieces) / sizeof(*pieces))];
			memcpy(line + n, piece, strlen(piece));
			n += strlen(piece);
		}
		line = xrealloc(line, n + 1); /* so that reading on is noticed */
		if (perf_parse_line(line, &c)) {
			taken++;
			if (!*c.event || strlen(c.event) >= sizeof(c.event) ||
			    strlen(c.unit) >= sizeof(c.unit) ||
			    strlen(c.missing) >= sizeof(c.missing) || !isfinite(c.value) ||
			    c.value < 0 || !(c.running >= 0 && c.running <= 1) ||
			    (*c.missing && c.value != 0))
				fail_msg("%s", line);
		}
		free(line);
	}
	/* Some of them do make sense, or nothing was tried. */
	assert_true(taken > 100);
}

static void test_asked(void **state)
{
	static const char *const cases[][2] = {
		{"cycles", "cycles"},
		{"cycles:u", "cycles"},
		{"cpu_core/cycles/", "cycles"},
		{"cpu_atom/dTLB-load-misses/u", "dTLB-load-misses"},
		{"armv8_cortex_a72/cycles/:u", "cycles"},
		{"cpu/", ""},
		{"/", ""},
		{":", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char asked[sizeof(((struct perf_count *)0)->event)];
		struct perf_count c = {.running = 1};

		strcpy(c.event, cases[i][0]);
		perf_event_asked(&c, asked);
		assert_string_equal(asked, cases[i][1]);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *begins;
	} cases[] = {
		{"", "perf refuses it"},
		{"\n \t\n# comment\nError:\n", "perf refuses it"},
		{"Error:\nNo permission to enable cycles event.\n\nYou may\n",
		 "No permission to enable cycles event."},
		{"# started\n\nError: \r\n  words \x1b[1m\r\nmore", "words ?[1m"},
		{"Error:\nlimited.\nConsider /proc/sys/kernel/perf_event_paranoid", "limited. ("},
		{"Error:\nThe sys_perf_event_open() syscall returned with 13 (Permission denied)\n",
		 "The sys_perf_event_open() syscall returned with 13 (Permission denied)"},
		{"x: not found\nE: linux-perf-6.1 is not installed.\n\n",
		 "E: linux-perf-6.1 is not installed."},
		{"event syntax error: 'foo'\n    \\___ parser error\n",
		 "event syntax error: 'foo'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *room = xcalloc(1, 200), *small = xcalloc(1, 8);

		perf_refusal(cases[i].text, room, 200);
		if (strncmp(room, cases[i].begins, strlen(cases[i].begins)) != 0)
			fail_msg("\"%s\" instead of \"%s\"", room, cases[i].begins);
		perf_refusal(cases[i].text, small, 8);
		assert_true(strlen(small) < 8);
		free(room);
		free(small);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),	cmocka_unit_test(test_rubbish),
		cmocka_unit_test(test_outputs), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_asked),	cmocka_unit_test(test_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("perf", tests, NULL, NULL);
}
