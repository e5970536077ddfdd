/* SPDX-License-Identifier: MIT */
/*
 * Is the initial ramdisk that of the programs that were built? It is made by `make guest`, they by
 * `make workloads` already; a run of yesterday's program under today's name would be a wrong
 * result.
 */
#ifndef PVMMU_BENCH_RIGS_RAMDISK_H
#define PVMMU_BENCH_RIGS_RAMDISK_H

#include "machine/rig.h"

/*
 * The workload is in the ramdisk, and it and the helpers beside it are the bytes that lie in
 * build/workloads; what does not lie there cannot be compared. false with *error.
 */
bool ramdisk_fresh(const struct rig_context *c, const struct run_spec *spec, char **error);

#endif
