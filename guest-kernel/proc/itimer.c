// SPDX-License-Identifier: MIT
#include "proc/itimer.h"

#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "proc/family.h"
#include "proc/timer.h"

struct itimer {
	struct timer timer;
	struct task *leader;
	u64 interval;
	spinlock_t lock; /* one thread at a time sets it */
};

/*
 * The next time counts from the time when it should have expired, so it does not drift;
 * missed expirations are merged into one signal.
 */
static u64 ring(struct timer *timer, u64 now)
{
	struct itimer *it = container_of(timer, struct itimer, timer);
	const struct siginfo info = {.signo = SIGALRM, .code = SI_KERNEL};

	spin_lock(&family_lock);
	signal_post(it->leader, true, &info);
	spin_unlock(&family_lock);
	if (!it->interval)
		return 0;
	return timer->at + ((now - timer->at) / it->interval + 1) * it->interval;
}

/* The running process' timer, made if it does not exist; NULL if there is no memory. */
static struct itimer *own(void)
{
	struct task *leader = current->leader;
	struct itimer *it = kzalloc(sizeof(*it));

	if (!it)
		return NULL;
	it->timer.fn = ring;
	it->leader = leader;
	spin_lock(&family_lock);
	if (!leader->itimer) {
		leader->itimer = it;
		it = NULL;
	}
	spin_unlock(&family_lock);
	kfree(it); /* another thread was faster */
	return leader->itimer;
}

long itimer_set(const struct itimer_value *new, struct itimer_value *old)
{
	struct itimer *it = __atomic_load_n(&current->leader->itimer, __ATOMIC_ACQUIRE);
	u64 now = platform_clock_ns();

	memset(old, 0, sizeof(*old));
	if (!it && new &&new->first) {
		it = own();
		if (!it)
			return -ENOMEM;
	}
	if (!it)
		return 0;
	spin_lock(&it->lock);
	if (timer_stop(&it->timer)) {
		old->interval = it->interval;
		/* A timer that is due and has not expired is not off. */
		old->first = it->timer.at > now ? it->timer.at - now : 1;
		if (!new)
			timer_start(&it->timer, it->timer.at);
	}
	if (new) {
		it->interval = new->interval;
		if (new->first)
			timer_start(&it->timer, now + new->first);
	}
	spin_unlock(&it->lock);
	return 0;
}

void itimer_free(struct task *t)
{
	if (likely(!t->itimer))
		return;
	timer_stop(&t->itimer->timer);
	kfree(t->itimer);
}
