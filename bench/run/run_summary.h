/* SPDX-License-Identifier: MIT */
/* The summary that `pvmmu run` prints at its end, from the entries of a result set. */
#ifndef PVMMU_BENCH_RUN_RUN_SUMMARY_H
#define PVMMU_BENCH_RUN_RUN_SUMMARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* A line for each series, and one for each run that did not succeed. */
void report_summary(FILE *to, const json_t *runs);
/* The spread between runs that differ only in their seeds. */
void report_seeds(FILE *to, json_t *set);
/* All warnings on stderr, each with its run's id if with_id. */
void report_warnings(const json_t *runs, bool with_id);

#endif
