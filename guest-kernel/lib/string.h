/* SPDX-License-Identifier: MIT */
/*
 * The part of <string.h> and of formatted printing that a freestanding kernel needs.
 * Semantics are those of the C standard unless a comment says otherwise.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stdarg.h>

#include "lib/types.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

/* Copies at most n - 1 bytes and always terminates; n must not be 0. */
void copy_string(char *dst, const char *src, size_t n);

/*
 * %d %i %u %x %p %c %s %% with l, ll and z, a width, and the flags 0 and -. Returns the
 * length of the complete text, as in C.
 */
int vsnprintf(char *out, size_t n, const char *fmt, va_list ap) __printf(3, 0);
int snprintf(char *out, size_t n, const char *fmt, ...) __printf(3, 4);

/* Decimal or 0x-hexadecimal; *end is set to the first character after the digits. */
unsigned long parse_number(const char *s, const char **end);

#endif
