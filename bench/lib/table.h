/* SPDX-License-Identifier: MIT */
/*
 * A table of strings, printed aligned, as Markdown, with tabs, or as CSV (RFC 4180, but lines end
 * as elsewhere on Unix).
 */
#ifndef PVMMU_BENCH_GRID_H
#define PVMMU_BENCH_GRID_H

#include <stdio.h>

#include "text.h"

enum grid_format { GRID_TEXT, GRID_MARKDOWN, GRID_TABS, GRID_CSV };

struct grid {
	struct strv cells; /* row by row, the first row is the header */
	size_t columns;
	const char *align; /* for each column 'l' or 'r' */
};

/* One field, quoted where a reader would take the text for more than one, or for less. */
void grid_put_csv(const char *text, FILE *to);

/* Once: cells get what the format needs to show them as they are. */
void grid_print(struct grid *g, enum grid_format format, FILE *to);
void grid_free(struct grid *g);

#endif
