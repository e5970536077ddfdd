/* SPDX-License-Identifier: MIT */
/* What rigs that run Xen in QEMU need of this machine. */
#ifndef PVMMU_BENCH_PROBE_H
#define PVMMU_BENCH_PROBE_H

#include "rig.h"

/* The file with Xen, from the root; flavour as in struct run_spec. The caller's. */
char *xen_path(const char *flavour);

/* The file with the guest kernel, from the root; the caller's. */
char *guest_path(const struct run_spec *spec);

/* Fill the context's members about it. false with *why: what is missing and provides it. */
bool probe_qemu(struct rig_context *c, char **why);
bool probe_xen(struct rig_context *c, char **why);

#endif
