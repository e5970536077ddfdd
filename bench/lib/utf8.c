// SPDX-License-Identifier: MIT
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Bytes of the character at p; 0: it is not UTF-8. */
static unsigned length_of(const unsigned char *p)
{
	unsigned n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	char character[5] = {0};

	for (unsigned i = 0; i < n && p[i]; i++)
		character[i] = (char)p[i];
	return strlen(character) == n && is_utf8(character) ? n : 0;
}

/* The character at p, of so many bytes. */
static bool hides(const unsigned char *p, unsigned n, bool lines)
{
	unsigned code;

	if (n == 1)
		return (*p < ' ' && !(lines && (*p == '\n' || *p == '\t'))) || *p == 0x7f;
	if (n == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	if (n != 3)
		return false;
	code = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	return code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

bool utf8_is_printable(const char *utf8, bool lines)
{
	for (const unsigned char *p = (const unsigned char *)utf8; *p;) {
		unsigned n = *p < 0x80 ? 1 : length_of(p);

		if (!n || hides(p, n, lines))
			return false;
		p += n;
	}
	return true;
}

char *utf8_escape(const char *text)
{
	char *s = xcalloc(1, 4 * strlen(text) + 1), *to = s;

	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		unsigned n = length_of(p);
		bool hidden = !n || hides(p, n, true);

		for (unsigned i = 0; i < (n ? n : 1); i++, p++) {
			if (hidden)
				to += sprintf(to, "\\x%02x", *p);
			else
				*to++ = (char)*p;
		}
	}
	return s;
}
