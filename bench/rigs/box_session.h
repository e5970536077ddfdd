/* SPDX-License-Identifier: MIT */
/*
 * What a box gets to do: its initial ramdisk is the one that was built (build/box/dom0.cpio)
 * and behind it an archive of this session, with what the program inside needs of this
 * project under /pvmmu, and a job for each run under /box, which the box carries out in the
 * order of their numbers. All of it is there before the machine starts: nothing that comes in
 * host time can change what is executed when.
 */
#ifndef PVMMU_BENCH_RIGS_BOX_SESSION_H
#define PVMMU_BENCH_RIGS_BOX_SESSION_H

#include "lib/cpio.h"
#include "machine/rig.h"

/* What mk/build-box.sh makes, from the root. */
#define BOX_RAMDISK "build/box/dom0.cpio"
#define BOX_PERF    "build/box/perf.cpio"
#define BOX_VMLINUX "build/box/vmlinux"

struct box_session {
	struct archive archive;
	bool perf; /* a run has it in dom0: the box gets it, too */
};

/* With the project's own files. false with *error: what cannot be read. */
bool box_session_begin(struct box_session *s, const char *root, char **error);
void box_session_free(struct box_session *s);

/* A run, with that number, and the files it needs. */
bool box_session_add(struct box_session *s, const struct rig_context *c,
		     const struct run_spec *spec, unsigned number, double timeout, char **error);

/* Writes the whole ramdisk. */
bool box_session_write(struct box_session *s, const char *root, const char *to, char **error);

#endif
