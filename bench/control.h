/* SPDX-License-Identifier: MIT */
/*
 * What is done with a machine at the guest's checkpoint, through QEMU's control
 * channel: its state is saved for warm starts, or a machine that was loaded from
 * such a state is set going. The guest announces the checkpoint by an event and
 * then runs through a loop; saved anywhere in it and loaded again, the machine
 * executes the same instructions as one that nobody stopped.
 *
 * One that is stopped and let go on does not, always: QEMU moves the virtual clock on
 * between the stop of its vCPUs and its own (seen in one of several runs with eight
 * vCPUs on a busy host). So a machine that was stopped has served its purpose.
 */
#ifndef PVMMU_BENCH_CONTROL_H
#define PVMMU_BENCH_CONTROL_H

#include "qmp.h"
#include "warm.h"

enum start {
	START_COLD, /* boots and runs through */
	START_SAVE, /* boots up to the checkpoint, where its state is saved, and ends */
	START_WARM, /* goes on from a saved state */
};

struct control {
	enum start start;
	struct warm *warm;  /* to save to */
	char *dir, *socket; /* where QEMU is to open its control channel */
	struct qmp qmp;
	/*
	 * Seconds between a state's being loaded and going on from it; and when it was loaded, or
	 * 0. For a while after loading, something in QEMU may stop a vCPU anywhere. It was not
	 * traced further; a thread of its own throws away then what it had before. One vCPU goes on
	 * where it was; of several, another one goes on, and the samples are others: at once, in 12
	 * of 40 runs one of two boots departed (QEMU 7.2, four vCPUs, threads_fault and forkbomb),
	 * after 0.2 s in none of 40.
	 */
	double settle, loaded;
	bool done;    /* nothing more to do for us */
	bool stopped; /* the machine, by us, to be saved: it has measured nothing */
	char *why;    /* what went wrong, or NULL */
};

/* false with *why: no place for the socket. Close it in any case. */
bool control_open(struct control *c, enum start start, struct warm *warm, char **why);
void control_close(struct control *c);

/*
 * To be called again and again while the machine runs; console_log is the file
 * with its console.
 */
void control_look(struct control *c, const char *console_log);

#endif
