// SPDX-License-Identifier: MIT
/*
 * poll and select. Each round first queues the task everywhere and then asks the files, so
 * a change in between is either seen or wakes the task.
 */
#include "sys/poll.h"

#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/syscall.h"
#include "sys/timespec.h"

#define NS_PER_MS  1000000u
#define FOREVER	   0u
#define NOT_AT_ALL 1u /* a time in the past */
#define MAX_S	   ((u64)1 << 32)

struct pollfd {
	int fd;
	short events, revents;
};

void poll_wait(struct poll *p, struct wait_queue *q)
{
	struct poll_waiter *w;

	if (!p)
		return;
	w = kzalloc(sizeof(*w));
	if (!w) {
		p->no_memory = true;
		return;
	}
	w->queue = q;
	w->next = p->waiters;
	p->waiters = w;
	wait_begin(q, &w->waiter);
}

static void leave(struct poll *p)
{
	while (p->waiters) {
		struct poll_waiter *w = p->waiters;

		p->waiters = w->next;
		wait_end(w->queue, &w->waiter);
		kfree(w);
	}
	current->state = TASK_RUNNING;
}

/* Returns how many are ready now. */
static long ask(struct pollfd *fds, struct file **files, unsigned n, struct poll *p)
{
	long ready = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned can = fds[i].fd < 0 ? 0 : POLLNVAL;
		struct file *f = files[i];

		if (f) {
			can = f->ops->poll ? f->ops->poll(f, ready ? NULL : p) : POLLIN | POLLOUT;
			can &= (unsigned)fds[i].events | POLLERR | POLLHUP;
		}
		fds[i].revents = (short)can;
		ready += can != 0;
	}
	return ready;
}

/* Repeats until one is ready or the time has come. */
static long rounds(struct pollfd *fds, struct file **files, unsigned n, u64 deadline)
{
	for (;;) {
		struct poll p = {.waiters = NULL};
		bool last = deadline == NOT_AT_ALL;
		long ready;

		/* Asleep from here on, even without a file to wait for. */
		current->state = TASK_SLEEPING;
		ready = ask(fds, files, n, last ? NULL : &p);
		if (!ready && !last) {
			if (p.no_memory)
				ready = -ENOMEM;
			else if (task_interrupted())
				ready = -ERESTARTNOHAND;
			else if (!schedule_until(deadline))
				deadline = NOT_AT_ALL; /* ask once more */
		}
		leave(&p);
		if (ready || last)
			return ready;
	}
}

/* Files must not be freed before we have left their queues, so the array holds references. */
static long poll_files(struct pollfd *fds, unsigned n, u64 deadline)
{
	struct file **files = n ? kzalloc(n * sizeof(struct file *)) : NULL;
	long rc;

	if (n && !files)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		files[i] = fds[i].fd < 0 ? NULL : file_get(fds[i].fd);
	rc = rounds(fds, files, n, deadline);
	for (unsigned i = 0; i < n; i++)
		if (files[i])
			file_put(files[i]);
	kfree(files);
	return rc;
}

/* As many as fit into one small object; select() needs no more. */
#define POLL_MAX (KMALLOC_MAX / sizeof(struct file *))

static long poll_user(unsigned long user, unsigned long n, u64 deadline)
{
	struct pollfd *fds = NULL;
	long rc;

	if (n > POLL_MAX)
		return -EINVAL;
	if (n) {
		fds = kmalloc(n * sizeof(*fds));
		if (!fds)
			return -ENOMEM;
	}
	rc = copy_from_user(fds, user, n * sizeof(*fds)) ? 0 : -EFAULT;
	if (!rc)
		rc = poll_files(fds, (unsigned)n, deadline);
	if (rc >= 0 && !copy_to_user(user, fds, n * sizeof(*fds)))
		rc = -EFAULT;
	kfree(fds);
	return rc;
}

/* The deadline after a period of time. */
static u64 deadline_in(u64 s, u64 ns)
{
	if (!s && !ns)
		return NOT_AT_ALL;
	return platform_clock_ns() + min_ul(s, MAX_S) * NS_PER_S + ns;
}

SYSCALL(7, poll)
{
	long ms = (int)args->a[2];

	return poll_user(args->a[0], args->a[1],
			 ms < 0 ? FOREVER
				: deadline_in((u64)ms / 1000, (u64)ms % 1000 * NS_PER_MS));
}

/*
 * Reads a pair of seconds and fractions, `per_second` of which are a second; address 0: no
 * deadline.
 */
static long read_deadline(unsigned long user, u64 per_second, u64 *deadline)
{
	struct {
		s64 s, part;
	} t;

	*deadline = FOREVER;
	if (!user)
		return 0;
	if (!copy_times_from_user(&t, user, sizeof(t)))
		return -EFAULT;
	if (t.s < 0 || t.part < 0 || (u64)t.part >= per_second)
		return -EINVAL;
	*deadline = deadline_in((u64)t.s, (u64)t.part * (NS_PER_S / per_second));
	return 0;
}

