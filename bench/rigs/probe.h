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

/* QEMU ends an option's element at a comma; a doubled one stands for itself. */
char *double_commas(const char *text);

/* The words of QEMU's command line that machines of all rigs share, with that many processors. */
void qemu_words(unsigned vcpus, struct strv *args);

#endif
