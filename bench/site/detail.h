/* SPDX-License-Identifier: MIT */
/* What is behind the figures of a point: who executes the instructions, what was counted, the raw
 * samples with the file and the command that they are of. */
#ifndef PVMMU_BENCH_SITE_DETAIL_H
#define PVMMU_BENCH_SITE_DETAIL_H

#include "page.h"

/* Shares of Xen, kernel and process, of runs that collector insn has observed; else nothing. */
void put_attribution(struct page *p, const struct site_group *g, size_t point);

/* All counters that some variant moved, by operation. */
void put_counters(struct page *p, const struct site_group *g, size_t point);

/* For each run: its samples, where they are, the command that repeats it, its warnings. */
void put_raw(struct page *p, const struct site_group *g, size_t point);

#endif
