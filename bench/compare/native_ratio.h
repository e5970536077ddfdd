/* SPDX-License-Identifier: MIT */
/*
 * The PV tax: how many times as much something costs under the hypervisor as on
 * the bare machine. All variants are measured against the same: the native one
 * without split locks (ptl=mm) and with pte pages like other pages (pte=low), on
 * the same workload with the same parameters, vCPUs, memory and clock, at the same
 * width. If each were measured against the native one of its own locks and pte pages, a policy that
 * is expensive natively as well would look cheap here: each would have another denominator.
 */
#ifndef PVMMU_BENCH_COMPARE_NATIVE_RATIO_H
#define PVMMU_BENCH_COMPARE_NATIVE_RATIO_H

#include "dataset.h"

/* Whether a cell was measured natively. */
bool is_native(const struct cell *cell);

/*
 * The native cell of a cell: from its own file, or else from any; itself if it is that one.
 * NULL if it was not measured.
 */
const struct cell *native_of(const struct dataset *c, const struct cell *cell);

/* The native cell of the same locks and pte pages: what Xen alone changes. NULL for native cells.
 */
const struct cell *native_twin_of(const struct dataset *c, const struct cell *cell);

/*
 * The ratio to native_of(), of the medians or of the minimum samples; NaN if there is none. Native
 * variants have a ratio, and no tax.
 */
double ratio_to_native(const struct dataset *c, const struct cell *cell, bool minimum);
double native_ratio(const struct dataset *c, const struct cell *cell, bool minimum);

#endif
