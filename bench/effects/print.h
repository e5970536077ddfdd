/* SPDX-License-Identifier: MIT */
/* Prints effects as tables and JSON. */
#ifndef PVMMU_BENCH_EFFECTS_PRINT_H
#define PVMMU_BENCH_EFFECTS_PRINT_H

#include "effects.h"
#include "lib/table.h"

/* One point: its terms, aliases, pairs, and a summary in sentences. */
void effects_print(const struct effects *e, const struct effects_of *of, enum table_format format);

/* Prints the command that measures the missing variants, if any are missing. */
void effects_print_lacking(const struct effects *e, const struct effects_of *of, size_t n,
			   const struct strv *files, enum table_format format);

/* All points as one table with all digits. */
void effects_print_csv(const struct effects *e, const struct effects_of *of, size_t n);

/* All points; the caller's. */
json_t *effects_json(const struct effects *e, const struct effects_of *of, size_t n);

#endif
