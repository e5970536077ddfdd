/* SPDX-License-Identifier: MIT */
/*
 * In which order runs in real time are started. What else goes on in a machine comes and
 * goes: were all runs of one variant made first and those of another one later, a quarter of
 * an hour of other people's work would look like a property of the first. So runs are made in
 * rounds, a round for each seed; in each round the variants of one workload stand side by side in
 * an order of their own. It is mixed by the seed, so the same command makes the same order.
 *
 * Between any two runs, before the first and after the last, the workload `control` is
 * measured, which no variant can move. A drift of it is a warning.
 */
#ifndef PVMMU_BENCH_RUN_RUN_ORDER_H
#define PVMMU_BENCH_RUN_RUN_ORDER_H

#include <jansson.h>

#include "plan/plan.h"

/* Fills order with the indices of all runs. */
void run_order_make(const struct plan *p, size_t *order);

/*
 * Which of n measurements of the control depart, in their order: marks them and returns how many.
 * The rule: the reference is the lower median of their medians, because what disturbs makes a
 * control slower, not faster; one departs if its median differs from that by more than 3 % and by
 * more than four standard errors. The standard error of a control's median is 1.25 times its
 * spread (1.48 times the median of the distances from its median) divided by the root of its
 * number of samples; the middle one of all controls' is taken. values: arrays of numbers.
 */
size_t run_order_drift(const json_t *values, bool *departs, double *reference);

#endif
