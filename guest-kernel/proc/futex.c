// SPDX-License-Identifier: MIT
/*
 * Sleeping on a word of user memory: what a C library makes locks and joining of
 * threads from. Words are told apart by address space and address, so processes
 * that share memory but no address space cannot meet here.
 *
 * The lock is held from the look at the word until the sleeper is in the list, so
 * a waker that changes the word first and wakes then cannot come in between. The
 * look may fault, which takes locks of the address space; nothing takes them the
 * other way round.
 */
#include "lib/errno.h"
#include "mm/mm.h"
#include "proc/task.h"

struct waiter {
	struct list_head link; /* in `waiters` until woken */
	struct task *task;
	struct mm *mm;
	unsigned long va;
};

static spinlock_t lock;
static struct list_head waiters = LIST_INIT(waiters);

long futex_wait(unsigned long va, u32 value)
{
	struct waiter w = {.task = current, .mm = current->mm, .va = va};
	long rc = 0;
	u32 now;

	spin_lock(&lock);
	if (!copy_from_user(&now, va, sizeof(now)))
		rc = -EFAULT;
	else if (now != value)
		rc = -EAGAIN;
	if (rc) {
		spin_unlock(&lock);
		return rc;
	}
	list_add_tail(&w.link, &waiters);
	current->state = TASK_SLEEPING;
	spin_unlock(&lock);
	schedule();

	spin_lock(&lock);
	if (w.link.next) { /* nobody has woken us: killed */
		list_del(&w.link);
		rc = -EINTR;
	}
	spin_unlock(&lock);
	return rc;
}

long futex_wake(unsigned long va, unsigned n)
{
	struct waiter *w, *next;
	long woken = 0;

	spin_lock(&lock);
	list_for_each_entry_safe (w, next, &waiters, link) {
		if (w->va != va || w->mm != current->mm || (unsigned long)woken == n)
			continue;
		list_del(&w->link);
		task_wake(w->task);
		woken++;
	}
	spin_unlock(&lock);
	return woken;
}
