/* SPDX-License-Identifier: MIT */
/*
 * Actions at a time: waking sleepers, sending alarms. A timer belongs to the CPU that
 * started it and expires there, in that CPU's timer event.
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
	 * Returns the time of the next expiration, later than `now`, or 0. Called with the CPU's
	 * timers locked: it must not start or stop timers and must not sleep. It may take locks
	 * that are never held around timer_start() or timer_stop().
	 */
	u64 (*fn)(struct timer *t, u64 now);
};

void timers_init(void);
/* Starts a timer that is not started. */
void timer_start(struct timer *t, u64 at);
/*
 * On return the timer is not started and its function does not run. Returns false if it
 * had expired or was not started.
 */
bool timer_stop(struct timer *t);
/*
 * sched.c: this CPU's timer event. Runs the timers that are due; returns the time of the
 * next one, or 0.
 */
u64 timers_run(u64 now);

#endif
