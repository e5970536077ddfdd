/* SPDX-License-Identifier: MIT */
/*
 * Handles a machine at the guest's checkpoint, through QEMU's control channel: saves its state as a
 * snapshot, or starts a machine that was loaded from one. The guest signals the checkpoint by an
 * event and then runs through a loop. A machine that is saved anywhere in the loop and loaded again
 * executes the same instructions as one that was never stopped. A second event says that the guest
 * has left the loop. QEMU sends events and replies in the order in which they happened. So if the
 * second event comes before the reply to `stop`, the machine was stopped too late and is not kept;
 * and a snapshot is useless if the machine that continues from it does not send the second event.
 *
 * Several vCPUs take turns, and a loaded machine starts with the first. So a snapshot is kept only
 * if all other vCPUs sleep in it, as they do in the loop (guest-kernel/main.c, stop_here()).
 *
 * A machine that is stopped and continued does not always do the same: QEMU advances the virtual
 * clock between stopping its vCPUs and stopping itself (seen in one of several runs with eight
 * vCPUs on a busy host). So a stopped machine is used no further.
 *
 * The moment of the stop must make no difference. To test this, PVMMU_STOP_AFTER_MS=N in the
 * environment delays the stop until QEMU has had N ms of processor time since the event
 * (tests/exactness.pl).
 */
#ifndef PVMMU_BENCH_MACHINE_CHECKPOINT_H
#define PVMMU_BENCH_MACHINE_CHECKPOINT_H

#include "boot.h"
#include "qmp.h"
#include "snapshot.h"

enum start {
	START_COLD,	/* boots and runs through */
	START_SAVE,	/* boots up to the checkpoint, saves its state there, and ends */
	START_SNAPSHOT, /* continues from a snapshot */
};

struct checkpoint {
	enum start start;
	struct snapshot *snapshot; /* to save to */
	char *dir, *socket;	   /* QEMU's control channel */
	struct qmp qmp;
	unsigned vcpus;
	bool going;   /* a loaded machine was continued */
	bool left;    /* it has left the loop: later output belongs to this run */
	bool done;    /* we have no more work */
	bool stopped; /* we stopped the machine to save it: it has measured nothing */
	char *error;  /* what went wrong, or NULL */
};

/* false with *error if the socket has no place. Close it in any case. */
bool checkpoint_open(struct checkpoint *c, enum start start, struct snapshot *snapshot,
		     unsigned vcpus, char **error);
void checkpoint_close(struct checkpoint *c);

/*
 * Call it regularly while the machine runs; console_log is the file with its console. Says whether
 * the console may be read: that of a loaded machine once it has left the loop.
 */
enum boot_look checkpoint_look(struct checkpoint *c, const char *console_log);

#endif
