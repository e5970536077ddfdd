/* SPDX-License-Identifier: MIT */
/*
 * Waiting for one of several files. A file's poll op queues the task with poll_wait() in
 * each queue that is woken when its answer may change. Then it returns the current answer.
 */
#ifndef SYS_POLL_H
#define SYS_POLL_H

#include "proc/wait.h"

struct poll_waiter {
	struct waiter waiter;
	struct wait_queue *queue;
	struct poll_waiter *next;
};

struct poll {
	struct poll_waiter *waiters;
	bool no_memory;
};

/* p NULL: does nothing. */
void poll_wait(struct poll *p, struct wait_queue *q);

#endif
