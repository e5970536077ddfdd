// SPDX-License-Identifier: MIT
#include "program_output.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/record.h"
#include "lib/text.h"

/* A longer line cannot be a record. */
#define LINE_ROOM (2 * RECORD_LINE_MAX)

void output_free(struct output *o)
{
	free(o->part[0].bytes);
	free(o->part[1].bytes);
	free(o->line);
	*o = (struct output){0};
}

static void print(struct output *o, int fd, const char *bytes, size_t n)
{
	while (n && !o->unprinted) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			o->unprinted = true;
			return;
		}
		bytes += done;
		n -= (size_t)done;
	}
}

static void take(struct output *o, int fd, const char *bytes, size_t n)
{
	struct output_part *p = &o->part[fd == 2];

	p->total += n;
	if (o->live) {
		print(o, fd, bytes, n);
		n = n < OUTPUT_KEPT_MAX - p->n ? n : OUTPUT_KEPT_MAX - p->n;
	}
	if (p->n + n > p->room) {
		p->room = 2 * (p->n + n);
		p->bytes = xrealloc(p->bytes, p->room);
	}
	if (n)
		memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
}

static void release_line(struct output *o)
{
	size_t n = o->line_n;

	o->line_n = 0;
	take(o, 1, o->line, n);
}

/* Whether the current line may still be a record. */
static bool may_be_record(const struct output *o)
{
	size_t n = o->line_n < RECORD_PREFIX_LEN ? o->line_n : RECORD_PREFIX_LEN;

	return memcmp(o->line, RECORD_PREFIX, n) == 0 && o->line_n < LINE_ROOM;
}

/* The beginning of a line is held back as long as it may be a record. */
static void feed_stdout(struct output *o, const char *bytes, size_t n, output_take taken, void *arg)
{
	if (!o->line)
		o->line = xcalloc(1, LINE_ROOM);
	while (n) {
		const char *newline = memchr(bytes, '\n', n);
		size_t len = newline ? (size_t)(newline - bytes) + 1 : n;

		if (o->in_line) {
			take(o, 1, bytes, len);
			o->in_line = !newline;
			bytes += len;
			n -= len;
			continue;
		}
		o->line[o->line_n++] = *bytes;
		if (!may_be_record(o)) {
			o->in_line = *bytes != '\n';
			release_line(o);
		} else if (*bytes == '\n') {
			if (taken(arg, o->line, o->line_n - 1))
				o->line_n = 0;
			release_line(o);
		}
		bytes++;
		n--;
	}
}

void output_feed(struct output *o, int fd, const char *bytes, size_t n, output_take taken,
		 void *arg)
{
	if (fd == 1)
		feed_stdout(o, bytes, n, taken, arg);
	else
		take(o, fd, bytes, n);
}

void output_end(struct output *o)
{
	if (o->line_n)
		release_line(o);
}

void output_print(struct output *o)
{
	for (int fd = 1; fd <= 2 && !o->live; fd++)
		print(o, fd, o->part[fd - 1].bytes, o->part[fd - 1].n);
}

static json_t *base64(const char *bytes, size_t n)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = xcalloc(n / 3 + 1, 4), *to = text;
	json_t *json;

	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)(uint8_t)bytes[i] << 16;

		if (left > 1)
			v |= (uint32_t)(uint8_t)bytes[i + 1] << 8;
		if (left > 2)
			v |= (uint8_t)bytes[i + 2];
		*to++ = digit[v >> 18];
		*to++ = digit[v >> 12 & 63];
		*to++ = left > 1 ? digit[v >> 6 & 63] : '=';
		*to++ = left > 2 ? digit[v & 63] : '=';
	}
	json = json_stringn(text, (size_t)(to - text));
	free(text);
	return json;
}

json_t *output_json(const struct output *o)
{
	json_t *all = json_array();

	for (int i = 0; i < 2; i++) {
		const struct output_part *p = &o->part[i];
		size_t n = p->n < OUTPUT_KEPT_MAX ? p->n : OUTPUT_KEPT_MAX;
		json_t *one = json_pack("{s:i, s:I}", "fd", i + 1, "bytes", (json_int_t)p->total);
		/* NULL if it is not UTF-8; and jansson reads no NUL. */
		json_t *text = NULL;

		if (!n || !memchr(p->bytes, 0, n))
			text = json_stringn(n ? p->bytes : "", n);
		/* The cut may be inside a character. */
		for (int less = 1; less < 4 && !text && n < p->total; less++)
			text = json_stringn(p->bytes, n - (size_t)less);
		if (text)
			json_object_set_new(one, "text", text);
		else
			json_object_set_new(one, "base64", base64(p->bytes, n));
		if (n < p->total)
			json_object_set_new(one, "cut", json_true());
		json_array_append_new(all, one);
	}
	return all;
}
