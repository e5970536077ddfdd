/* SPDX-License-Identifier: MIT */
/* The capabilities of this machine, from the registries: no rig or collector is named here. */
#ifndef PVMMU_BENCH_RIGS_CAPABILITIES_H
#define PVMMU_BENCH_RIGS_CAPABILITIES_H

#include <jansson.h>

/* A QEMU named by the environment, or NULL. */
const char *qemu_of_environment(void);

/* [{"name", "summary", "tiers", "works": bool, "why" if it does not}], in the order of names. */
json_t *rig_capabilities(const char *root);

/*
 * The same for tiers, from the result of rig_capabilities(): a tier works if one of its rigs does.
 * The summary names the rigs, and what the canary found about KVM, if it was sent.
 */
json_t *tier_capabilities(const char *root, const json_t *rigs);

/*
 * [{"name", "target", "summary", "works"}]: Debian packages, the target of make that installs them,
 * and their purpose. *error, beside a partial list, if the state is unknown.
 */
json_t *package_capabilities(const char *root, char **error);

/*
 * [{"name", "summary", "by_default", "options", "rigs": [{"rig", "works": bool, "why"}]}]: with the
 * rigs of this build that the collector is for.
 */
json_t *collector_capabilities(const char *root);

#endif
