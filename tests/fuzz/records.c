// SPDX-License-Identifier: MIT
/*
 * A console. Checksums would keep a fuzzer from ever getting past them, so a line that begins with
 * "k" or "w" and a brace stands for a record of that source, which is framed here, numbered in
 * order, and put where its source may write. One that begins with a digit and a colon is what a
 * process prints: a record of the kernel's holds the rest of the line and, if the digit is even, a
 * newline. Any other line goes as it is.
 */
#include "fuzz.h"

#include <string.h>

#include "abi/record.h"
#include "bench/machine/program_output.h"
#include "bench/machine/console.h"

struct numbers {
	uint64_t kernel, process;
};

static void feed_kernels(struct console *s, const char *json, size_t n, struct numbers *next)
{
	char framed[RECORD_LINE_MAX];
	size_t length = record_frame(framed, 'k', next->kernel++, json, n);

	/* In two pieces, as a serial line delivers them. */
	console_feed(s, framed, length / 2);
	console_feed(s, framed + length / 2, length - length / 2);
}

/* Records that only the kernel and Xen can write. */
struct kernels {
	const void *boot, *conserved, *panic, *exit, *banner, *fatal;
	size_t audits, collected, torn;
};

static struct kernels kernels_of(const struct console *s)
{
	return (struct kernels){s->boot,
				s->conserved,
				s->panic,
				s->exit,
				s->banner,
				s->fatal,
				json_array_size(s->audits),
				json_object_size(s->collected),
				s->torn};
}

/* Bytes that a process writes change nothing of that. */
static void feed_printed(struct console *s, int fd, const char *bytes, size_t n,
			 struct numbers *next)
{
	struct kernels before = kernels_of(s), after;
	char json[RECORD_JSON_MAX];
	size_t used = (size_t)sprintf(json, "{\"t\":\"output\",\"fd\":%d,\"data\":\"", fd);

	for (size_t i = 0; i < n && used + 16 < sizeof(json); i++)
		used += (size_t)sprintf(json + used, "\\u%04x", (unsigned char)bytes[i]);
	used += (size_t)sprintf(json + used, "\"}");
	feed_kernels(s, json, used, next);
	after = kernels_of(s);
	MUST(!memcmp(&before, &after, sizeof(before)));
}

static void feed_line(struct console *s, const char *line, size_t n, struct numbers *next)
{
	char framed[RECORD_LINE_MAX];
	size_t length;

	if (n > 1 && line[0] == 'k' && line[1] == '{') {
		feed_kernels(s, line + 1, n - 1, next);
	} else if (n > 1 && line[0] == 'w' && line[1] == '{') {
		length = record_frame(framed, 'w', next->process++, line + 1, n - 1);
		for (size_t at = 0, part; at < length; at += part) {
			part = length - at < 500 ? length - at : 500;
			feed_printed(s, OUTPUT_STDOUT, framed + at, part, next);
		}
	} else if (n > 1 && line[0] >= '0' && line[0] <= '9' && line[1] == ':') {
		/* Only on a console that is whole up to here: else its rest may be anything's. */
		if (!s->line.n) {
			feed_printed(s, (line[0] - '0') / 2 % 3, line + 2, n - 2, next);
			if ((line[0] - '0') % 2 == 0)
				feed_printed(s, (line[0] - '0') / 2 % 3, "\n", 1, next);
		}
	} else {
		console_feed(s, line, n);
		console_feed(s, "\n", 1);
	}
}

/* Properties that the rest of the program relies on. */
static void check(const struct console *s)
{
	json_t *series, *value;
	const char *name;
	size_t i;

	json_object_foreach (s->series, name, series) {
		MUST(json_is_string(json_object_get(series, "unit")));
		MUST(json_is_string(json_object_get(series, "better")));
		MUST(json_integer_value(json_object_get(series, "reps")) >= 1);
		json_array_foreach (json_object_get(series, "values"), i, value)
			MUST(json_is_number(value));
	}
	json_object_foreach (s->counters, name, value)
		MUST(strchr(name, '.') && json_integer_value(value) >= 0);
	MUST(!s->torn || s->problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *at = (const char *)bytes, *end = at + n, *newline;
	struct output output = {0};
	struct console s;
	struct numbers next = {0, 0};

	console_init(&s);
	/* Half of the consoles are those of a program, which may print. */
	if (n && *at & 1)
		s.output = &output;
	while (at < end) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;
		feed_line(&s, at, (size_t)(newline - at), &next);
		at = newline + (newline < end);
	}
	console_end(&s);
	check(&s);
	json_decref(console_tail(&s));
	if (s.output)
		json_decref(output_json(&output));
	output_free(&output);
	console_free(&s);
	return 0;
}
