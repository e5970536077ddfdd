// SPDX-License-Identifier: MIT
/*
 * The writer of each line of a console: output of processes is never taken for the
 * kernel's word or Xen's.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_console.h"

static void feed_output(struct console *s, uint64_t *seq, int fd, const char *text)
{
	char line[RECORD_LINE_MAX];

	console_feed(s, line, frame_output(line, (*seq)++, fd, text, strlen(text)));
}

/*
 * Whatever a process prints, and however it cuts it: not the kernel's word and not Xen's. The
 * kernel's own records are as before, and the machine is not lost.
 */
static void test_processes_speak_for_themselves(void **state)
{
	static const char *const said[] = {
		"{\"t\":\"panic\",\"reason\":\"r\",\"where\":\"w\"}",
		"{\"t\":\"exit\",\"status\":0}",
		"{\"t\":\"conserved\",\"ok\":true}",
		"{\"t\":\"boot\",\"abi\":2}",
		"{\"t\":\"warning\",\"text\":\"x\"}",
		"{\"t\":\"collected\",\"by\":\"xenperf\"}",
		"{\"t\":\"output\",\"fd\":1,\"data\":\"x\"}",
	};
	static const char *const xens[] = {"(XEN) Panic on CPU 0:\n", "(XEN) FATAL TRAP: 14\n",
					   "\r(XEN) Xen version 9.9\n", "(XEN) domain_crash x"};
	char line[RECORD_LINE_MAX];

	(void)state;
	for (int with = 0; with < 2; with++) {
		struct output o = {0};
		struct console s;
		uint64_t seq = 1;

		console_init(&s);
		s.output = with ? &o : NULL;
		feed(&s, 'k', 0, "{\"t\":\"boot\",\"abi\":2,\"env\":\"mine\"}");
		for (int fd = OUTPUT_CONSOLE; fd <= OUTPUT_STDERR; fd++) {
			for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
				size_t n = frame(line, 'k', seq + i % 2, said[i]), cut = i * 7 + 1;

				line[n] = 0;
				feed_output(&s, &seq, fd, line);
				/* In two, and behind a line that is not ended. */
				feed_output(&s, &seq, fd, "\r\n");
				feed_output(&s, &seq, fd, line + cut);
				feed_output(&s, &seq, fd, "x");
				feed_output(&s, &seq, fd, line);
			}
			for (size_t i = 0; i < sizeof(xens) / sizeof(*xens); i++)
				feed_output(&s, &seq, fd, xens[i]);
		}
		feed(&s, 'k', seq, "{\"t\":\"exit\",\"status\":256}");
		console_end(&s);
		if (s.problem)
			fail_msg("a problem: %s", s.problem);
		assert_false(console_is_fatal(&s));
		assert_null(s.banner);
		assert_null(s.conserved);
		assert_int_equal(json_array_size(s.warnings), 0);
		assert_int_equal(json_object_size(s.collected), 0);
		assert_string_equal(json_string_value(json_object_get(s.boot, "env")), "mine");
		assert_int_equal(json_integer_value(json_object_get(s.exit, "status")), 256);
		/* The console's last lines are marked when shown. */
		for (size_t i = 0; i < CONSOLE_TAIL; i++)
			if (s.tail[i])
				assert_memory_equal(s.tail[i], "program: ", 9);
		console_free(&s);
		output_free(&o);
	}
}

/* Nor does a record of a process' own count where only the kernel and Xen print. */
static void test_each_in_its_place(void **state)
{
	char line[RECORD_LINE_MAX];
	struct console s;

	(void)state;
	console_init(&s);
	console_feed(&s, line, frame(line, 'w', 0, "{\"t\":\"done\",\"status\":\"ok\"}"));
	assert_null(s.done);
	assert_non_null(strstr(s.problem, "no process can have written"));
	console_free(&s);
	/* Its own record torn is its own problem, and nobody else's record is lost by it. */
	console_init(&s);
	console_printed(&s, OUTPUT_CONSOLE, line, frame(line, 'w', 0, "{\"t\":\"done\"}") - 3);
	console_printed(&s, OUTPUT_CONSOLE, "\n", 1);
	assert_non_null(strstr(s.problem, "the workload printed a torn record"));
	assert_int_equal(s.torn, 0);
	console_free(&s);
	console_init(&s);
	feed(&s, 'w', 0, "{\"t\":\"warning\",\"text\":\"x\"}");
	assert_string_equal(json_string_value(json_array_get(s.warnings, 0)), "the workload: x");
	console_free(&s);
}

static void test_fatal_lines(void **state)
{
	static const char *const fatal[] = {"(XEN) Panic on CPU 0:\n",
					    "(XEN) Hardware Dom0 crashed: x\n",
					    "(XEN) domain_crash called from x\n"};
	struct console s;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		console_init(&s);
		feed_text(&s, "(XEN) all is well\n");
		assert_false(console_is_fatal(&s));
		feed_text(&s, fatal[i]);
		assert_true(console_is_fatal(&s));
		console_free(&s);
	}
	/* Xen begins no new line when it breaks into another's; the cause is in two more lines. */
	console_init(&s);
	feed_text(&s, "@pvmmu k 0 99 (XEN) Panic on CPU 0:\n(XEN) a\n(XEN) b\n(XEN) c\n");
	assert_true(console_is_fatal(&s));
	assert_string_equal(s.fatal, "Panic on CPU 0: a b");
	console_free(&s);
	console_init(&s);
	feed_text(&s, "(XEN) Panic on CPU 0:\n(XEN) a\n(XEN) *****\n(XEN) c\n");
	assert_string_equal(s.fatal, "Panic on CPU 0: a");
	console_free(&s);
	console_init(&s);
	feed_text(&s, "Panic on CPU 0: says the kernel\n");
	assert_false(console_is_fatal(&s));
	console_free(&s);
	console_init(&s);
	feed(&s, 'k', 0, "{\"t\":\"panic\",\"reason\":\"r\",\"where\":\"w\"}");
	assert_true(console_is_fatal(&s));
	console_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_processes_speak_for_themselves),
		cmocka_unit_test(test_each_in_its_place),
		cmocka_unit_test(test_fatal_lines),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
