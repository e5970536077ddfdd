// SPDX-License-Identifier: MIT
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Bytes of the character at p, with its code point; 0: it is not UTF-8. */
static unsigned length_of(const unsigned char *p, unsigned *code)
{
	unsigned more = *p < 0x80 ? 0 : *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;

	if ((*p >= 0x80 && *p < 0xc2) || *p > 0xf4)
		return 0;
	*code = more ? *p & (0x3fu >> more) : *p;
	for (unsigned i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	/* An encoding longer than needed, a surrogate, or a number above Unicode's last. */
	if ((more == 2 && *code < 0x800) || (more == 3 && *code < 0x10000) || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return more + 1;
}

bool is_utf8(const char *s)
{
	unsigned code, n;

	for (const unsigned char *p = (const unsigned char *)s; *p; p += n)
		if (!(n = length_of(p, &code)))
			return false;
	return true;
}

static bool is_invisible(unsigned code, bool lines)
{
	if (code < ' ')
		return !lines || (code != '\n' && code != '\t');
	return (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

bool utf8_is_printable(const char *utf8, bool lines)
{
	unsigned code, n;

	for (const unsigned char *p = (const unsigned char *)utf8; *p; p += n)
		if (!(n = length_of(p, &code)) || is_invisible(code, lines))
			return false;
	return true;
}

char *utf8_escape(const char *text)
{
	char *s = xcalloc(1, 4 * strlen(text) + 1), *to = s;

	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		unsigned code, n = length_of(p, &code);
		bool hidden = !n || is_invisible(code, true);

		for (unsigned i = 0; i < (n ? n : 1); i++, p++) {
			if (hidden)
				to += sprintf(to, "\\x%02x", *p);
			else
				*to++ = (char)*p;
		}
	}
	return s;
}
