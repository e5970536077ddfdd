/* SPDX-License-Identifier: MIT */
/*
 * The order of runs in real time. Other load on a machine comes and goes. If all runs of one
 * variant came first and those of another one later, a busy quarter of an hour would look like a
 * property of the first. So there is a round for each seed, and in a round the variants of one
 * workload follow each other in a random order. The seed determines it, so the same command has
 * the same order.
 *
 * The workload `control` is measured before the first run, between any two runs and after the
 * last. A variant cannot change its cost. A drift of it is a warning.
 */
#ifndef PVMMU_BENCH_RUN_RUN_ORDER_H
#define PVMMU_BENCH_RUN_RUN_ORDER_H

#include <jansson.h>

#include "plan/plan.h"

/* Fills order with the indices of all runs. */
void run_order_make(const struct plan *p, size_t *order);

/*
 * Marks the control measurements that depart, and returns how many do. values: an array of numbers
 * for each measurement, in the order of time. share: by how much each differs from the reference,
 * 0.05 for 5 % more.
 *
 * The reference is the lower median of their medians, because disturbances make a control slower
 * and not faster. A measurement departs if its median differs from the reference by more than 3 %
 * and by more than four standard errors. The standard error of a control's median is 1.25 times
 * its spread (1.48 times the median distance from its median) divided by the root of its number of
 * samples. The median standard error of all controls is used.
 */
size_t run_order_drift(const json_t *values, bool *departs, double *share);

#endif
