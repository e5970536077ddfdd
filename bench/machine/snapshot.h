/* SPDX-License-Identifier: MIT */
/*
 * Snapshots. Xen spends most of a boot in delay loops that calibrate timers, which an
 * instruction-counting QEMU executes slowest: 6 s of host time before a measurement of a tenth of a
 * second. So the guest marks the point at which it has booted and the measurement has not begun,
 * the machine's state at that point is kept, and later measurements of the same machine start from
 * it.
 *
 * On the exact tier this saves time and changes no result: the machine's future is a function of
 * its state. Tests compare samples from snapshots and from cold boots.
 *
 * A snapshot is kept for a *slot* (image, number of vCPUs, memory) and is valid for one *key*, the
 * hash of all its inputs: QEMU, Xen, guest, initial ramdisk, and the machine's description. A
 * snapshot with another key is made anew. Slots are locked: shared by the runs that start from a
 * snapshot, exclusively by the run that makes it.
 *
 * A snapshot is checked at each use. A hash of the state and its console stands beside the key, and
 * both are on disk before the key is. checkpoint.h keeps only states from inside the checkpoint's
 * loop, and detects whether a run has begun from one. A snapshot that fails a check is thrown away,
 * and the machine boots. Whether a snapshot continues like a cold boot is tested once
 * (repeat_exact.h), and the result is kept beside it.
 */
#ifndef PVMMU_BENCH_MACHINE_SNAPSHOT_H
#define PVMMU_BENCH_MACHINE_SNAPSHOT_H

#include <stdbool.h>

#include "lib/sha256.h"
#include "qmp.h"

struct snapshot {
	char *dir; /* the slot's directory */
	char *key;
	int lock;	      /* -1: not held */
	bool valid;	      /* there is a state for this key; else the caller is to make it */
	bool believed;	      /* a run from it was once compared with a cold boot */
	char hash[HASH_TEXT]; /* of the state, if it is valid */
	char *state;	      /* file with the state */
	char *console;	      /* the console's output up to the state */
};

/*
 * Opens a slot below root (made if missing) and locks it: for reading if its state has this key and
 * is undamaged, else for making one. fresh: for making one in any case. Reports a damaged state.
 * false with *error: no snapshot can be used, boot without. Returns early, with *error, when
 * interrupted.
 */
bool snapshot_open(struct snapshot *s, const char *root, const char *slot, const char *key,
		   bool fresh, char **error);
/* Throws the state away; the next user makes a new one. */
void snapshot_discard(struct snapshot *s);
/* Records that the state with this hash, if it is still there, is believed. */
bool snapshot_believe(struct snapshot *s, const char *hash, char **error);
/* Unlocks. */
void snapshot_close(struct snapshot *s);

/*
 * Makes the stopped machine at the other end of q write its state, and copies its console. If this
 * returns true, the snapshot is valid for us and for others.
 */
bool snapshot_save(struct snapshot *s, struct qmp *q, const char *console_log, char **error);

#endif
