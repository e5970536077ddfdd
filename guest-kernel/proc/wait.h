/* SPDX-License-Identifier: MIT */
/*
 * Waiting for something to become true. Who waits enters a queue first and looks at
 * the condition then; who makes it true wakes the queue afterwards. Whichever of the
 * two comes first, no wake-up is lost:
 *
 *	for (;;) {
 *		wait_begin(&q, &w);
 *		if (condition || task_interrupted())
 *			break;
 *		schedule_until(0);
 *	}
 *	wait_end(&q, &w);
 *
 * Between wait_begin() and schedule_until() the task counts as asleep, but runs: it may
 * take locks and touch user memory. If the condition has a lock that wakers hold
 * too, nothing has to be looked at again after wait_begin(). A task may be in several
 * queues at once, each with a waiter of its own. Whoever returns from schedule_until()
 * looks again, since there may have been another reason to wake it.
 */
#ifndef PROC_WAIT_H
#define PROC_WAIT_H

#include "arch/x86/spinlock.h"
#include "lib/list.h"

struct task;

/* All zero is an empty one. */
struct wait_queue {
	spinlock_t lock;
	struct list_head waiters; /* not initialized before the first one */
};

/* Lives on the waiting task's stack, zero at first. */
struct waiter {
	struct list_head link;
	struct task *task;
	bool woken;
};

/* Queues the running task, unless it is queued, and says that it sleeps. */
void wait_begin(struct wait_queue *q, struct waiter *w);
/* Takes it out; it runs. Needed after wait_begin() on every path. */
void wait_end(struct wait_queue *q, struct waiter *w);

/*
 * Gives the CPU away until woken, interrupted, or until that monotonic time in ns (0:
 * none); at once if it has been woken since wait_begin(). False when the time came.
 */
bool schedule_until(u64 deadline_ns);

/* Wakes all waiters, or the first one that has not been woken. Locks may be held. */
void wake_all(struct wait_queue *q);
void wake_one(struct wait_queue *q);

/* There is something that the running task must leave the kernel for: a sleeper returns then. */
bool task_interrupted(void);

#endif
