// SPDX-License-Identifier: MIT
/* What records say, and who may say what. Where they come from: console_lines.c. */
#include "console.h"

#include <stdlib.h>
#include <string.h>

#include "console_lines.h"
#include "lib/text.h"

void console_init(struct console *s)
{
	*s = (struct console){
		.series = json_object(),
		.warnings = json_array(),
		.audits = json_array(),
		.collected = json_object(),
	};
}

void console_free(struct console *s)
{
	json_decref(s->boot);
	json_decref(s->workload);
	json_decref(s->done);
	json_decref(s->conserved);
	json_decref(s->unstarted);
	json_decref(s->panic);
	json_decref(s->exit);
	json_decref(s->series);
	json_decref(s->counters);
	json_decref(s->warnings);
	json_decref(s->audits);
	json_decref(s->collected);
	free(s->banner);
	xen_log_free(&s->xen);
	free(s->fatal);
	free(s->problem);
	free(s->console.text);
	for (size_t i = 0; i < sizeof(s->printed) / sizeof(*s->printed); i++)
		free(s->printed[i].text);
	for (size_t i = 0; i < STREAM_TAIL; i++)
		free(s->tail[i]);
	*s = (struct console){0};
}

void console_problem(struct console *s, const char *fmt, ...)
{
	va_list ap;
	char *what;

	if (s->problem)
		return;
	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	s->problem = xasprintf("console line %zu: %s", s->lines, what);
	free(what);
}

/* Keeps a record that may come once only. */
static void take_once(struct console *s, json_t **slot, json_t *record, const char *type)
{
	if (*slot) {
		console_problem(s, "a second \"%s\" record", type);
		return;
	}
	*slot = json_incref(record);
}

static void take_samples(struct console *s, json_t *record)
{
	const char *name, *unit, *better;
	json_t *values, *value, *series;
	json_int_t first, reps = 1;
	size_t i;

	if (json_unpack(record, "{s:s, s:s, s:s, s?I, s:I, s:o}", "series", &name, "unit", &unit,
			"better", &better, "reps", &reps, "first", &first, "values", &values) ||
	    reps < 1 || !json_is_array(values)) {
		console_problem(s, "a \"samples\" record of the wrong shape");
		return;
	}
	series = json_object_get(s->series, name);
	if (!series) {
		series = json_pack("{s:s, s:s, s:I, s:[]}", "unit", unit, "better", better, "reps",
				   reps, "values");
		json_object_set_new(s->series, name, series);
	} else if (strcmp(unit, json_string_value(json_object_get(series, "unit"))) != 0 ||
		   strcmp(better, json_string_value(json_object_get(series, "better"))) != 0 ||
		   json_integer_value(json_object_get(series, "reps")) != reps) {
		console_problem(s, "series \"%s\" changes its unit, sense or iterations per sample",
				name);
		return;
	}
	series = json_object_get(series, "values");
	if (first < 0 || (size_t)first != json_array_size(series)) {
		console_problem(s,
				"series \"%s\": a chunk starts at sample %" JSON_INTEGER_FORMAT
				", expected %zu",
				name, first, json_array_size(series));
		return;
	}
	json_array_foreach (values, i, value) {
		if (!json_is_number(value)) {
			console_problem(s, "series \"%s\": a sample is not a number", name);
			return;
		}
		json_array_append(series, value);
	}
}

static void take_counters(struct console *s, json_t *record)
{
	json_t *values = NULL, *value;
	json_int_t iterations;
	const char *name;

	if (json_unpack(record, "{s:I, s:o}", "iterations", &iterations, "values", &values) ||
	    !json_is_object(values)) {
		console_problem(s, "a \"counters\" record of the wrong shape");
		return;
	}
	if (!s->counters) {
		s->counters = json_object();
		s->counted_iterations = iterations;
	} else if (s->counted_iterations != iterations) {
		console_problem(s, "\"counters\" records disagree about the iterations");
		return;
	}
	json_object_foreach (values, name, value) {
		const char *dot = strchr(name, '.');

		if (!json_is_integer(value) || json_integer_value(value) < 0 || !dot ||
		    dot == name || !dot[1] || json_object_get(s->counters, name)) {
			console_problem(s, "counter \"%s\" is repeated or not group.name: n", name);
			return;
		}
		json_object_set(s->counters, name, value);
	}
}

static void take_audit(struct console *s, json_t *record)
{
	const char *when, *unchecked = NULL;
	json_int_t trees, tables, leaves, count;
	int ok, xen_view;
	json_t *problems;

	json_object_del(record, "t");
	if (json_unpack(record, "{s:s, s:b, s:I, s:I, s:I, s:b, s?s, s:I, s:o !}", "when", &when,
			"ok", &ok, "trees", &trees, "tables", &tables, "leaves", &leaves,
			"xen_view", &xen_view, "unchecked", &unchecked, "problem_count", &count,
			"problems", &problems) ||
	    (strcmp(when, "demand") != 0 && strcmp(when, "end") != 0) || !json_is_array(problems) ||
	    !ok != !!count || !ok != !!json_array_size(problems) || !xen_view != !!unchecked)
		console_problem(s, "an \"audit\" record of the wrong shape");
	else
		json_array_append(s->audits, record);
}

