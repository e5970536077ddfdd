// SPDX-License-Identifier: MIT
#include "proc/wait.h"

#include "proc/task.h"

void wait_begin(struct wait_queue *q, struct waiter *w)
{
	struct task *t = current;

	spin_lock(&q->lock);
	if (!w->link.next) {
		if (!q->waiters.next)
			list_init(&q->waiters);
		w->task = t;
		list_add_tail(&w->link, &q->waiters);
	}
	w->woken = false;
	/* Set under the lock: a waker finds a sleeper from now on. */
	t->state = TASK_SLEEPING;
	spin_unlock(&q->lock);
}

void wait_end(struct wait_queue *q, struct waiter *w)
{
	spin_lock(&q->lock);
	if (w->link.next)
		list_del(&w->link);
	spin_unlock(&q->lock);
	current->state = TASK_RUNNING;
}

static void wake(struct wait_queue *q, bool all)
{
	struct waiter *w;

	spin_lock(&q->lock);
	if (q->waiters.next) {
		list_for_each_entry (w, &q->waiters, link) {
			if (w->woken)
				continue;
			w->woken = true;
			task_wake(w->task);
			if (!all)
				break;
		}
	}
	spin_unlock(&q->lock);
}

void wake_all(struct wait_queue *q)
{
	wake(q, true);
}

void wake_one(struct wait_queue *q)
{
	wake(q, false);
}

bool task_interrupted(void)
{
	return __atomic_load_n(&current->work, __ATOMIC_RELAXED);
}

void task_sleep_until(u64 ns)
{
	current->state = TASK_SLEEPING;
	schedule_until(ns);
}