/*
 * Blocks the signals of the mask at that user address (0: no change) until
 * wait_with_mask_over().
 */
static long wait_with_mask(unsigned long user, size_t size)
{
	u64 mask;

	if (!user)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (!copy_from_user(&mask, user, sizeof(mask)))
		return -EFAULT;
	signal_mask_begin(mask);
	return 0;
}

static void wait_with_mask_over(unsigned long user, long rc)
{
	if (user)
		signal_mask_end(rc == -ERESTARTNOHAND);
}

SYSCALL(271, ppoll)
{
	u64 deadline;
	long rc = read_deadline(args->a[2], NS_PER_S, &deadline);

	if (!rc)
		rc = wait_with_mask(args->a[3], args->a[4]);
	if (rc)
		return rc;
	rc = poll_user(args->a[0], args->a[1], deadline);
	wait_with_mask_over(args->a[3], rc);
	return rc;
}

/* -- select ------------------------------------------------------------------------- */

#define SETS 3
#define BITS 64

struct sets {
	unsigned long user[SETS]; /* reading, writing, exceptions; 0: not asked for */
	u64 in[SETS][MAX_FDS / BITS], out[SETS][MAX_FDS / BITS];
};

/* The events that make a descriptor ready in each set. */
static const unsigned wanted[SETS] = {POLLIN, POLLOUT, 0};
static const unsigned ready_for[SETS] = {POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, 0};

static bool in_set(const u64 *set, unsigned fd)
{
	return set[fd / BITS] >> fd % BITS & 1;
}

/* Returns the number of bits set in all sets together. */
static long fill_sets(struct sets *s, const struct pollfd *fds, unsigned n)
{
	long bits = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned fd = (unsigned)fds[i].fd;

		for (unsigned k = 0; k < SETS; k++) {
			if (!in_set(s->in[k], fd) || !((unsigned)fds[i].revents & ready_for[k]))
				continue;
			s->out[k][fd / BITS] |= (u64)1 << fd % BITS;
			bits++;
		}
	}
	return bits;
}

static long select_files(struct sets *s, unsigned n, u64 deadline)
{
	struct pollfd *fds = kmalloc(KMALLOC_MAX);
	unsigned used = 0;
	long rc = fds ? 0 : -ENOMEM;

	for (unsigned fd = 0; !rc && fd < n; fd++) {
		unsigned events = 0;
		bool any = false;

		for (unsigned k = 0; k < SETS; k++) {
			if (!in_set(s->in[k], fd))
				continue;
			any = true;
			events |= wanted[k];
		}
		if (any && used == POLL_MAX)
			rc = -EINVAL;
		else if (any && file_get_cloexec((int)fd) < 0)
			rc = -EBADF;
		else if (any)
			fds[used++] = (struct pollfd){(int)fd, (short)events, 0};
	}
	if (!rc)
		rc = poll_files(fds, used, deadline);
	if (rc > 0)
		rc = fill_sets(s, fds, used);
	kfree(fds);
	return rc;
}

static long select_user(struct sets *s, unsigned n, u64 deadline)
{
	size_t bytes = (n + BITS - 1) / BITS * sizeof(u64);
	long rc = 0;

	for (unsigned k = 0; k < SETS; k++)
		if (s->user[k] && !copy_from_user(s->in[k], s->user[k], bytes))
			return -EFAULT;
	rc = select_files(s, n, deadline);
	for (unsigned k = 0; rc >= 0 && k < SETS; k++)
		if (s->user[k] && !copy_to_user(s->user[k], s->out[k], bytes))
			rc = -EFAULT;
	return rc;
}

static long select_call(const struct syscall_args *args, u64 per_second)
{
	struct sets *s;
	u64 deadline;
	long n = (int)args->a[0], rc = read_deadline(args->a[4], per_second, &deadline);

	if (rc)
		return rc;
	if (n < 0)
		return -EINVAL;
	s = kzalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	for (unsigned k = 0; k < SETS; k++)
		s->user[k] = args->a[1 + k];
	rc = select_user(s, (unsigned)min_ul(n, MAX_FDS), deadline);
	kfree(s);
	return rc;
}

SYSCALL(23, select)
{
	return select_call(args, NS_PER_S / NS_PER_US);
}

SYSCALL(270, pselect6)
{
	struct {
		unsigned long mask, size;
	} m = {0};
	long rc;

	if (args->a[5] && !copy_from_user(&m, args->a[5], sizeof(m)))
		return -EFAULT;
	rc = wait_with_mask(m.mask, m.size);
	if (rc)
		return rc;
	rc = select_call(args, NS_PER_S);
	wait_with_mask_over(m.mask, rc);
	return rc;
}
