// SPDX-License-Identifier: MIT
/* Sleeping until woken or until a time: a timer wakes the task, in addition to other wakers. */
#include "proc/task.h"
#include "proc/timer.h"
#include "proc/wait.h"

struct sleeper {
	struct timer timer;
	struct task *task;
};

static u64 wake_sleeper(struct timer *t, u64 now)
{
	(void)now;
	task_wake(container_of(t, struct sleeper, timer)->task);
	return 0;
}

bool schedule_until(u64 ns)
{
	struct sleeper s = {.timer.fn = wake_sleeper, .task = current};

	if (!ns) {
		schedule();
		return true;
	}
	timer_start(&s.timer, ns);
	schedule();
	return timer_stop(&s.timer);
}
