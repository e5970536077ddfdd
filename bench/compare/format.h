/* SPDX-License-Identifier: MIT */
/* How the figures of a comparison are written; every text is the caller's. */
#ifndef PVMMU_BENCH_COMPARE_FORMAT_H
#define PVMMU_BENCH_COMPARE_FORMAT_H

#include "comparison.h"

/* "1,508", with an interval "1,508 +- 2%", or why there is none. */
char *median_text(const struct side *s, const struct interval *of);
/* "1,507..1,509" */
char *range_text(const struct side *s);
/* "0.6684", "=", "-" */
char *ratio_text(const struct difference *c);
/* "-33.16%" or, where that is not what the samples say, what they do: "=", "~", "need n >= 4". */
char *change_text(const struct difference *c);
/* "+1.50%": of a share. */
char *share_percent(double share);
/* "-500" */
char *difference_text(const struct difference *c);
/* "-520..-480" */
char *interval_text(const struct interval *i);
/* "0.012", "<0.0001" */
char *p_text(const struct difference *c);
/* "64", "64/128", "8 boots" */
char *n_text(const struct difference *c, const struct side *a, const struct side *b);
#endif
