/* SPDX-License-Identifier: MIT */
#ifndef PVMMU_BENCH_CMD_LIST_WORKLOADS_H
#define PVMMU_BENCH_CMD_LIST_WORKLOADS_H

#include <jansson.h>

/*
 * Prints the workloads as the programs describe themselves, for people: in 100 columns, and what
 * all have in common once. workloads: the array of build/share/workloads.json.
 */
void list_workloads(const json_t *workloads);

#endif
