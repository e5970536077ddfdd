// SPDX-License-Identifier: MIT
/*
 * The output of programs on its way from records to bytes: every byte arrives, in
 * order, however it was cut; a program's own records are taken out; and records of
 * any other shape are noticed. And the archives that programs are brought in.
 */
#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/record.h"
#include "lib/cpio.h"
#include "machine/program_output.h"
#include "machine/console.h"
#include "lib/text.h"

static uint64_t seed;

static unsigned random_below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void feed(struct console *s, uint64_t seq, const char *json)
{
	char line[RECORD_LINE_MAX];

	console_feed(s, line, record_frame(line, 'k', seq, json, strlen(json)));
}

/* An output record as the guest might write it, with any of JSON's ways to write a character. */
static void feed_output(struct console *s, uint64_t seq, int fd, const char *bytes, size_t n)
{
	char *json = xasprintf("{\"t\":\"output\",\"fd\":%d,\"data\":\"", fd);

	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)bytes[i];

		if (c >= ' ' && c <= '~' && c != '"' && c != '\\')
			replace_text(&json, "%s%c", json, c);
		else if (c >= 0x80 && random_below(2))
			replace_text(&json, "%s%c%c", json, 0xc0 | c >> 6, 0x80 | (c & 0x3f));
		else if (c == '\n' && random_below(2))
			replace_text(&json, "%s\\n", json);
		else
			replace_text(&json, "%s\\u%04x", json, c);
	}
	replace_text(&json, "%s\"}", json);
	feed(s, seq, json);
	free(json);
}

/* Pieces that look like records, are some, or just begin like them. */
static size_t add_piece(char *to, uint64_t *seq, size_t *hidden)
{
	static const char *const like[] = {"@pvmmu ", "@pvmmu w 0 1 00000000 x\n", "@", "@pv\n",
					   "\n"};
	size_t n;

	switch (random_below(4)) {
	case 0:
		n = 1 + random_below(300);
		for (size_t i = 0; i < n; i++)
			to[i] = (char)random_below(256);
		return n;
	case 1: n = (size_t)sprintf(to, "%s", like[random_below(5)]); return n;
	case 2:
		/* Begins a line, so it is a record. */
		to[0] = '\n';
		n = record_frame(to + 1, 'w', (*seq)++, "{\"t\":\"warning\",\"text\":\"x\"}", 26);
		*hidden = n;
		return n + 1;
	default: return (size_t)sprintf(to, "%u plain words\n", random_below(100000));
	}
}

static void test_bytes_arrive(void **state)
{
	(void)state;
	for (seed = 1; seed < 3000; seed += 29) {
		static char sent[2][400000], want[400000];
		size_t n[2] = {0, 0}, at[2] = {0, 0}, nr_want = 0;
		uint64_t own = 0, seq = 0;
		struct output o = {0};
		struct console s;

		for (int i = 0; i < 60; i++) {
			size_t hidden = 0, piece = add_piece(sent[0] + n[0], &own, &hidden);

			memcpy(want + nr_want, sent[0] + n[0], piece - hidden);
			nr_want += piece - hidden;
			n[0] += piece;
			if (hidden)
				continue;
			n[1] += add_piece(sent[1] + n[1], &(uint64_t){0}, &hidden);
		}
		console_init(&s);
		s.output = &o;
		while (at[0] < n[0] || at[1] < n[1]) {
			unsigned fd = random_below(2);
			size_t left = n[fd] - at[fd], part = 1 + random_below(500);

			part = part < left ? part : left;
			feed_output(&s, seq++, (int)fd + 1, sent[fd] + at[fd], part);
			at[fd] += part;
		}
		console_end(&s);
		assert_null(s.problem);
		assert_int_equal(json_array_size(s.warnings), own);
		assert_int_equal(o.part[0].total, nr_want);
		assert_memory_equal(o.part[0].bytes, want, nr_want);
		assert_int_equal(o.part[1].total, n[1]);
		assert_memory_equal(o.part[1].bytes, sent[1], n[1]);
		console_free(&s);
		output_free(&o);
	}
}

static void test_bad_shapes(void **state)
{
	static const char *const bad[] = {
		"{\"t\":\"output\",\"fd\":-1,\"data\":\"x\"}",
		"{\"t\":\"output\",\"fd\":3,\"data\":\"x\"}",
		"{\"t\":\"output\",\"fd\":\"1\",\"data\":\"x\"}",
		"{\"t\":\"output\",\"data\":\"x\"}",
		"{\"t\":\"output\",\"fd\":1}",
		"{\"t\":\"output\",\"fd\":1,\"data\":7}",
		"{\"t\":\"output\",\"fd\":1,\"data\":[\"x\"]}",
		"{\"t\":\"output\",\"fd\":1,\"data\":\"\\u0100\"}",
		"{\"t\":\"output\",\"fd\":1,\"data\":\"x\\ud83d\\ude00\"}",
		"{\"t\":\"output\",\"fd\":1,\"data\":\"\\ud83d\"}",
		"{\"t\":\"output\",\"fd\":1,\"data\":\"\xff\"}",
		"{\"t\":\"output\",\"fd\":1,\"data\":\"\xc3\"}",
		"{\"t\":\"output\",\"fd\":1,\"fd\":1,\"data\":\"x\"}",
		/* NULs are for output alone. */
		"{\"t\":\"warning\",\"text\":\"a\\u0000b\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct output o = {0};
		struct console s;

		console_init(&s);
		s.output = &o;
		feed(&s, 0, bad[i]);
		console_end(&s);
		if (!s.problem || o.part[0].total || o.part[1].total)
			fail_msg("accepted: %s", bad[i]);
		console_free(&s);
		output_free(&o);
	}
}

