// SPDX-License-Identifier: MIT
/*
 * The record protocol under everything a shared console can do to it: the
 * content of a damaged record must never be taken for a good one, and every
 * damage must be noticed.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_console.h"

static void test_round_trip(void **state)
{
	static const char json[] = "{\"t\":\"warning\",\"text\":\"\\u00fc\"}";
	char line[RECORD_LINE_MAX + 1];
	struct record_view v;
	size_t n = frame(line, 'k', 1234567890123, json);

	(void)state;
	assert_int_equal(line[n - 1], '\n');
	assert_int_equal(record_parse(line, n - 1, &v), RECORD_OK);
	assert_int_equal(v.src, 'k');
	assert_int_equal(v.seq, 1234567890123);
	assert_int_equal(v.json_len, strlen(json));
	assert_memory_equal(v.json, json, v.json_len);
	/* Terminals add a carriage return. */
	line[n - 1] = '\r';
	assert_int_equal(record_parse(line, n, &v), RECORD_OK);
}

static void test_known_bytes(void **state)
{
	char line[RECORD_LINE_MAX];
	size_t n = frame(line, 'w', 7, "{}");

	(void)state;
	/* The checksum is from another program: Python's zlib.crc32(b"w 7 {}"). */
	assert_int_equal(n, strlen("@pvmmu w 7 2 d1ea989a {}\n"));
	assert_memory_equal(line, "@pvmmu w 7 2 d1ea989a {}\n", n);
}

static void test_limits(void **state)
{
	char json[RECORD_JSON_MAX + 2], line[RECORD_LINE_MAX];
	struct record_view v;
	size_t n;

	(void)state;
	memset(json, 'x', sizeof(json));
	n = record_frame(line, 'w', UINT64_MAX / 100, json, RECORD_JSON_MAX);
	assert_in_range(n, RECORD_JSON_MAX, RECORD_LINE_MAX);
	assert_int_equal(record_parse(line, n - 1, &v), RECORD_OK);
	assert_int_equal(record_frame(line, 'w', 0, json, RECORD_JSON_MAX + 1), 0);
	assert_int_equal(record_frame(line, 'w', 0, "{\n}", 3), 0);
	assert_int_equal(record_frame(line, 'w', 0, "{\r}", 3), 0);
}

/* Any bit of any byte: torn, or no record any more if the prefix itself is hit. */
static void test_flipped_bits(void **state)
{
	char line[RECORD_LINE_MAX];
	struct record_view v;
	size_t n = frame(line, 'w', 3, "{\"t\":\"done\",\"status\":\"ok\"}") - 1;
	size_t torn = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			enum record_kind kind;

			line[i] = (char)(line[i] ^ 1 << bit);
			kind = record_parse(line, n, &v);
			assert_int_not_equal(kind, RECORD_OK);
			if (i >= RECORD_PREFIX_LEN)
				assert_int_equal(kind, RECORD_TORN);
			torn += kind == RECORD_TORN;
			line[i] = (char)(line[i] ^ 1 << bit);
		}
	}
	assert_int_equal(torn, (n - RECORD_PREFIX_LEN) * 8);
	assert_int_equal(record_parse(line, n, &v), RECORD_OK);
}

/* A damaged prefix with a whole one further on, in the text: torn, whatever follows fits. */
static void test_prefix_in_the_text(void **state)
{
	char line[RECORD_LINE_MAX];
	struct record_view v;
	size_t n = frame(line, 'k', 0, "{\"t\":\"warning\",\"text\":\"@pvmmu w\"}") - 1;

	(void)state;
	assert_int_equal(record_parse(line, n, &v), RECORD_OK);
	for (size_t i = 0; i < RECORD_PREFIX_LEN; i++) {
		char was = line[i];

		line[i] = '?';
		assert_int_equal(record_parse(line, n, &v), RECORD_TORN);
		line[i] = was;
	}
}

