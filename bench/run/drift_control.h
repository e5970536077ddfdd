/* SPDX-License-Identifier: MIT */
/* Runs of the drift control between the other runs, in real time. run_order.h has the rule. */
#ifndef PVMMU_BENCH_RUN_DRIFT_CONTROL_H
#define PVMMU_BENCH_RUN_DRIFT_CONTROL_H

#include <jansson.h>

#include "scheduler.h"

/*
 * Measures the plan's drift control, if it has one, and appends it to all. next: the id of the run
 * that follows, or NULL.
 */
void drift_control_measure(const struct engine *e, json_t *all, const char *next);

/*
 * Looks for a drift. Each run (entry of a result set) beside a control that departs gets a
 * warning.
 */
void drift_control_judge(const json_t *all, json_t *runs);

#endif
