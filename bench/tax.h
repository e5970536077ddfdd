/* SPDX-License-Identifier: MIT */
/*
 * The PV tax: how many times as much something costs under the hypervisor as on
 * the bare machine. What a variant is measured against is the native one that
 * has the same locks (ptl) and the same place of pte pages (pte), because these
 * two policies cost without a hypervisor, too; and it is the same workload with
 * the same parameters, vCPUs, memory and clock, at the same width.
 */
#ifndef PVMMU_BENCH_TAX_H
#define PVMMU_BENCH_TAX_H

#include "cells.h"

/* Whether a cell was measured natively. */
bool is_native(const struct cell *cell);

/*
 * What a cell is measured against: in its own file, or else in any. NULL if
 * nobody has measured that, and for what is native itself.
 */
const struct cell *native_of(const struct cells *c, const struct cell *cell);

/* The ratio to it, of the medians or of the least samples; NaN if there is none. */
double tax_of(const struct cells *c, const struct cell *cell, bool least);

#endif
