/* SPDX-License-Identifier: MIT */
/*
 * What this machine can do, asked of the registries: nothing here knows the name of a rig
 * or of a collector.
 */
#ifndef PVMMU_BENCH_CAPABILITIES_H
#define PVMMU_BENCH_CAPABILITIES_H

#include <jansson.h>

/* A QEMU named by the environment, or NULL. */
const char *qemu_of_environment(void);

/* [{"name", "summary", "tiers", "works": bool, "why" if it does not}], in the order of names. */
json_t *rig_capabilities(const char *root);

/*
 * [{"name", "summary", "by_default", "options", "rigs": [{"rig", "works": bool, "why"}]}]: of the
 * rigs of this build for which it is.
 */
json_t *collector_capabilities(const char *root);

#endif
