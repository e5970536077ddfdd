// SPDX-License-Identifier: MIT
/*
 * Memory and string functions. Copy and fill use 8-byte `rep` moves: on the exact tier
 * each repetition counts as one instruction, whatever its width.
 */
#include "lib/string.h"

void *memcpy(void *dst, const void *src, size_t n)
{
	void *d = dst;
	size_t words = n >> WORD_SHIFT, rest = n & (WORD_BYTES - 1);

	asm volatile("rep " WORD_MOVS : "+D"(d), "+S"(src), "+c"(words)::"memory");
	asm volatile("rep movsb" : "+D"(d), "+S"(src), "+c"(rest)::"memory");
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	if (d <= s || d >= s + n)
		return memcpy(dst, src, n);
	while (n--)
		d[n] = s[n];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	void *d = dst;
	unsigned long pattern = ~0UL / 255 * (u8)c;
	size_t words = n >> WORD_SHIFT, rest = n & (WORD_BYTES - 1);

	asm volatile("rep " WORD_STOS : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
	asm volatile("rep stosb" : "+D"(d), "+c"(rest) : "a"(pattern) : "memory");
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return p - s;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			break;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

void copy_string(char *dst, const char *src, size_t n)
{
	size_t i;

	for (i = 0; i + 1 < n && src[i]; i++)
		dst[i] = src[i];
	dst[i] = '\0';
}

/* A result of 16 or more: not a digit. */
static unsigned digit_of(char c)
{
	unsigned lower = (u8)c | 32;

	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

unsigned long parse_number(const char *s, const char **end)
{
	unsigned long v = 0;
	unsigned base = 10;

	if (s[0] == '0' && (s[1] | 32) == 'x' && digit_of(s[2]) < 16) {
		base = 16;
		s += 2;
	}
	for (; digit_of(*s) < base; s++)
		v = v * base + digit_of(*s);
	if (end)
		*end = s;
	return v;
}
