// SPDX-License-Identifier: MIT
/*
 * A console. Checksums would keep a fuzzer from ever getting past them, so a line that begins with
 * "k" or "w" and a brace stands for a record of that source, which is framed here and numbered in
 * order; any other line goes as it is.
 */
#include "fuzz.h"

#include <string.h>

#include "abi/record.h"
#include "bench/output.h"
#include "bench/records.h"

static void feed_line(struct stream *s, const char *line, size_t n, uint64_t *seq)
{
	char framed[RECORD_LINE_MAX];
	size_t length;

	if (n > 1 && (line[0] == 'k' || line[0] == 'w') && line[1] == '{') {
		length = record_frame(framed, line[0], seq[line[0] == 'w']++, line + 1, n - 1);
		/* In two pieces, as a serial line delivers them. */
		stream_feed(s, framed, length / 2);
		stream_feed(s, framed + length / 2, length - length / 2);
		return;
	}
	stream_feed(s, line, n);
	stream_feed(s, "\n", 1);
}

/* What the rest of the program relies on. */
static void check(const struct stream *s)
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
	struct stream s;
	uint64_t seq[2] = {0, 0};

	stream_init(&s);
	/* Half of the consoles are those of a program, which may print. */
	if (n && *at & 1)
		s.output = &output;
	while (at < end) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;
		feed_line(&s, at, (size_t)(newline - at), seq);
		at = newline + (newline < end);
	}
	stream_end(&s);
	check(&s);
	json_decref(stream_tail(&s));
	if (s.output)
		json_decref(output_json(&output));
	output_free(&output);
	stream_free(&s);
	return 0;
}
