/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a condition. A waiter enters a queue first and checks the condition then. A
 * waker makes the condition true first and wakes the queue then. Whichever comes first, no
 * wake-up is lost:
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
 * take locks and touch user memory. If wakers hold the condition's lock too, the condition
 * need not be checked again after wait_begin(). A task may be in several queues at once,
 * each with a waiter of its own. After schedule_until() the task checks again, since it
 * may have been woken for another reason.
 */
#ifndef PROC_WAIT_H
#define PROC_WAIT_H

#include "arch/x86/spinlock.h"
#include "lib/list.h"

struct task;

/* Initially all zero: an empty queue. */
struct wait_queue {
	spinlock_t lock;
	struct list_head waiters; /* not initialized before the first waiter */
};

/* On the waiting task's stack; initially zero. */
struct waiter {
	struct list_head link;
	struct task *task;
	bool woken;
};

/* Adds the running task to the queue, unless it is in it, and marks it as asleep. */
void wait_begin(struct wait_queue *q, struct waiter *w);
/* Removes it and marks it as running. Required after wait_begin() on every path. */
void wait_end(struct wait_queue *q, struct waiter *w);

/*
 * Gives up the CPU until woken, interrupted, or that monotonic time in ns (0: none).
 * Returns at once if it has been woken since wait_begin(). Returns false if the time came.
 */
bool schedule_until(u64 deadline_ns);

/* Wakes all waiters; wake_one() the first one that has not been woken. Locks may be held. */
void wake_all(struct wait_queue *q);
void wake_one(struct wait_queue *q);

/* The running task must leave the kernel for something: a sleeper returns then. */
bool task_interrupted(void);

#endif
