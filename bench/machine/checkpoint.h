/* SPDX-License-Identifier: MIT */
/*
 * What is done with a machine at the guest's checkpoint, through QEMU's control
 * channel: its state is saved for warm starts, or a machine that was loaded from
 * such a state is set going. The guest announces the checkpoint by an event and
 * then runs through a loop; saved anywhere in it and loaded again, the machine
 * executes the same instructions as one that nobody stopped. A second event says that the loop is
 * left. QEMU sends events and replies in the order in which things happened. So a machine whose
 * second event comes before the reply to `stop` was stopped too late, and is not kept; and a state
 * is good for nothing if that event does not come from the machine that goes on from it.
 *
 * Several vCPUs take turns, and a machine that was loaded begins with the first. So a state is kept
 * only if all others sleep in it, as they do in the loop (guest-kernel/main.c, stop_here()).
 *
 * A machine that is stopped and let go on does not always do the same: QEMU moves the virtual clock
 * on between the stop of its vCPUs and its own (seen in one of several runs with eight
 * vCPUs on a busy host). So a machine that was stopped has served its purpose.
 *
 * When it is stopped must make no difference. To find out, PVMMU_STOP_AFTER_MS=N in the environment
 * puts the stop off until QEMU has had N ms of processor time since the announcement
 * (tests/exactness.pl).
 */
#ifndef PVMMU_BENCH_MACHINE_CHECKPOINT_H
#define PVMMU_BENCH_MACHINE_CHECKPOINT_H

#include "boot.h"
#include "qmp.h"
#include "snapshot.h"

enum start {
	START_COLD, /* boots and runs through */
	START_SAVE, /* boots up to the checkpoint, where its state is saved, and ends */
	START_WARM, /* goes on from a saved state */
};

struct control {
	enum start start;
	struct snapshot *snapshot; /* to save to */
	char *dir, *socket;	   /* where QEMU is to open its control channel */
	struct qmp qmp;
	unsigned vcpus;
	bool going;   /* a loaded machine was set going */
	bool left;    /* it has left the loop: what it says from then on is of this run */
	bool done;    /* nothing more to do for us */
	bool stopped; /* the machine, by us, to be saved: it has measured nothing */
	char *error;  /* what went wrong, or NULL */
};

/* false with *error: no place for the socket. Close it in any case. */
bool control_open(struct control *c, enum start start, struct snapshot *snapshot, unsigned vcpus,
		  char **error);
void control_close(struct control *c);

/*
 * To be called again and again while the machine runs; console_log is the file
 * with its console. Says whether the console may be read: that of a machine that was loaded
 * once it has left the loop.
 */
enum boot_look control_look(struct control *c, const char *console_log);

#endif
