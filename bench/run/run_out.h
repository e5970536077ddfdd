/* SPDX-License-Identifier: MIT */
/* Where a run's result goes: a file, with room beside it for what else a run leaves. */
#ifndef PVMMU_BENCH_RUN_RUN_OUT_H
#define PVMMU_BENCH_RUN_RUN_OUT_H

#include <stdbool.h>

/*
 * Finds out, before the first boot, whether a run can leave its result at `out`, an absolute
 * path, and makes its directory if that one's parent is there. false with *error: it cannot be
 * written, it is no regular file, or verdict.json would replace it.
 */
bool run_can_write(const char *out, char **error);

#endif
