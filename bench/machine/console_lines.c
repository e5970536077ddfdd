// SPDX-License-Identifier: MIT
/*
 * The bytes of a console cut into lines, and who has written which. The console itself is
 * Xen's and the kernel's: theirs are its records and the signs that the machine is lost.
 * What processes print comes inside of the kernel's records and is cut into lines of its
 * own, in which only their own records mean anything.
 */
#include "console_lines.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "lib/text.h"
#include "program_output.h"

/* Far longer than a record; a longer line is cut, and torn if it held a record. */
#define LINE_MAX_BYTES (64 * 1024)

/* Of a line, what is kept to be shown. */
#define LINE_SHOWN 400

/* How all of Xen's lines begin. */
#define XEN_PREFIX "(XEN) "

/* How a line of a process is marked in the tail. */
#define PROGRAM_PREFIX "program: "

/* What Xen prints when there will be no guest any more. */
static const char *const fatal_signs[] = {
	"Panic on CPU",	    "Hardware Dom0 crashed",	    "domain_crash",
	"crashed on cpu#",  "Could not construct domain 0", "FATAL TRAP",
	"FATAL PAGE FAULT",
};

/* A line from where Xen's prefix stands in it; of a panic the cause is in the next two. */
static void read_xen(struct console *s, const char *text, size_t n)
{
	static const char banner[] = "Xen version ";
	char *said = printable(text, n < LINE_SHOWN ? n : LINE_SHOWN);

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
	free(said);
}

/* The caller's text becomes the newest line of the tail. */
static void keep_in_tail(struct console *s, char *text)
{
	free(s->tail[0]);
	memmove(&s->tail[0], &s->tail[1], sizeof(s->tail) - sizeof(s->tail[0]));
	s->tail[STREAM_TAIL - 1] = text;
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

/* A program's own record, as its source says; of any other line it may print what it likes. */
static bool take_printed_record(void *arg, const char *line, size_t n)
{
	struct record_view view;

	if (record_parse(line, n, &view) != RECORD_OK || view.src != 'w')
		return false;
	console_record(arg, &view);
	return true;
}

/* Does it look as if a record of a process' own was meant? */
static bool meant_as_record(const char *line, size_t n)
{
	static const char start[] = RECORD_PREFIX "w";

	return memmem(line, n, start, strlen(start));
}

/*
 * A line that a process has printed: a record of its own, or text, whatever it may say. A
 * workload's records must arrive whole, while a program may print what it likes.
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
	feed_lines(s, &s->console, bytes, n, read_line);
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

	if (!s->console.n)
		return;
	/* Not torn by another writer but cut short: the machine stopped in mid-word. */
	if (record_parse(s->console.text, s->console.n, &view) == RECORD_TORN) {
		s->lines++;
		console_problem(s, "the console ends inside a record");
		s->console.n = 0;
		return;
	}
	end_line(s, &s->console, read_line);
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
