// SPDX-License-Identifier: MIT
#include "html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/outcome.h"
#include "lib/utf8.h"

/* Deeper than any page nests. */
#define DEPTH_MAX 64

struct html {
	FILE *f;
	char *bytes;
	size_t n;
	const char *open[DEPTH_MAX];
	size_t depth;
	bool in_tag; /* the innermost element may still get attributes */
};

/* A bug of this program: end it, rather than write half a page. */
__attribute__((noreturn)) static void misused(const char *what, const char *which)
{
	complain("a page is written wrongly: %s %s", what, which);
	exit(EXIT_ERROR);
}

struct html *html_new(void)
{
	struct html *h = xcalloc(1, sizeof(*h));

	h->f = open_memstream(&h->bytes, &h->n);
	if (!h->f)
		misused("no memory for", "it");
	fputs("<!DOCTYPE html>\n", h->f);
	return h;
}

char *html_finish(struct html *h, size_t *n)
{
	char *bytes;

	if (h->depth)
		misused("not closed:", h->open[h->depth - 1]);
	fputc('\n', h->f);
	if (fclose(h->f) != 0)
		misused("no memory for", "it");
	bytes = h->bytes;
	*n = h->n;
	free(h);
	return bytes;
}

static void render_escaped(struct html *h, const char *text)
{
	char *shown = utf8_escape(text);

	for (const char *p = shown; *p; p++) {
		switch (*p) {
		case '<': fputs("&lt;", h->f); break;
		case '>': fputs("&gt;", h->f); break;
		case '&': fputs("&amp;", h->f); break;
		case '"': fputs("&quot;", h->f); break;
		case '\'': fputs("&#39;", h->f); break;
		default: fputc(*p, h->f);
		}
	}
	free(shown);
}

static void end_tag(struct html *h)
{
	if (h->in_tag)
		fputc('>', h->f);
	h->in_tag = false;
}

static bool is_one_of(const char *word, const char *const list[])
{
	for (; *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static bool is_void(const char *tag)
{
	static const char *const tags[] = {"br", "hr", "img", "input", "link", "meta", NULL};

	return is_one_of(tag, tags);
}

/* These begin on a new line, so that pages can be read and compared by line. */
static bool is_block(const char *tag)
{
	static const char *const tags[] = {
		"html",	  "head",    "body",	"meta", "link",	   "title", "script",
		"header", "main",    "footer",	"nav",	"section", "h1",    "h2",
		"h3",	  "p",	     "ul",	"li",	"table",   "thead", "tbody",
		"tr",	  "caption", "details", "div",	"figure",  "dl",    "dt",
		"form",	  "select",  "option",	"svg",	NULL};

	return is_one_of(tag, tags);
}

void html_open_with(struct html *h, const char *tag, ...)
{
	const char *name, *value;
	va_list ap;

	if (h->depth == DEPTH_MAX)
		misused("too deep:", tag);
	end_tag(h);
	if (h->depth && is_block(tag))
		fputc('\n', h->f);
	fprintf(h->f, "<%s", tag);
	h->open[h->depth++] = tag;
	h->in_tag = true;
	va_start(ap, tag);
	while ((name = va_arg(ap, const char *)) && (value = va_arg(ap, const char *)))
		html_attr(h, name, "%s", value);
	va_end(ap);
}

void html_close(struct html *h)
{
	const char *tag;

	if (!h->depth)
		misused("closed too often", "");
	tag = h->open[--h->depth];
	if (is_void(tag)) {
		fputs(h->in_tag ? " />" : "", h->f);
		h->in_tag = false;
		return;
	}
	end_tag(h);
	fprintf(h->f, "</%s>", tag);
}

void html_close_to(struct html *h, const char *tag)
{
	while (h->depth && strcmp(h->open[h->depth - 1], tag) != 0)
		html_close(h);
	html_close(h);
}

/* Whether an address stays in the site: it has no protocol before the first slash. */
static bool stays_here(const char *address)
{
	size_t n = strcspn(address, "/?#");

	return *address != '/' && !memchr(address, ':', n) && !strchr(address, '\\');
}

void html_attr(struct html *h, const char *name, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *value = NULL;

	if (!h->in_tag)
		misused("too late for attribute", name);
	if (strncmp(name, "on", 2) == 0 || strcmp(name, "style") == 0)
		misused("forbidden attribute", name);
	va_start(ap, fmt);
	value = xvasprintf(fmt, ap);
	va_end(ap);
	if ((strcmp(name, "href") == 0 || strcmp(name, "src") == 0) && !stays_here(value))
		misused("address that leads elsewhere:", value);
	fprintf(h->f, " %s=\"", name);
	render_escaped(h, value);
	fputc('"', h->f);
}

static void render_text(struct html *h, const char *fmt, va_list ap)
{
	AUTO_FREE char *text = xvasprintf(fmt, ap);

	if (h->depth && is_void(h->open[h->depth - 1]))
		misused("content in", h->open[h->depth - 1]);
	end_tag(h);
	render_escaped(h, text);
}

void html_text(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	render_text(h, fmt, ap);
	va_end(ap);
}

void html_leaf(struct html *h, const char *tag, const char *class, const char *fmt, ...)
{
	va_list ap;

	html_open(h, tag, "class", class);
	va_start(ap, fmt);
	render_text(h, fmt, ap);
	va_end(ap);
	html_close(h);
}

void html_link(struct html *h, const char *address, const char *fmt, ...)
{
	va_list ap;

	html_open(h, "a", "href", address);
	va_start(ap, fmt);
	render_text(h, fmt, ap);
	va_end(ap);
	html_close(h);
}
