/* SPDX-License-Identifier: MIT */
/* What `pvmmu run` tells at its end, from the entries of a result set. */
#ifndef PVMMU_BENCH_RUN_RUN_SUMMARY_H
#define PVMMU_BENCH_RUN_RUN_SUMMARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* A line for each series, and one for each run that did not succeed. */
void report_summary(FILE *to, const json_t *runs);
/* Where runs differ in their seeds only, the spread between them, apart from that within a run. */
void report_seeds(FILE *to, json_t *set);
/* All warnings on stderr, each with its run, if wanted. */
void report_warnings(const json_t *runs, bool with_id);

#endif
