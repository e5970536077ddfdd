/* SPDX-License-Identifier: MIT */
/* Common parts of rigs that boot our guest: files, command line, QEMU, Xen. */
#ifndef PVMMU_BENCH_RIGS_PROBE_H
#define PVMMU_BENCH_RIGS_PROBE_H

#include "machine/rig.h"
#include "spec/image_paths.h"

/*
 * Whether guest and initial ramdisk are there, fit the program if there is one, and hold the
 * workload as built. false with *error.
 */
bool guest_ready(const struct rig_context *c, const struct run_spec *spec, char **error);

/* Sets "image" of an identity, the hashes of both; absent if one cannot be read. */
void guest_identify(const struct rig_context *c, const struct run_spec *spec, json_t *identity);

/* The guest's command line, which says what to run; the caller's. */
char *guest_command_line(const struct rig_context *c, const struct run_spec *spec);

/*
 * Fill the context's members about QEMU or Xen. false with *error: what is missing and what
 * provides it.
 */
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
