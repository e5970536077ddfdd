/* SPDX-License-Identifier: MIT */
/* See text.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../../abi/record.h"
#include "text.h"

static void put(struct text *t, const char *p, size_t n)
{
	if (t->overflow || n > t->cap - t->len) {
		t->overflow = true;
		return;
	}
	memcpy(t->buf + t->len, p, n);
	t->len += n;
}

void text_put(struct text *t, const char *s)
{
	put(t, s, strlen(s));
}

void text_u64(struct text *t, uint64_t v)
{
	char digits[20];

	put(t, digits, record_put_dec(digits, v));
}

void text_json_string(struct text *t, const char *s)
{
	static const char hex[] = "0123456789abcdef";

	text_put(t, "\"");
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		char escaped[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

		if (c < 0x20 || c == 0x7f)
			put(t, escaped, sizeof(escaped));
		else if (c == '"' || c == '\\')
			put(t, (const char[2]){'\\', (char)c}, 2);
		else
			put(t, s, 1);
	}
	text_put(t, "\"");
}

bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}
