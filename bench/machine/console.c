// SPDX-License-Identifier: MIT
/*
 * First the meaning of records and who may send which, then the lines of the console and their
 * authors. Xen and the kernel write the console itself: their lines are records and signs that the
 * machine is lost. Output of processes arrives inside the kernel's records. It is cut into lines of
 * its own, in which only the processes' own records have a meaning.
 */
#include "console.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "program_output.h"

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
	free(s->line.text);
	for (size_t i = 0; i < sizeof(s->printed) / sizeof(*s->printed); i++)
		free(s->printed[i].text);
	for (size_t i = 0; i < CONSOLE_TAIL; i++)
		free(s->tail[i]);
	*s = (struct console){0};
}

/* Keeps the first violation of the protocol, with the line's number. */
static void console_problem(struct console *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void console_problem(struct console *s, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *what = NULL;

	if (s->problem)
		return;
	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	s->problem = xasprintf("console line %zu: %s", s->lines, what);
}

/* Keeps a record that may come only once. */
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

/* The kernel sends bytes as code points below 256, which are one or two bytes in UTF-8. */
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
	AUTO_FREE char *bytes = xcalloc(1, n + 1);

	if (!json_is_integer(fd) || json_integer_value(fd) < OUTPUT_CONSOLE ||
	    json_integer_value(fd) > OUTPUT_STDERR || !json_is_string(data) ||
	    !bytes_of(json_string_value(data), n, bytes, &n))
		console_problem(s, "an \"output\" record of the wrong shape");
	else
		console_printed(s, (unsigned)json_integer_value(fd), bytes, n);
}

/* Keeps a record for a collector on the host, which interprets it. */
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

/* A warning of a process names its author. */
static void take_warning(struct console *s, char src, const json_t *record)
{
	const char *text = json_string_value(json_object_get(record, "text"));
	const char *who = src == 'k' ? "" : s->output ? "the program: " : "the workload: ";
	AUTO_FREE char *all = NULL;

	if (!text) {
		console_problem(s, "a \"warning\" record without text");
		return;
	}
	all = xasprintf("%s%s", who, text);
	json_array_append_new(s->warnings, json_string(all));
}

