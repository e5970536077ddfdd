/* SPDX-License-Identifier: MIT */
/* What rigs that boot our guest have in common: files, command line, QEMU, Xen. */
#ifndef PVMMU_BENCH_PROBE_H
#define PVMMU_BENCH_PROBE_H

#include "rig.h"

/* The file with Xen, from the root; flavour as in struct run_spec. The caller's. */
char *xen_path(const char *flavour);

/* The file with the guest kernel, from the root; the caller's. */
char *guest_path(const struct run_spec *spec);

/* The file with the programs that run in it, from the root; the caller's. */
char *initramfs_path(const struct run_spec *spec);

/* What the guest is told to run, as its command line; the caller's. */
char *guest_command_line(const struct rig_context *c, const struct run_spec *spec);

/* Fill the context's members about it. false with *why: what is missing and provides it. */
bool probe_qemu(struct rig_context *c, char **why);
bool probe_xen(struct rig_context *c, char **why);

#endif
