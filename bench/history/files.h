/* SPDX-License-Identifier: MIT */
/* The files that an index knows: result sets with what is in them; and what else there is. */
#ifndef PVMMU_BENCH_HISTORY_FILES_H
#define PVMMU_BENCH_HISTORY_FILES_H

#include <stdbool.h>

#include "index.h"
#include "scan.h"

/*
 * Prints those created within the dates (NULL: any). all: also files that are no result set, which
 * have no date, with the reason, and what else r has found. format: text, md, csv or json.
 */
void history_print_files(struct index *x, const struct refresh *r, bool all, const char *since,
			 const char *until, const char *format);

#endif
