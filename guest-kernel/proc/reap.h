/* SPDX-License-Identifier: MIT */
/* Waiting for children with all options; task_wait() in task.h is for most. */
#ifndef PROC_REAP_H
#define PROC_REAP_H

#include "arch/x86/types.h"

struct task;

/* As in wait4() and waitid(). */
#define WAIT_NO_HANG	 1u
#define WAIT_STOPPED	 2u
#define WAIT_EXITED	 4u
#define WAIT_CONTINUED	 8u
#define WAIT_LEAVE	 0x01000000u /* the news is there for the next one to ask */
#define WAIT_THREAD_ONLY 0x20000000u /* not those of other threads: ignored, as all share them */
#define WAIT_ALL	 0x40000000u /* whatever signal the child sends in the end */
#define WAIT_CLONE	 0x80000000u /* only those that send another one than SIGCHLD */

struct wait_for {
	int pid, pgid; /* that child, if not 0; any of that process group; both 0: any */
	unsigned options;
};

struct waited {
	int pid, status;	/* as wait4() tells it */
	int code;		/* CLD_*: as waitid() does */
	u64 ticks, child_ticks; /* of processor time: its own, its children's */
};

/* A child's pid with *got filled, 0 (with WAIT_NO_HANG), -ECHILD or -ERESTARTSYS. */
long task_wait_for(const struct wait_for *w, struct waited *got);

/* Frees a task that has ended and is out of the family, once it is off its stack. */
void task_bury(struct task *dead);

#endif
