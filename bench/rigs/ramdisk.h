/* SPDX-License-Identifier: MIT */
/*
 * Checks that the initial ramdisk holds the programs that were built. `make workloads` builds the
 * programs, `make guest` the ramdisk; a run of yesterday's program under today's name would be a
 * wrong result.
 */
#ifndef PVMMU_BENCH_RIGS_RAMDISK_H
#define PVMMU_BENCH_RIGS_RAMDISK_H

#include "machine/rig.h"

/*
 * Whether the workload is in the ramdisk, and it and the helpers have the same bytes as in
 * build/workloads. Files that are missing there are not compared. false with *error.
 */
bool ramdisk_fresh(const struct rig_context *c, const struct run_spec *spec, char **error);

#endif
