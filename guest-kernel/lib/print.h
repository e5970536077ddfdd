/* SPDX-License-Identifier: MIT */
/*
 * Output: free text for people, and records for the host (abi/record.h). A record is built
 * member by member and written to the console in one piece.
 */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H

#include "lib/types.h"

/*
 * Provided by the platform: prints without interpretation, and not interleaved with
 * another CPU's text.
 */
void platform_console_write(const char *s, size_t n);

/* Prints one line and adds the newline. */
void print(const char *fmt, ...) __printf(1, 2);

/* Other CPUs wait from begin to end. Do not print anything else in between. */
void record_begin(const char *type);
void record_u64(const char *key, u64 value);
void record_bool(const char *key, bool value);
void record_str(const char *key, const char *value);
/*
 * A string in which code points below 256 stand for bytes. Writes as many as fit; returns
 * how many.
 */
size_t record_bytes(const char *key, const char *bytes, size_t n);
/* key: [before, after] */
void record_pair(const char *key, u64 before, u64 after);
/* key: [text, ...] */
void record_strings(const char *key, const char *const *values, unsigned n);
void record_object(const char *key);
void record_object_end(void);
void record_end(void);

#endif
