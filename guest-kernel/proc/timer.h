/* SPDX-License-Identifier: MIT */
/*
 * Something to do at a time: sleepers to wake, alarms to send. A timer belongs to the
 * CPU that started it and goes off there, in that CPU's timer event.
 */
#ifndef PROC_TIMER_H
#define PROC_TIMER_H

#include "lib/list.h"

/* All zero at first. */
struct timer {
	struct list_head link; /* while started */
	u64 at;		       /* monotonic, ns */
	unsigned cpu;
	/*
	 * Returns when it is to go off again, later than `now`, or 0. Called with the CPU's
	 * timers locked: it may start and stop none and must not sleep. It may take
	 * locks that nobody holds around timer_start() or timer_stop().
	 */
	u64 (*fn)(struct timer *t, u64 now);
};

void timers_init(void);
/* Starts a timer that is not started. */
void timer_start(struct timer *t, u64 at);
/*
 * Afterwards it is not started and its function does not run. False if it had gone off
 * or was not started.
 */
bool timer_stop(struct timer *t);
/* sched.c: this CPU's timer event. Runs what is due; the time of the next one, or 0. */
u64 timers_run(u64 now);

#endif
