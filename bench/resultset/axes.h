/* SPDX-License-Identifier: MIT */
/*
 * The axes along which runs differ. An axis is something that the
 * identity of each run has one value of: what was asked for (variant, workload, env, rig, tier,
 * vcpus, memory, seed), what it was made of (xen, qemu, compiler, image, commit), a parameter of
 * its workload ("mb") or a part of its variant's policy ("pin", "batch").
 */
#ifndef PVMMU_BENCH_RESULTSET_AXES_H
#define PVMMU_BENCH_RESULTSET_AXES_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

/*
 * A run's value on an axis as tables show it, the caller's; NULL: it has none. Versions are
 * without the program's name, images the beginning of the kernel's hash, variants by their label.
 */
char *axis_text(const json_t *set, const json_t *run, const char *axis);

/* Is the axis a part of the variant's policy, or a parameter of the workload, for this run? */
bool axis_is_policy(const json_t *run, const char *axis);
bool axis_is_parameter(const json_t *run, const char *axis);

/* Adds the axes that every run may have. */
void axes_usual(struct strv *names);

/* No run has such an axis: false with *error, which names those there are. */
bool axis_is_known(json_t *const *sets, size_t n, const char *axis, char **error);

#endif
