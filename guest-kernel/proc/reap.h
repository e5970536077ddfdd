/* SPDX-License-Identifier: MIT */
/* Waiting for children with all options; task_wait() in task.h covers the usual case. */
#ifndef PROC_REAP_H
#define PROC_REAP_H

#include "arch/x86/types.h"

struct task;

/* Options as in wait4() and waitid(). */
#define WAIT_NO_HANG	 1u
#define WAIT_STOPPED	 2u
#define WAIT_EXITED	 4u
#define WAIT_CONTINUED	 8u
#define WAIT_LEAVE	 0x01000000u /* the child can be waited for again */
#define WAIT_THREAD_ONLY 0x20000000u /* not children of other threads; ignored */
#define WAIT_ALL	 0x40000000u /* children with any exit signal */
#define WAIT_CLONE	 0x80000000u /* only children with an exit signal other than SIGCHLD */

struct wait_for {
	int pid, pgid; /* that child, if not 0; any of that group; both 0: any child */
	unsigned options;
};

struct waited {
	int pid, status;	/* status as wait4() reports it */
	int code;		/* CLD_*, as waitid() reports it */
	u64 ticks, child_ticks; /* processor time: its own, and its children's */
};

/* A child's pid with *got filled, 0 (with WAIT_NO_HANG), -ECHILD or -ERESTARTSYS. */
long task_wait_for(const struct wait_for *w, struct waited *got);

/* Frees a task that has ended and left the family, when it is off its stack. */
void task_reap(struct task *dead);

#endif