static void test_cut_and_grown(void **state)
{
	char line[RECORD_LINE_MAX + 8], longer[RECORD_LINE_MAX + 8];
	struct record_view v;
	size_t n = frame(line, 'w', 3, "{\"t\":\"done\"}") - 1;

	(void)state;
	for (size_t len = 0; len < n; len++) {
		enum record_kind kind = record_parse(line, len, &v);

		assert_int_equal(kind, len < RECORD_PREFIX_LEN ? RECORD_NONE : RECORD_TORN);
	}
	/* A word of another writer at every place. */
	for (size_t at = 0; at <= n; at++) {
		memcpy(longer, line, at);
		memcpy(longer + at, "(XEN)", 5);
		memcpy(longer + at + 5, line + at, n - at);
		assert_int_not_equal(record_parse(longer, n + 5, &v), RECORD_OK);
	}
	/* A byte less at every place. */
	for (size_t at = 0; at < n; at++) {
		memcpy(longer, line, at);
		memcpy(longer + at, line + at + 1, n - at - 1);
		assert_int_not_equal(record_parse(longer, n - 1, &v), RECORD_OK);
	}
}

/* Whatever breaks into a line at whatever place, the stream has a problem. */
static void test_interleaved_lines(void **state)
{
	static const char *const guests[] = {"(XEN) words\n", "\n", "words"};
	char first[RECORD_LINE_MAX], second[RECORD_LINE_MAX];
	size_t n = frame(first, 'k', 0, "{\"t\":\"warning\",\"text\":\"a\"}");
	size_t m = frame(second, 'k', 1, "{\"t\":\"warning\",\"text\":\"b\"}");

	(void)state;
	for (size_t g = 0; g < 3; g++) {
		for (size_t at = 1; at < n - 1; at++) {
			struct console s;

			console_init(&s);
			console_feed(&s, first, at);
			feed_text(&s, guests[g]);
			console_feed(&s, first + at, n - at);
			console_feed(&s, second, m);
			assert_non_null(s.problem);
			console_free(&s);
		}
	}
	/* Two records, one within the other. */
	for (size_t at = 1; at < n; at++) {
		struct console s;

		console_init(&s);
		console_feed(&s, first, at);
		console_feed(&s, second, m);
		console_feed(&s, first + at, n - at);
		assert_non_null(s.problem);
		console_free(&s);
	}
}

static void test_sequence(void **state)
{
	static const struct {
		uint64_t second;
		const char *say;
	} cases[] = {{2, "lost"}, {0, "repeated"}, {1, NULL}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct console s;

		console_init(&s);
		/* The kernel counts on its own. */
		feed(&s, 'w', 0, "{\"t\":\"warning\",\"text\":\"a\"}");
		feed(&s, 'k', 0, "{\"t\":\"warning\",\"text\":\"a\"}");
		feed(&s, 'w', cases[i].second, "{\"t\":\"warning\",\"text\":\"a\"}");
		if (cases[i].say)
			assert_non_null(strstr(s.problem, cases[i].say));
		else
			assert_null(s.problem);
		console_free(&s);
	}
}

/* The first record may be lost as well. */
static void test_first_lost(void **state)
{
	struct console s;

	(void)state;
	console_init(&s);
	feed(&s, 'k', 1, "{\"t\":\"warning\",\"text\":\"a\"}");
	assert_non_null(s.problem);
	console_free(&s);
}

static size_t frame_printed(char *out, uint64_t kernels, uint64_t seq, const char *json)
{
	char line[RECORD_LINE_MAX];

	return frame_output(out, kernels, OUTPUT_CONSOLE, line, frame(line, 'w', seq, json));
}

