/* SPDX-License-Identifier: MIT */
/*
 * Text that others have chosen, on a terminal. Besides letters there are characters that move the
 * cursor, change colours or titles, or make the rest run from right to left, so that what one reads
 * is not what is there: the control characters of ASCII and of Latin 1, line and paragraph
 * separators, marks of direction. Here they are called invisible. Names that hold one are refused
 * when a result set is read; messages show it by its number.
 */
#ifndef PVMMU_BENCH_LIB_UTF8_H
#define PVMMU_BENCH_LIB_UTF8_H

#include <stdbool.h>

bool is_utf8(const char *s);

/* UTF-8 without invisible characters; with `lines`, newlines and tabs may be in it. */
bool utf8_is_printable(const char *utf8, bool lines);

/*
 * A copy in which each byte of what is invisible, and each that is not UTF-8, is written as \xNN.
 * Newlines and tabs stay. The caller's.
 */
char *utf8_escape(const char *text);

#endif
