// SPDX-License-Identifier: MIT
/*
 * eventfd: a number that writes increase, and that a read takes completely or one at a
 * time. A reader waits for a number, a writer waits for room. It wakes other tasks in a
 * way that poll() supports.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "proc/wait.h"
#include "sys/file.h"
#include "sys/node.h"
#include "sys/poll.h"
#include "sys/syscall.h"

#define EFD_SEMAPHORE 1
#define MOST	      (~(u64)0 - 1)

struct event {
	spinlock_t lock;
	bool one_by_one;
	u64 n;
	struct wait_queue queue; /* readers and writers */
};

/* Locked; unlocked while asleep. */
static long wait_locked(struct event *e, const struct file *f)
{
	struct waiter w = {.task = NULL};

	if (f->flags & O_NONBLOCK)
		return -EAGAIN;
	if (task_interrupted())
		return -ERESTARTSYS;
	wait_begin(&e->queue, &w);
	spin_unlock(&e->lock);
	schedule_until(0);
	wait_end(&e->queue, &w);
	spin_lock(&e->lock);
	return 0;
}

static long event_read(struct file *f, unsigned long buf, size_t n)
{
	struct event *e = f->data;
	u64 taken = 0;
	long rc = 0;

	if (n < sizeof(taken))
		return -EINVAL;
	spin_lock(&e->lock);
	while (!e->n && !rc)
		rc = wait_locked(e, f);
	if (!rc) {
		taken = e->one_by_one ? 1 : e->n;
		e->n -= taken;
	}
	spin_unlock(&e->lock);
	if (rc)
		return rc;
	wake_all(&e->queue);
	return copy_to_user(buf, &taken, sizeof(taken)) ? (long)sizeof(taken) : -EFAULT;
}

static long event_write(struct file *f, unsigned long buf, size_t n)
{
	struct event *e = f->data;
	long rc = 0;
	u64 add;

	if (n < sizeof(add))
		return -EINVAL;
	if (!copy_from_user(&add, buf, sizeof(add)))
		return -EFAULT;
	if (add > MOST)
		return -EINVAL;
	spin_lock(&e->lock);
	while (MOST - e->n < add && !rc)
		rc = wait_locked(e, f);
	if (!rc)
		e->n += add;
	spin_unlock(&e->lock);
	if (rc)
		return rc;
	wake_all(&e->queue);
	return (long)sizeof(add);
}

static unsigned event_poll(struct file *f, struct poll *p)
{
	struct event *e = f->data;
	unsigned can;

	spin_lock(&e->lock);
	poll_wait(p, &e->queue);
	can = (e->n ? POLLIN : 0) | (e->n < MOST ? POLLOUT : 0);
	spin_unlock(&e->lock);
	return can;
}

static void event_release(struct file *f)
{
	kfree(f->data);
}

static const struct file_ops event_ops = {
	.read = event_read, .write = event_write, .poll = event_poll, .release = event_release};

static long event_new(u64 n, unsigned flags)
{
	struct event *e = kzalloc(sizeof(*e));
	struct node *node = node_new(0600);
	struct file *f =
		e && node ? file_new(&event_ops, node, O_RDWR | (flags & O_NONBLOCK)) : NULL;
	long rc;

	node_put(node);
	if (!f) {
		kfree(e);
		return -ENOMEM;
	}
	e->n = n;
	e->one_by_one = flags & EFD_SEMAPHORE;
	f->data = e;
	rc = file_install(f, 0, flags & O_CLOEXEC);
	if (rc < 0)
		file_put(f);
	return rc;
}

SYSCALL(284, eventfd)
{
	return event_new((u32)args->a[0], 0);
}

SYSCALL(290, eventfd2)
{
	if (args->a[1] & ~(unsigned long)(O_CLOEXEC | O_NONBLOCK | EFD_SEMAPHORE))
		return -EINVAL;
	return event_new((u32)args->a[0], (unsigned)args->a[1]);
}
