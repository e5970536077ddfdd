/* SPDX-License-Identifier: MIT */
/* The control's runs between the others, in real time; run_order.h has the rule. */
#ifndef PVMMU_BENCH_RUN_DRIFT_CONTROL_H
#define PVMMU_BENCH_RUN_DRIFT_CONTROL_H

#include <jansson.h>

#include "scheduler.h"

/* Measures the plan's control, if it has one, and keeps it in all; next: what comes after it, or
 * NULL. */
void drift_control_measure(const struct engine *e, json_t *all, const char *next);

/*
 * Looks for a drift, and warns those of the runs (entries of a result set) that stand beside a
 * control that departs.
 */
void drift_control_judge(const json_t *all, json_t *runs);

#endif
