/* SPDX-License-Identifier: MIT */
/* What rigs that boot our guest have in common: files, command line, QEMU, Xen. */
#ifndef PVMMU_BENCH_RIGS_PROBE_H
#define PVMMU_BENCH_RIGS_PROBE_H

#include "machine/rig.h"
#include "spec/image_paths.h"

/* Are both there, and with a program room for it? false with *error; kept if there already is one.
 */
bool guest_ready(const struct rig_context *c, const struct run_spec *spec, char **error);

/* Sets "image" of an identity: the hashes of both; not if one cannot be read. */
void guest_identify(const struct rig_context *c, const struct run_spec *spec, json_t *identity);

/* What the guest is told to run, as its command line; the caller's. */
char *guest_command_line(const struct rig_context *c, const struct run_spec *spec);

/* Fill the context's members about it. false with *error: what is missing and provides it. */
bool probe_qemu(struct rig_context *c, char **error);
bool probe_xen(struct rig_context *c, char **error);

/* Xen's command line, with dom0's memory and vCPUs; the caller's. */
char *xen_command_line(const struct run_spec *spec, unsigned dom0_mib, unsigned dom0_vcpus,
		       const char *more);

/* QEMU's arguments for the clock of tier exact: one instruction is one nanosecond. */
void qemu_exact_clock(struct strv *args);

/* QEMU's arguments that all rigs share, with that many processors. */
void qemu_words(unsigned vcpus, struct strv *args);

/* A serial port that writes to a file; append: behind what the file holds. */
void qemu_console(const char *path, bool append, struct strv *args);

/*
 * {"qemu", "xen"} of an identity, the caller's. accelerator: NULL on tier exact; xen_line: Xen's
 * command line, NULL without Xen.
 */
json_t *qemu_identity(const struct rig_context *c, const struct run_spec *spec,
		      const struct strv *args, const char *accelerator, const char *xen_line);

#endif
