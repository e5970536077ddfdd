/* SPDX-License-Identifier: MIT */
/*
 * What this machine can do, asked of the registries: nothing here knows the name of a rig
 * or of a collector.
 */
#ifndef PVMMU_BENCH_RIGS_CAPABILITIES_H
#define PVMMU_BENCH_RIGS_CAPABILITIES_H

#include <jansson.h>

/* A QEMU named by the environment, or NULL. */
const char *qemu_of_environment(void);

/* [{"name", "summary", "tiers", "works": bool, "why" if it does not}], in the order of names. */
json_t *rig_capabilities(const char *root);

/*
 * The same of tiers, of what rig_capabilities() returned: one works if a rig does that has it;
 * which do, and what the canary found of KVM, if it was sent, is in the summary.
 */
json_t *tier_capabilities(const char *root, const json_t *rigs);

/*
 * [{"name", "target", "summary", "works"}]: Debian packages, the target of make that installs
 * them, and what for. *error, beside what is known: that it is not known.
 */
json_t *package_capabilities(const char *root, char **error);

/*
 * [{"name", "summary", "by_default", "options", "rigs": [{"rig", "works": bool, "why"}]}]: of the
 * rigs of this build for which it is.
 */
json_t *collector_capabilities(const char *root);

#endif
