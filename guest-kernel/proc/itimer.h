/* SPDX-License-Identifier: MIT */
/* The real-time interval timer of a process: setitimer() and alarm(). */
#ifndef PROC_ITIMER_H
#define PROC_ITIMER_H

#include "arch/x86/types.h"

struct task;

/* Nanoseconds; first 0: off. */
struct itimer_value {
	u64 first, interval;
};

/* Sets the running process' timer (NULL: leaves it) and returns the old value in *old. -ENOMEM. */
long itimer_set(const struct itimer_value *new, struct itimer_value *old);
/* Call when a task is freed. */
void itimer_free(struct task *t);

#endif
