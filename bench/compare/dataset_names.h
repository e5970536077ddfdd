/* SPDX-License-Identifier: MIT */
/* What points are called in tables. */
#ifndef PVMMU_BENCH_COMPARE_DATASET_NAMES_H
#define PVMMU_BENCH_COMPARE_DATASET_NAMES_H

#include "dataset.h"

/*
 * By what differs from the defaults: "xen64-fork:mb=16:seed=2@4~eager" is "fork mb=16 vcpus=4".
 * Without the axis `by` if that is not NULL. The caller's.
 */
char *point_label(const struct run *run, json_int_t vcpus, const char *by);

/* Points that look the same (a default has changed) are told by all their parameters. */
void tell_points_apart(struct dataset *c);

#endif
