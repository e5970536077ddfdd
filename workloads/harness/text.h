/* SPDX-License-Identifier: MIT */
/*
 * Text without stdio, into a buffer of fixed size. Each piece is added completely or not
 * at all, so a full buffer never ends inside a number. The owner checks `overflow` once at
 * the end.
 */
#ifndef PVMMU_HARNESS_TEXT_H
#define PVMMU_HARNESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *buf; /* owned by the caller; not NUL-terminated */
	size_t cap, len;
	bool overflow; /* a piece did not fit */
};

void text_put(struct text *t, const char *s);
void text_u64(struct text *t, uint64_t v);
/* With quotes; escapes control characters, quotes and backslashes. */
void text_json_string(struct text *t, const char *s);

/* Writes everything; returns false if that failed. */
bool write_all(int fd, const char *p, size_t n);

#endif
