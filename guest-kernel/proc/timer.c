// SPDX-License-Identifier: MIT
#include "proc/timer.h"

#include "arch/x86/spinlock.h"
#include "proc/task.h"

static struct timers {
	spinlock_t lock;
	struct list_head list; /* earliest first */
} timers[NR_CPUS];

void timers_init(void)
{
	for (unsigned i = 0; i < NR_CPUS; i++)
		list_init(&timers[i].list);
}

/* Locked. */
static void insert(struct timers *mine, struct timer *t, u64 at)
{
	struct list_head *before = &mine->list;
	struct timer *other;

	t->at = at;
	list_for_each_entry (other, &mine->list, link) {
		if (other->at > at) {
			before = &other->link;
			break;
		}
	}
	list_add_tail(&t->link, before);
}

void timer_start(struct timer *t, u64 at)
{
	unsigned me = this_cpu()->id;

	t->cpu = me;
	spin_lock(&timers[me].lock);
	insert(&timers[me], t, at);
	spin_unlock(&timers[me].lock);
	sched_timer_event(at);
}

bool timer_stop(struct timer *t)
{
	struct timers *its = &timers[t->cpu];
	bool started;

	spin_lock(&its->lock);
	started = t->link.next;
	if (started)
		list_del(&t->link);
	spin_unlock(&its->lock);
	return started;
}

u64 timers_run(u64 now)
{
	struct timers *mine = &timers[this_cpu()->id];
	u64 next = 0, again;

	spin_lock(&mine->lock);
	while (!list_empty(&mine->list)) {
		struct timer *t = list_first(&mine->list, struct timer, link);

		if (t->at > now) {
			next = t->at;
			break;
		}
		list_del(&t->link);
		again = t->fn(t, now);
		if (again)
			insert(mine, t, again);
	}
	spin_unlock(&mine->lock);
	return next;
}
