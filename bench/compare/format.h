/* SPDX-License-Identifier: MIT */
/* Formats the values of a comparison; each text is the caller's. */
#ifndef PVMMU_BENCH_COMPARE_FORMAT_H
#define PVMMU_BENCH_COMPARE_FORMAT_H

#include "comparison.h"

/* "1,508", with an interval "1,508 +- 2%", or why there is none. */
char *median_text(const struct side *s, const struct interval *of);
/* "1,507..1,509" */
char *range_text(const struct side *s);
/* "0.6684", "=", "-" */
char *ratio_text(const struct difference *c);
/* "-33.16%", or "=", "~", "need n >= 4" where the samples do not support a change. */
char *change_text(const struct difference *c);
/* A share as "+1.50%". */
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