static void feed_measurement(struct console *s, size_t chunk)
{
	char all[8 * RECORD_LINE_MAX];
	size_t n = (size_t)snprintf(all, sizeof(all),
				    "(XEN) Xen version 4.17.7 (Debian) debug=n\r\nsome words\n");

	n += frame(all + n, 'k', 0, "{\"t\":\"boot\",\"abi\":2}");
	n += frame_printed(all + n, 1, 0,
			   "{\"t\":\"workload\",\"clock\":\"tsc\",\"iterations\":4}");
	n += frame_printed(
		all + n, 2, 1,
		"{\"t\":\"samples\",\"series\":\"time\",\"unit\":\"tick\",\"better\":\"lower\","
		"\"first\":0,\"values\":[1,2]}");
	n += frame_printed(
		all + n, 3, 2,
		"{\"t\":\"samples\",\"series\":\"time\",\"unit\":\"tick\",\"better\":\"lower\","
		"\"first\":2,\"values\":[3,4.5]}");
	n += frame_printed(all + n, 4, 3,
			   "{\"t\":\"counters\",\"iterations\":4,\"values\":{\"mmu.pin\":8}}");
	n += frame_printed(all + n, 5, 4,
			   "{\"t\":\"counters\",\"iterations\":4,\"values\":{\"mmu.unpin\":7}}");
	n += frame(all + n, 'k', 6, "{\"t\":\"exit\",\"status\":0}");
	for (size_t at = 0; at < n; at += chunk)
		console_feed(s, all + at, n - at < chunk ? n - at : chunk);
	console_end(s);
}

static void test_stream_in_pieces(void **state)
{
	static const size_t chunks[] = {1, 2, 3, 7, 64, 1000, 100000};

	(void)state;
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		json_t *values, *want = json_pack("[i,i,i,f]", 1, 2, 3, 4.5);
		struct console s;

		console_init(&s);
		feed_measurement(&s, chunks[i]);
		assert_null(s.problem);
		assert_string_equal(s.banner, "Xen version 4.17.7 (Debian) debug=n");
		values = json_object_get(json_object_get(s.series, "time"), "values");
		assert_true(json_equal(values, want));
		assert_int_equal(json_integer_value(json_object_get(s.counters, "mmu.pin")), 8);
		assert_int_equal(json_integer_value(json_object_get(s.counters, "mmu.unpin")), 7);
		assert_int_equal(s.counted_iterations, 4);
		assert_non_null(s.exit);
		assert_int_equal(s.lines, 9);
		json_decref(want);
		console_free(&s);
	}
}

