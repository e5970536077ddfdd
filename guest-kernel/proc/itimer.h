/* SPDX-License-Identifier: MIT */
/* A process' alarm clock: setitimer() and alarm(), in real time. */
#ifndef PROC_ITIMER_H
#define PROC_ITIMER_H

#include "arch/x86/types.h"

struct task;

/* Nanoseconds; first 0: off. */
struct itimer_value {
	u64 first, interval;
};

/* Sets the running process' (NULL: only asks) and says what was left of it. -ENOMEM. */
long itimer_set(const struct itimer_value *new, struct itimer_value *old);
/* A task is freed. */
void itimer_free(struct task *t);

#endif