/* Bytes are the code points below 256, of which UTF-8 makes one byte or two. */
static bool bytes_of(const char *utf8, size_t n, char *to, size_t *bytes)
{
	*bytes = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)utf8[i];

		if (c > 0xc3)
			return false;
		if (c >= 0x80 && ++i < n)
			c = (c & 3) << 6 | ((unsigned char)utf8[i] & 0x3f);
		to[(*bytes)++] = (char)c;
	}
	return true;
}

static void take_output(struct console *s, json_t *record)
{
	json_t *data = json_object_get(record, "data"), *fd = json_object_get(record, "fd");
	size_t n = json_string_length(data);
	char *bytes = xcalloc(1, n + 1);

	if (!json_is_integer(fd) || json_integer_value(fd) < OUTPUT_CONSOLE ||
	    json_integer_value(fd) > OUTPUT_STDERR || !json_is_string(data) ||
	    !bytes_of(json_string_value(data), n, bytes, &n))
		console_problem(s, "an \"output\" record of the wrong shape");
	else
		console_printed(s, (unsigned)json_integer_value(fd), bytes, n);
	free(bytes);
}

/* For a collector on the host, which knows what it means. */
static void take_collected(struct console *s, json_t *record)
{
	const char *by = json_string_value(json_object_get(record, "by"));

	if (!by) {
		console_problem(s, "a \"collected\" record that does not say by whom");
		return;
	}
	if (!json_object_get(s->collected, by))
		json_object_set_new(s->collected, by, json_array());
	json_array_append(json_object_get(s->collected, by), record);
	json_object_del(record, "t");
	json_object_del(record, "by");
}

/* A process speaks for itself, and it is said that it does. */
static void take_warning(struct console *s, char src, const json_t *record)
{
	const char *text = json_string_value(json_object_get(record, "text"));
	const char *who = src == 'k' ? "" : s->output ? "the program: " : "the workload: ";
	char *all;

	if (!text) {
		console_problem(s, "a \"warning\" record without text");
		return;
	}
	all = xasprintf("%s%s", who, text);
	json_array_append_new(s->warnings, json_string(all));
	free(all);
}

static void take_record(struct console *s, char src, json_t *record)
{
	const char *type = json_string_value(json_object_get(record, "t"));
	/* Who may say what: a workload cannot forge the kernel's verdict. */
	struct {
		const char *type;
		char src;
		json_t **once;
		void (*take)(struct console *, json_t *);
	} const types[] = {
		{"boot", 'k', &s->boot, NULL},
		{"workload", 'w', &s->workload, NULL},
		{"samples", 'w', NULL, take_samples},
		{"counters", 'w', NULL, take_counters},
		{"done", 'w', &s->done, NULL},
		{"conserved", 'k', &s->conserved, NULL},
		{"panic", 'k', &s->panic, NULL},
		{"exit", 'k', &s->exit, NULL},
		{"audit", 'k', NULL, take_audit},
		{"output", 'k', NULL, take_output},
		{"collected", 'k', NULL, take_collected},
		{"unstarted", 'k', &s->unstarted, NULL},
	};

	if (!type) {
		console_problem(s, "a record without a type");
		return;
	}
	if (s->exit && strcmp(type, "panic") != 0) {
		console_problem(s, "a \"%s\" record after the \"exit\" record", type);
		return;
	}
	if (strcmp(type, "warning") == 0) {
		take_warning(s, src, record);
		return;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(type, types[i].type) != 0)
			continue;
		if (src != types[i].src)
			console_problem(s, "a \"%s\" record from source %c", type, src);
		else if (types[i].once)
			take_once(s, types[i].once, record, type);
		else
			types[i].take(s, record);
		return;
	}
	console_problem(s, "a record of unknown type \"%s\"", type);
}

void console_record(struct console *s, const struct record_view *view)
{
	uint64_t *next = &s->next_seq[view->src == 'w'];
	static const char output[] = "{\"t\":\"output\",";
	size_t flags = JSON_REJECT_DUPLICATES;
	json_error_t error;
	json_t *record;

	if (view->seq != *next)
		console_problem(s, "source %c: record %llu arrived where %llu was due: %s",
				view->src, (unsigned long long)view->seq, (unsigned long long)*next,
				view->seq > *next ? "lines were lost" : "a line was repeated");
	*next = view->seq + 1;
	/* Only what a program prints may have NULs in it. */
	if (view->json_len > strlen(output) && !memcmp(view->json, output, strlen(output)))
		flags |= JSON_ALLOW_NUL;
	record = json_loadb(view->json, view->json_len, flags, &error);
	if (json_is_object(record))
		take_record(s, view->src, record);
	else
		console_problem(s, "a record that is not a JSON object: %s",
				record ? "another value" : error.text);
	json_decref(record);
}

bool console_is_fatal(const struct console *s)
{
	return s->fatal || s->panic;
}

json_t *console_tail(const struct console *s)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < STREAM_TAIL; i++)
		if (s->tail[i] && *s->tail[i])
			json_array_append_new(lines, json_string(s->tail[i]));
	return lines;
}

const char *console_mutant(const struct console *s)
{
	const char *mutant = json_string_value(json_object_get(s->boot, "mutant"));

	return mutant && strcmp(mutant, "none") != 0 ? mutant : "";
}
