/* SPDX-License-Identifier: MIT */
/*
 * Text without stdio, into a buffer of fixed size. Each piece goes in whole or
 * not at all, so a full buffer never ends in half a number; its owner looks at
 * `overflow` once at the end.
 */
#ifndef PVMMU_HARNESS_TEXT_H
#define PVMMU_HARNESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *buf; /* the caller's; not NUL-terminated */
	size_t cap, len;
	bool overflow; /* something did not fit */
};

void text_put(struct text *t, const char *s);
void text_u64(struct text *t, uint64_t v);
/* With quotes; control characters, quotes and backslashes escaped. */
void text_json_string(struct text *t, const char *s);

/* Writes everything or says it could not. */
bool write_all(int fd, const char *p, size_t n);

#endif