/* A workload has words for people only by mistake: they explain a failure. */
static void test_not_asked_for(void **state)
{
	struct console s;

	(void)state;
	console_init(&s);
	feed(&s, 0, "{\"t\":\"output\",\"fd\":1,\"data\":\"x\\ny\"}");
	console_end(&s);
	assert_null(s.problem);
	assert_string_equal(s.tail[CONSOLE_TAIL - 2], "program: x");
	assert_string_equal(s.tail[CONSOLE_TAIL - 1], "program: y");
	console_free(&s);
}

/* Any change to a record's JSON: the bytes it yields are decoded, or it is a problem. */
static void test_mangled(void **state)
{
	static const char good[] =
		"{\"t\":\"output\",\"fd\":1,\"data\":\"a\\u0000\\u00ff\\n\xc3\xa9\"}";

	(void)state;
	for (seed = 1; seed < 20000; seed++) {
		char json[sizeof(good)];
		struct output o = {0};
		struct console s;

		memcpy(json, good, sizeof(good));
		for (unsigned i = 1 + random_below(3); i; i--) {
			char *c = &json[random_below(sizeof(good) - 1)];

			*c = (char)(1 + random_below(255));
			if (*c == '\n' || *c == '\r')
				*c = 'x';
		}
		console_init(&s);
		s.output = &o;
		feed(&s, 0, json);
		console_end(&s);
		if (!s.problem)
			assert_true(o.part[0].total + o.part[1].total <= sizeof(good));
		console_free(&s);
		output_free(&o);
	}
}

static void test_live(void **state)
{
	int saved = dup(1), fd = memfd_create("out", 0);
	char *big = xcalloc(1, 3 * OUTPUT_KEPT_MAX);
	struct output o = {.live = true};
	json_t *json;

	(void)state;
	memset(big, 'x', 3 * OUTPUT_KEPT_MAX);
	fflush(stdout);
	dup2(fd, 1);
	output_feed(&o, 1, big, 3 * OUTPUT_KEPT_MAX, NULL, NULL);
	output_print(&o); /* nothing more */
	dup2(saved, 1);
	assert_int_equal(lseek(fd, 0, SEEK_END), 3 * OUTPUT_KEPT_MAX);
	json = output_json(&o);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(json, 0), "bytes")),
			 3 * OUTPUT_KEPT_MAX);
	assert_int_equal(json_string_length(json_object_get(json_array_get(json, 0), "text")),
			 OUTPUT_KEPT_MAX);
	assert_true(json_is_true(json_object_get(json_array_get(json, 0), "cut")));
	assert_false(json_object_get(json_array_get(json, 1), "cut"));
	json_decref(json);
	output_free(&o);
	close(saved);
	close(fd);
	free(big);
}

static void test_base64(void **state)
{
	/* Test vectors of RFC 4648, with a byte in front that makes it no text. */
	static const char *const cases[][2] = {{"\xff", "/w=="},
					       {"\xff"
						"f",
						"/2Y="},
					       {"\xff"
						"fo",
						"/2Zv"},
					       {"\xff"
						"foobar",
						"/2Zvb2Jhcg=="}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct output o = {0};
		json_t *json;

		output_feed(&o, 2, cases[i][0], strlen(cases[i][0]), NULL, NULL);
		json = output_json(&o);
		assert_string_equal(
			json_string_value(json_object_get(json_array_get(json, 1), "base64")),
			cases[i][1]);
		json_decref(json);
		output_free(&o);
	}
}

static void test_archive(void **state)
{
	struct archive a = {0};
	char *error = NULL, *copy;

	(void)state;
	assert_true(archive_add(&a, "bin/sh", 0755, "12345", 5, &error));
	assert_true(archive_add(&a, "empty", 0644, "", 0, &error));
	assert_false(archive_add(&a, "bin/sh", 0755, "", 0, &error));
	assert_non_null(strstr(error, "/bin/sh is given twice"));
	free(error);
	archive_end(&a);
	assert_int_equal(a.n % 4, 0);
	assert_true(archive_has(a.bytes, a.n, "bin"));
	assert_true(archive_has(a.bytes, a.n, "bin/sh"));
	assert_true(archive_has(a.bytes, a.n, "empty"));
	assert_false(archive_has(a.bytes, a.n, "bin/s"));
	/* Other input: cut anywhere, or with any byte changed; the decoder never reads beyond the
	 * end. */
	for (size_t n = 0; n < a.n; n++) {
		copy = xcalloc(1, n + 1);
		memcpy(copy, a.bytes, n);
		archive_has(copy, n, "nosuch");
		free(copy);
	}
	copy = xcalloc(1, a.n);
	for (seed = 1; seed < 20000; seed++) {
		memcpy(copy, a.bytes, a.n);
		copy[random_below((unsigned)a.n)] = (char)random_below(256);
		archive_has(copy, a.n, "nosuch");
	}
	free(copy);
	archive_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_arrive),  cmocka_unit_test(test_bad_shapes),
		cmocka_unit_test(test_not_asked_for), cmocka_unit_test(test_mangled),
		cmocka_unit_test(test_live),	      cmocka_unit_test(test_base64),
		cmocka_unit_test(test_archive),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