static void take_record(struct console *s, char src, json_t *record)
{
	const char *type = json_string_value(json_object_get(record, "t"));
	/* Each type has one valid source: a workload cannot forge the kernel's verdict. */
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

/* Takes a record with a good checksum from a valid source. */
static void console_record(struct console *s, const struct record_view *view)
{
	uint64_t *next = &s->next_seq[view->src == 'w'];
	static const char output[] = "{\"t\":\"output\",";
	size_t flags = JSON_REJECT_DUPLICATES;
	json_error_t error;
	json_auto_t *record = NULL;

	if (view->seq != *next)
		console_problem(s, "source %c: record %llu arrived where %llu was due: %s",
				view->src, (unsigned long long)view->seq, (unsigned long long)*next,
				view->seq > *next ? "lines were lost" : "a line was repeated");
	*next = view->seq + 1;
	/* Only output of a program may have NULs in it. */
	if (view->json_len > strlen(output) && !memcmp(view->json, output, strlen(output)))
		flags |= JSON_ALLOW_NUL;
	record = json_loadb(view->json, view->json_len, flags, &error);
	if (json_is_object(record))
		take_record(s, view->src, record);
	else
		console_problem(s, "a record that is not a JSON object: %s",
				record ? "another value" : error.text);
}

/* ---- lines ---- */

/* Far longer than a record; a longer line is cut, and torn if it held a record. */
#define LINE_MAX_BYTES (64 * 1024)

/* The part of a line that is kept to be shown. */
#define LINE_SHOWN 400

/* The start of all lines of Xen. */
#define XEN_PREFIX "(XEN) "

/* The mark of a process' line in the tail. */
#define PROGRAM_PREFIX "program: "

/* Xen prints one of these when the guest is lost. */
static const char *const fatal_signs[] = {
	"Panic on CPU",	    "Hardware Dom0 crashed",	    "domain_crash",
	"crashed on cpu#",  "Could not construct domain 0", "FATAL TRAP",
	"FATAL PAGE FAULT",
};

/* Reads a line of Xen behind its prefix; the cause of a panic is in the next two lines. */
static void read_xen(struct console *s, const char *text, size_t n)
{
	static const char banner[] = "Xen version ";
	AUTO_FREE char *said = printable(text, n < LINE_SHOWN ? n : LINE_SHOWN);

	if (!s->banner && strncmp(said, banner, strlen(banner)) == 0)
		s->banner = xstrdup(said);
	if (s->fatal_more && !strstr(said, "*****")) {
		replace_text(&s->fatal, "%s %s", s->fatal, said);
		s->fatal_more--;
	} else {
		s->fatal_more = 0;
	}
	for (size_t i = 0; !s->fatal && i < sizeof(fatal_signs) / sizeof(*fatal_signs); i++) {
		if (!strstr(said, fatal_signs[i]))
			continue;
		s->fatal = xstrdup(said);
		s->fatal_more = strstr(said, "Panic on CPU") ? 2 : 0;
	}
}

/* The caller's text becomes the newest line of the tail. */
static void keep_in_tail(struct console *s, char *text)
{
	free(s->tail[0]);
	memmove(&s->tail[0], &s->tail[1], sizeof(s->tail) - sizeof(s->tail[0]));
	s->tail[CONSOLE_TAIL - 1] = text;
}

static size_t without_blanks(const char *line, size_t n)
{
	while (n && (line[n - 1] == '\r' || line[n - 1] == ' '))
		n--;
	return n;
}

static void read_line(struct console *s, const struct console_line *l)
{
	const char *line = l->text, *xen;
	struct record_view view;
	size_t n = l->n;
	char *text;

	s->lines++;
	switch (record_parse(line, n, &view)) {
	case RECORD_OK:
		if (view.src == 'k')
			console_record(s, &view);
		else
			console_problem(s, "a record of source w that no process can have written");
		return;
	case RECORD_TORN:
		s->torn++;
		text = printable(line, n < 60 ? n : 60);
		console_problem(s, "a torn record: %s%s", text, n > 60 ? "..." : "");
		free(text);
		break;
	case RECORD_NONE: break;
	}
	if (l->cut)
		console_problem(s, "a line longer than %d bytes", LINE_MAX_BYTES);
	n = without_blanks(line, n);
	xen = memmem(line, n, XEN_PREFIX, strlen(XEN_PREFIX));
	if (xen)
		read_xen(s, xen + strlen(XEN_PREFIX),
			 n - (size_t)(xen - line) - strlen(XEN_PREFIX));
	else
		s->fatal_more = 0;
	text = printable(line, n < LINE_SHOWN ? n : LINE_SHOWN);
	if (!s->boot)
		xen_log_line(&s->xen, text);
	keep_in_tail(s, text);
}

/* Takes a program's own record, which its source marks; any other line is text. */
static bool take_printed_record(void *arg, const char *line, size_t n)
{
	struct record_view view;

	if (record_parse(line, n, &view) != RECORD_OK || view.src != 'w')
		return false;
	console_record(arg, &view);
	return true;
}

/* Whether a process seems to have meant a record. */
static bool meant_as_record(const char *line, size_t n)
{
	static const char start[] = RECORD_PREFIX "w";

	return memmem(line, n, start, strlen(start));
}

/*
 * Reads a line that a process has printed: a record of its own, or text. A workload's records must
 * arrive undamaged, while a program may print anything.
 */
static void read_printed(struct console *s, const struct console_line *l)
{
	size_t n = without_blanks(l->text, l->n);
	char *text;

	if (take_printed_record(s, l->text, l->n))
		return;
	text = printable(l->text, n < LINE_SHOWN ? n : LINE_SHOWN);
	if (!s->output && meant_as_record(l->text, n))
		console_problem(s, "the workload printed a torn record: %.60s%s", text,
				strlen(text) > 60 ? "..." : "");
	replace_text(&text, PROGRAM_PREFIX "%s", text);
	keep_in_tail(s, text);
}

static void add_to_line(struct console_line *l, const char *bytes, size_t n)
{
	if (l->n + n > LINE_MAX_BYTES) {
		n = LINE_MAX_BYTES - l->n;
		l->cut = true;
	}
	if (!l->text || l->n + n > l->room) {
		l->room = 2 * (l->n + n) + 1;
		l->text = xrealloc(l->text, l->room);
	}
	if (n)
		memcpy(l->text + l->n, bytes, n);
	l->n += n;
}

static void end_line(struct console *s, struct console_line *l,
		     void (*take)(struct console *, const struct console_line *))
{
	add_to_line(l, "", 0);
	take(s, l);
	l->cut = false;
	l->n = 0;
}

static void feed_lines(struct console *s, struct console_line *l, const char *bytes, size_t n,
		       void (*take)(struct console *, const struct console_line *))
{
	const char *newline;

	while (n && (newline = memchr(bytes, '\n', n))) {
		size_t len = (size_t)(newline - bytes);

		add_to_line(l, bytes, len);
		end_line(s, l, take);
		bytes += len + 1;
		n -= len + 1;
	}
	add_to_line(l, bytes, n);
}

void console_feed(struct console *s, const char *bytes, size_t n)
{
	feed_lines(s, &s->line, bytes, n, read_line);
}

void console_printed(struct console *s, unsigned fd, const char *bytes, size_t n)
{
	if (s->output && fd != OUTPUT_CONSOLE)
		output_feed(s->output, (int)fd, bytes, n, take_printed_record, s);
	else
		feed_lines(s, &s->printed[fd], bytes, n, read_printed);
}

static void end_of_console(struct console *s)
{
	struct record_view view;

	if (!s->line.n)
		return;
	/*
	 * The record was not torn by another writer but cut short: the machine stopped in mid-word.
	 */
	if (record_parse(s->line.text, s->line.n, &view) == RECORD_TORN) {
		s->lines++;
		console_problem(s, "the console ends inside a record");
		s->line.n = 0;
		return;
	}
	end_line(s, &s->line, read_line);
}

void console_end(struct console *s)
{
	end_of_console(s);
	for (size_t i = 0; i < sizeof(s->printed) / sizeof(*s->printed); i++)
		if (s->printed[i].n)
			end_line(s, &s->printed[i], read_printed);
	if (s->output)
		output_end(s->output);
}

/* ---- what was found ---- */

bool console_is_fatal(const struct console *s)
{
	return s->fatal || s->panic;
}

json_t *console_tail(const struct console *s)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < CONSOLE_TAIL; i++)
		if (s->tail[i] && *s->tail[i])
			json_array_append_new(lines, json_string(s->tail[i]));
	return lines;
}

const char *console_mutant(const struct console *s)
{
	const char *mutant = json_string_value(json_object_get(s->boot, "mutant"));

	return mutant && strcmp(mutant, "none") != 0 ? mutant : "";
}