/* One bad record each, with what the problem must say. */
static void test_bad_records(void **state)
{
	static const struct {
		char src;
		const char *json, *say;
	} cases[] = {
		{'w', "{\"t\":\"boot\"}", "from source w"},
		{'w', "{\"t\":\"exit\",\"status\":0}", "from source w"},
		{'w', "{\"t\":\"conserved\",\"ok\":true}", "from source w"},
		{'w', "{\"t\":\"panic\",\"reason\":\"r\"}", "from source w"},
		{'w', "{\"t\":\"collected\",\"by\":\"xenperf\"}", "from source w"},
		{'w', "{\"t\":\"output\",\"fd\":1,\"data\":\"x\"}", "from source w"},
		{'k', "{\"t\":\"done\"}", "from source k"},
		{'k', "{\"t\":\"samples\"}", "from source k"},
		{'k', "{\"t\":\"unheard-of\"}", "unknown type"},
		{'k', "{}", "without a type"},
		{'k', "{\"t\":1}", "without a type"},
		{'k', "[]", "not a JSON object"},
		{'k', "{\"t\":", "not a JSON object"},
		{'k', "{\"t\":\"boot\",\"t\":\"boot\"}", "not a JSON object"},
		{'k', "{\"t\":\"warning\"}", "without text"},
		{'w', "{\"t\":\"samples\",\"series\":\"a\"}", "wrong shape"},
		{'w',
		 "{\"t\":\"samples\",\"series\":\"a\",\"unit\":\"tick\",\"better\":\"lower\","
		 "\"first\":1,\"values\":[1]}",
		 "starts at sample 1, expected 0"},
		{'w',
		 "{\"t\":\"samples\",\"series\":\"a\",\"unit\":\"tick\",\"better\":\"lower\","
		 "\"first\":0,\"values\":[\"1\"]}",
		 "not a number"},
		{'w',
		 "{\"t\":\"samples\",\"series\":\"a\",\"unit\":\"tick\",\"better\":\"lower\","
		 "\"reps\":0,\"first\":0,\"values\":[1]}",
		 "wrong shape"},
		{'w', "{\"t\":\"counters\",\"iterations\":1}", "wrong shape"},
		{'w', "{\"t\":\"counters\",\"iterations\":1,\"values\":{\"a.b\":-1}}", "a.b"},
		{'w', "{\"t\":\"counters\",\"iterations\":1,\"values\":{\"ab\":1}}", "ab"},
		{'w', "{\"t\":\"counters\",\"iterations\":1,\"values\":{\"a.\":1}}", "a."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct console s;

		console_init(&s);
		feed(&s, cases[i].src, 0, cases[i].json);
		if (!s.problem || !strstr(s.problem, cases[i].say))
			fail_msg("%s: problem is %s, should say %s", cases[i].json,
				 s.problem ? s.problem : "none", cases[i].say);
		console_free(&s);
	}
}

static void test_once_and_last(void **state)
{
	struct console s;

	(void)state;
	console_init(&s);
	feed(&s, 'k', 0, "{\"t\":\"boot\"}");
	assert_null(s.problem);
	feed(&s, 'k', 1, "{\"t\":\"boot\"}");
	assert_non_null(strstr(s.problem, "second \"boot\""));
	console_free(&s);

	console_init(&s);
	feed(&s, 'k', 0, "{\"t\":\"exit\",\"status\":0}");
	feed(&s, 'w', 0, "{\"t\":\"done\"}");
	assert_non_null(strstr(s.problem, "after the \"exit\" record"));
	console_free(&s);
}

static void test_tail_and_rubbish(void **state)
{
	char byte = 0, long_line[200000];
	struct console s;
	json_t *tail;

	(void)state;
	console_init(&s);
	for (int i = 0; i < 2 * CONSOLE_TAIL; i++) {
		char line[32];

		snprintf(line, sizeof(line), "line %d\r\n", i);
		feed_text(&s, line);
	}
	tail = console_tail(&s);
	assert_int_equal(json_array_size(tail), CONSOLE_TAIL);
	assert_string_equal(json_string_value(json_array_get(tail, CONSOLE_TAIL - 1)), "line 47");
	json_decref(tail);
	/* Every byte, NUL too, and a line without end: never a crash, always printable. */
	for (int i = 0; i < 256; i++, byte++)
		console_feed(&s, &byte, 1);
	assert_null(s.problem);
	memset(long_line, 'x', sizeof(long_line));
	console_feed(&s, long_line, sizeof(long_line));
	feed_text(&s, "\n");
	assert_non_null(strstr(s.problem, "longer than"));
	tail = console_tail(&s);
	assert_true(json_array_size(tail) > 0);
	json_decref(tail);
	console_free(&s);
}

static void test_ends_inside_a_record(void **state)
{
	char line[RECORD_LINE_MAX];
	size_t n = frame(line, 'k', 0, "{\"t\":\"exit\",\"status\":0}");
	struct console s;

	(void)state;
	console_init(&s);
	console_feed(&s, line, n - 4);
	console_end(&s);
	assert_non_null(strstr(s.problem, "ends inside a record"));
	assert_int_equal(s.torn, 0);
	assert_null(s.exit);
	console_free(&s);
	/* Only the newline is missing: all of it is there. */
	console_init(&s);
	console_feed(&s, line, n - 1);
	console_end(&s);
	assert_null(s.problem);
	assert_non_null(s.exit);
	console_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_known_bytes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_prefix_in_the_text),
		cmocka_unit_test(test_cut_and_grown),
		cmocka_unit_test(test_interleaved_lines),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_first_lost),
		cmocka_unit_test(test_stream_in_pieces),
		cmocka_unit_test(test_bad_records),
		cmocka_unit_test(test_once_and_last),
		cmocka_unit_test(test_tail_and_rubbish),
		cmocka_unit_test(test_ends_inside_a_record),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
