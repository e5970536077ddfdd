/* SPDX-License-Identifier: MIT */
/*
 * A table of strings, printed aligned, as Markdown, with tabs, or as CSV (RFC 4180, but lines end
 * as elsewhere on Unix).
 */
#ifndef PVMMU_BENCH_LIB_TABLE_H
#define PVMMU_BENCH_LIB_TABLE_H

#include <stdio.h>

#include "text.h"

enum table_format { TABLE_TEXT, TABLE_MARKDOWN, TABLE_TABS, TABLE_CSV };

struct table {
	struct strv cells; /* row by row, the first row is the header */
	size_t columns;
	const char *align; /* for each column 'l' or 'r' */
};

/* One field, quoted where a reader would take the text for more than one, or for less. */
void table_put_csv(const char *text, FILE *to);

/* Once: cells get what the format needs to show them as they are. */
void table_print(struct table *g, enum table_format format, FILE *to);
void table_free(struct table *g);

#endif
