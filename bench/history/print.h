/* SPDX-License-Identifier: MIT */
/* Histories for people and programs. Everything that the JSON has is as it is in history.h. */
#ifndef PVMMU_BENCH_HISTORY_PRINT_H
#define PVMMU_BENCH_HISTORY_PRINT_H

#include <stddef.h>

#include "history.h"
#include "index.h"
#include "lib/table.h"

/* A row for each series. */
void history_print_series(const struct history *h, enum table_format format);

/* Its points, a table for each (CSV: one), the newest `last` of them if that is not 0. */
void history_print_points(const struct history *h, size_t last, enum table_format format);

/* Where they changed: the first set with a change and the last without, what differs between them,
 * and the commands that repeat both. Text or Markdown, or a table. */
void history_print_changes(const struct history *h, struct index *x, enum table_format format);

/* All of it. */
void history_print_json(const struct history *h, struct index *x);

#endif
