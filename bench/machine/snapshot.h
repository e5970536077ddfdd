/* SPDX-License-Identifier: MIT */
/*
 * Warm starts. Xen spends most of a boot in delay loops that calibrate timers,
 * and those are what an instruction-counting QEMU is slowest at: 6 s of host
 * time before a measurement of a tenth of a second. So the guest marks the point
 * where it has booted and nothing of the measurement has begun, the machine's
 * state there is kept, and later measurements of the same machine start from it.
 *
 * On the exact tier this changes nothing but the waiting: the machine's future
 * is a function of its state, and tests hold that samples from a warm and from a
 * cold start are the same.
 *
 * A state is kept for a *slot* (which image, how many vCPUs, how much memory) and
 * is good for one *key*, the hash of everything it is made of: QEMU, Xen, guest,
 * initial ramdisk, and the machine's description. What does not match is made
 * anew. Slots are locked: shared by those that run from the state, exclusively by
 * the one that makes it.
 *
 * A state is believed only as far as it can be checked. Beside the key stands a hash of the state
 * and its console, which is compared at each use; both are on disk before the key is; and
 * checkpoint.h sees to it that only states from inside the checkpoint's loop are kept, and finds
 * out whether a run has begun from one. What fails any of this is thrown away, and the machine
 * boots. Whether the machine goes on from it as from a cold boot is found out once
 * (repeat_exact.h), and kept beside it.
 */
#ifndef PVMMU_BENCH_MACHINE_SNAPSHOT_H
#define PVMMU_BENCH_MACHINE_SNAPSHOT_H

#include <stdbool.h>

#include "lib/sha256.h"
#include "qmp.h"

struct snapshot {
	char *dir; /* of the slot */
	char *key;
	int lock;	      /* -1: not held */
	bool valid;	      /* there is a state for this key; else we are to make it */
	bool believed;	      /* what runs from it was once held against a cold boot */
	char hash[HASH_TEXT]; /* of the state, if it is valid */
	char *state;	      /* file with the state */
	char *console;	      /* what the console said up to it */
};

/*
 * Opens a slot below root (made if missing) and locks it, for reading if its
 * state has this key and is whole, else for making one; fresh: for making one whatever there
 * is. Complains of a state that is not whole. false with *error: no warm start here, boot without.
 * Returns early, with *error, when interrupted.
 */
bool snapshot_open(struct snapshot *w, const char *root, const char *slot, const char *key,
		   bool fresh, char **error);
/* The state turned out to be of no use: the next one to come makes it anew. */
void snapshot_discard(struct snapshot *w);
/* Keeps with the state whose hash this is, if it is still that one, that it is believed. */
bool snapshot_believe(struct snapshot *w, const char *hash, char **error);
/* Unlocks. */
void snapshot_close(struct snapshot *w);

/*
 * Keeps a new state: has the stopped machine at the other end of q write it, and
 * copies its console. It is valid, for us and others, if this returns true.
 */
bool snapshot_save(struct snapshot *w, struct qmp *q, const char *console_log, char **error);

#endif
