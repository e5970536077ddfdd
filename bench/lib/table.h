/* SPDX-License-Identifier: MIT */
/*
 * A table of strings, printed aligned, as Markdown, with tabs, or as CSV (RFC 4180 with Unix line
 * ends).
 */
#ifndef PVMMU_BENCH_LIB_TABLE_H
#define PVMMU_BENCH_LIB_TABLE_H

#include <stdio.h>

#include "text.h"

enum table_format { TABLE_TEXT, TABLE_MARKDOWN, TABLE_TABS, TABLE_CSV };

/* By name: md, tsv, csv; any other name is TABLE_TEXT. */
enum table_format table_format_named(const char *name);

struct table {
	struct strv cells; /* row by row, the first row is the header */
	size_t columns;
	const char *align; /* for each column 'l' or 'r' */
};

/*
 * Add cells: a copy of a text, copies of texts that NULL ends, a text that the table takes over,
 * and the first row.
 */
void table_add(struct table *t, const char *text);
void table_add_all(struct table *t, ...) __attribute__((sentinel));
void table_take(struct table *t, char *text);
void table_head(struct table *t, const char *const *names);

/* Prints one field, with quotes if it has a comma, a quote or a line end. */
void table_put_csv(const char *text, FILE *to);

/* Prints the table, once: cells are escaped in place as the format needs. */
void table_print(struct table *t, enum table_format format, FILE *to);
void table_free(struct table *t);

#endif
