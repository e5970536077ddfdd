/* SPDX-License-Identifier: MIT */
/*
 * Text from others, on a terminal. Some characters move the cursor, change colours or titles, or
 * reverse the direction of writing, so that the text reads as something else: control characters of
 * ASCII and Latin 1, line and paragraph separators, marks of direction. They are called invisible
 * here. Names with an invisible character are refused when a result set is read; messages escape
 * it.
 */
#ifndef PVMMU_BENCH_LIB_UTF8_H
#define PVMMU_BENCH_LIB_UTF8_H

#include <stdbool.h>

bool is_utf8(const char *s);

/* UTF-8 without invisible characters; with `lines`, newlines and tabs may be in it. */
bool utf8_is_printable(const char *utf8, bool lines);

/*
 * A copy in which each byte of an invisible character, and each byte that is not UTF-8, is written
 * as \xNN. Newlines and tabs stay. The caller's.
 */
char *utf8_escape(const char *text);

#endif
