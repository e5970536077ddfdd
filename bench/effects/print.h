/* SPDX-License-Identifier: MIT */
/* Effects as tables, for readers and for programs. */
#ifndef PVMMU_BENCH_EFFECTS_PRINT_H
#define PVMMU_BENCH_EFFECTS_PRINT_H

#include "effects.h"
#include "lib/table.h"

/* One point: its terms, what cannot be told apart, pairs, and what they come to in a sentence. */
void effects_print(const struct effects *e, const struct effects_of *of, enum table_format format);

/* The command that measures what is lacking, on stdout; nothing if nothing is. */
void effects_print_lacking(const struct effects *e, const struct effects_of *of, size_t n,
			   const struct strv *files, enum table_format format);

/* All points as one table with every digit. */
void effects_print_csv(const struct effects *e, const struct effects_of *of, size_t n);

/* All points; the caller's. */
json_t *effects_json(const struct effects *e, const struct effects_of *of, size_t n);

#endif
