/* SPDX-License-Identifier: MIT */
/*
 * HTML without unescaped text: no function takes markup. Names of elements and attributes are
 * constants of the program, everything else is escaped, and control characters are shown by number
 * (utf8.h). Attributes with scripts (on...) or styles are refused, as by the page's content
 *security policy, and so are addresses that lead out of the site: a colon before the first slash
 *would name a protocol.
 *
 * The output is well-formed XML as well, so that any parser can check it.
 *
 *	html_open(h, "td", "title", label);
 *	html_attr(h, "class", "heat%d", step);
 *	html_text(h, "%s", name);
 *	html_close(h);
 */
#ifndef PVMMU_BENCH_SITE_HTML_H
#define PVMMU_BENCH_SITE_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

struct html;

struct html *html_new(void);

/* The text, of *n bytes, the caller's; everything else is freed. All elements must be closed. */
char *html_finish(struct html *h, size_t *n);

/*
 * Begins an element, with attributes in pairs of name and value: html_open(h, "th", "scope",
 * "row"). A value that is NULL ends the list. Further attributes may follow, until there is
 * content.
 */
#define html_open(h, ...) html_open_with(h, __VA_ARGS__, NULL)
void html_open_with(struct html *h, const char *tag, ...) __attribute__((sentinel));
void html_attr(struct html *h, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
void html_text(struct html *h, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Ends the innermost element. One that can have no content (br, img) ends as well. */
void html_close(struct html *h);
/* Ends the innermost elements, up to and with the first of that tag. */
void html_close_to(struct html *h, const char *tag);

/* Opens, writes and closes; class may be NULL. */
void html_leaf(struct html *h, const char *tag, const char *class, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* <a href=address>text</a> */
void html_link(struct html *h, const char *address, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
