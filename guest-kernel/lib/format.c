// SPDX-License-Identifier: MIT
/* Formatted printing into a buffer. */
#include "lib/string.h"

/* Takes the next argument; a number of 64 bits is a long, or takes a second `l` to say. */
#if WORD_BITS == 64
#define NUMBER(ap, longs, sign) ((longs) ? va_arg(ap, sign long) : va_arg(ap, sign int))
#else
#define NUMBER(ap, longs, sign) ((longs) > 1 ? va_arg(ap, sign long long) : va_arg(ap, sign long))
_Static_assert(sizeof(long) == sizeof(int), "an int may be taken for a long");
#endif

struct out {
	char *buf;
	size_t size, used; /* used includes characters that did not fit */
};

static void put(struct out *o, char c)
{
	if (o->used + 1 < o->size)
		o->buf[o->used] = c;
	o->used++;
}

static void put_field(struct out *o, const char *s, size_t n, int width, bool left, char pad)
{
	size_t fill = width > 0 && (size_t)width > n ? (size_t)width - n : 0;

	if (!left)
		while (fill) {
			put(o, pad);
			fill--;
		}
	while (n--)
		put(o, *s++);
	while (fill--)
		if (left)
			put(o, ' ');
}

static size_t digits(char *end, u64 v, unsigned base)
{
	char *p = end;

	do
		*--p = "0123456789abcdef"[v % base];
	while (v /= base);
	return end - p;
}

static void put_number(struct out *o, u64 v, bool negative, unsigned base, int width, bool left,
		       char pad)
{
	char tmp[24], *end = tmp + sizeof(tmp);
	size_t n = digits(end, v, base);

	if (negative && pad == '0') {
		put(o, '-');
		width--;
	} else if (negative) {
		n++;
		end[-(long)n] = '-';
	}
	put_field(o, end - n, n, width, left, pad);
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = {buf, size, 0};

	for (; *fmt; fmt++) {
		bool left = false;
		char pad = ' ';
		int width = 0, longs = 0;
		const char *s;
		s64 d;
		u64 u;

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		for (fmt++; *fmt == '0' || *fmt == '-'; fmt++) {
			if (*fmt == '-')
				left = true;
			else
				pad = '0';
		}
		for (; *fmt >= '0' && *fmt <= '9'; fmt++)
			width = width * 10 + *fmt - '0';
		for (; *fmt == 'l' || *fmt == 'z'; fmt++)
			longs++;
		switch (*fmt) {
		case 'd':
		case 'i':
			d = NUMBER(ap, longs, signed);
			put_number(&o, d < 0 ? -(u64)d : (u64)d, d < 0, 10, width, left, pad);
			break;
		case 'u':
		case 'x':
			u = NUMBER(ap, longs, unsigned);
			put_number(&o, u, false, *fmt == 'x' ? 16 : 10, width, left, pad);
			break;
		case 'p':
			u = (unsigned long)va_arg(ap, void *);
			put_number(&o, u, false, 16, 2 * WORD_BYTES, false, '0');
			break;
		case 'c': put(&o, (char)va_arg(ap, int)); break;
		case 's':
			s = va_arg(ap, const char *);
			if (!s)
				s = "(null)";
			put_field(&o, s, strlen(s), width, left, ' ');
			break;
		case '%': put(&o, '%'); break;
		default: /* end the text rather than misread the remaining arguments */
			put(&o, '%');
			put(&o, '?');
			goto out;
		}
	}
out:
	if (size)
		buf[o.used < size ? o.used : size - 1] = '\0';
	return (int)o.used;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
