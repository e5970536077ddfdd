/* SPDX-License-Identifier: MIT */
/*
 * The points of a sweep in the order of their values, wherever in a file they are: "mb=4" before
 * "mb=16". They take turns in the places that they have together; all else stays where it was.
 */
#ifndef PVMMU_BENCH_COMPARE_SORT_H
#define PVMMU_BENCH_COMPARE_SORT_H

#include "dataset.h"

/* Points by what is swept in them, the number of vCPUs first. Cells keep to their points. */
void order_points(struct dataset *c);

/* Names of variants of the cells, where an axis of theirs is swept. */
void order_variants(const struct dataset *c, struct strv *variants);

/*
 * The run without its value on an axis: {"workload", "parameters", "vcpus", "variant"}. The
 * results for two points that differ only in that axis are equal. A new reference.
 */
json_t *without_axis(const struct run *run, const char *axis);

#endif
