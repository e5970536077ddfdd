/* SPDX-License-Identifier: MIT */
/* Prints histories as tables, text and JSON. The JSON has the members of history.h. */
#ifndef PVMMU_BENCH_HISTORY_PRINT_H
#define PVMMU_BENCH_HISTORY_PRINT_H

#include <stddef.h>

#include "history.h"
#include "index.h"
#include "lib/table.h"
#include "scan.h"

/* A row for each series. */
void history_print_series(const struct history *h, enum table_format format);

/* A table of points for each series (CSV: one table). last: only the newest points; 0: all. */
void history_print_points(const struct history *h, size_t last, enum table_format format);

/*
 * Changes: the first set with a change and the last one without, their differences, and the
 * commands that repeat both. As text, Markdown or a table.
 */
void history_print_changes(const struct history *h, struct index *x, enum table_format format);

/* Everything as JSON. */
void history_print_json(const struct history *h, struct index *x);

/*
 * Prints result sets created within the dates (NULL: any). all: also other files, which have no
 * date, with the reason, and the other files of r. format: text, md, csv or json.
 */
void history_print_files(struct index *x, const struct refresh *r, bool all, const char *since,
			 const char *until, const char *format);

#endif
