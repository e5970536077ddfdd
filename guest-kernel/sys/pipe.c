// SPDX-License-Identifier: MIT
/*
 * Pipes: a ring of 64 KiB whose pages are allocated while they contain data. Two counters,
 * which only grow, count the bytes written and read; their difference is the number of
 * bytes in the ring. Each end is one open file, whatever the number of descriptors. When
 * an end is closed, the other end is told.
 *
 * The lock is held while data is copied, so that a write of up to PIPE_BUF bytes is
 * atomic. The copying may fault. Faults take locks of the address space, and owners of
 * these locks never take a pipe's.
 */
#include "sys/pipe.h"

#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "proc/wait.h"
#include "sys/node.h"
#include "sys/poll.h"
#include "sys/syscall.h"

#define SLOTS	  16
#define PIPE_SIZE (SLOTS * PAGE_SIZE)
#define PIPE_BUF  4096

struct pipe {
	spinlock_t lock;
	bool reader, writer; /* whether the ends are open */
	u64 in, out;	     /* total bytes written and read */
	struct page *slot[SLOTS];
	struct wait_queue readers, writers;
	struct list_head link;
};

static struct list_head pipes = LIST_INIT(pipes);
static spinlock_t pipes_lock;

void pipe_uses(void (*use)(struct page *p))
{
	struct pipe *p;

	spin_lock(&pipes_lock);
	list_for_each_entry (p, &pipes, link)
		for (unsigned i = 0; i < SLOTS; i++)
			if (p->slot[i])
				use(p->slot[i]);
	spin_unlock(&pipes_lock);
}

/* Copies in either direction, between the pipe and user or kernel memory. */
typedef bool (*copy_fn)(void *ring, unsigned long memory, size_t n);

static bool to_program(void *ring, unsigned long memory, size_t n)
{
	return copy_to_user(memory, ring, n);
}

static bool from_program(void *ring, unsigned long memory, size_t n)
{
	return copy_from_user(ring, memory, n);
}

static bool from_kernel(void *ring, unsigned long memory, size_t n)
{
	memcpy(ring, (const void *)memory, n);
	return true;
}

/* The pipe is locked in all that follow. */

static size_t filled(const struct pipe *p)
{
	return p->in - p->out;
}

/* Reads n bytes, which are there; returns how many could be copied. */
static size_t take(struct pipe *p, unsigned long buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t at = p->out % PIPE_SIZE, offset = at & ~PAGE_MASK;
		size_t part = min_ul(n - done, PAGE_SIZE - offset);
		struct page **slot = &p->slot[at >> PAGE_SHIFT];

		if (!to_program((char *)page_to_virt(*slot) + offset, buf + done, part))
			break;
		p->out += part;
		done += part;
		/* The page is read to its end, and a full ring has not begun to refill it. */
		if (offset + part == PAGE_SIZE && filled(p) <= PIPE_SIZE - PAGE_SIZE) {
			page_put(*slot);
			*slot = NULL;
		}
	}
	return done;
}

/*
 * Writes n bytes, for which there is room. The count changes when all bytes are in,
 * because a reader must not see half of them.
 */
static long put(struct pipe *p, copy_fn copy, unsigned long buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t at = (p->in + done) % PIPE_SIZE, offset = at & ~PAGE_MASK;
		size_t part = min_ul(n - done, PAGE_SIZE - offset);
		struct page **slot = &p->slot[at >> PAGE_SHIFT];

		if (!*slot)
			*slot = page_alloc();
		if (!*slot)
			return -ENOMEM;
		if (!copy((char *)page_to_virt(*slot) + offset, buf + done, part))
			return -EFAULT;
		done += part;
	}
	p->in += n;
	return (long)n;
}

/*
 * Unlocks, waits for the other end, and locks again. Returns 0 or the error of an
 * interrupted call.
 */
static long wait_locked(struct pipe *p, struct wait_queue *q, struct file *f)
{
	struct waiter w = {.task = NULL};

	if (f->flags & O_NONBLOCK)
		return -EAGAIN;
	if (task_interrupted())
		return -ERESTARTSYS;
	wait_begin(q, &w);
	spin_unlock(&p->lock);
	schedule_until(0);
	wait_end(q, &w);
	spin_lock(&p->lock);
	return 0;
}

static long pipe_read(struct file *f, unsigned long buf, size_t n)
{
	struct pipe *p = f->data;
	long rc = 0;

	if (!n)
		return 0;
	spin_lock(&p->lock);
	while (!filled(p) && p->writer && !rc)
		rc = wait_locked(p, &p->readers, f);
	if (filled(p)) {
		n = min_ul(n, filled(p));
		rc = (long)take(p, buf, n);
		if (!rc)
			rc = -EFAULT;
	}
	spin_unlock(&p->lock);
	if (rc > 0)
		wake_all(&p->writers);
	return rc;
}

/* How many of n bytes may go in now: a short write is all or nothing. */
static size_t room(const struct pipe *p, size_t n)
{
	size_t free = PIPE_SIZE - filled(p);

	return n <= PIPE_BUF && free < n ? 0 : min_ul(free, n);
}

static long write_from(struct file *f, copy_fn copy, unsigned long buf, size_t n)
{
	struct pipe *p = f->data;
	size_t done = 0, total = n;
	long rc = 0;

	spin_lock(&p->lock);
	while (done < total) {
		bool empty = !filled(p);

		if (!p->reader) {
			rc = -EPIPE;
			break;
		}
		n = room(p, total <= PIPE_BUF ? total : total - done);
		if (!n) {
			rc = wait_locked(p, &p->writers, f);
			if (rc)
				break;
			continue;
		}
		rc = put(p, copy, buf + done, n);
		if (rc < 0)
			break;
		done += n;
		if (empty)
			wake_all(&p->readers);
	}
	spin_unlock(&p->lock);
	if (rc == -EPIPE)
		signal_self(SIGPIPE);
	return done ? (long)done : rc;
}

static long pipe_write(struct file *f, unsigned long buf, size_t n)
{
	return write_from(f, from_program, buf, n);
}

long pipe_write_kernel(struct file *f, const void *data, size_t n)
{
	return write_from(f, from_kernel, (unsigned long)data, n);
}

static long pipe_available(struct file *f)
{
	return (long)filled(f->data);
}

static unsigned pipe_poll(struct file *f, struct poll *poll)
{
	struct pipe *p = f->data;
	unsigned can = 0;

	spin_lock(&p->lock);
	if ((f->flags & O_ACCMODE) == O_RDONLY) {
		poll_wait(poll, &p->readers);
		can = (filled(p) ? POLLIN : 0) | (p->writer ? 0 : POLLHUP);
	} else {
		poll_wait(poll, &p->writers);
		can = (room(p, PIPE_BUF) ? POLLOUT : 0) | (p->reader ? 0 : POLLERR);
	}
	spin_unlock(&p->lock);
	return can;
}

static void pipe_free(struct pipe *p)
{
	spin_lock(&pipes_lock);
	list_del(&p->link);
	spin_unlock(&pipes_lock);
	for (unsigned i = 0; i < SLOTS; i++)
		if (p->slot[i])
			page_put(p->slot[i]);
	kfree(p);
}

static void pipe_release(struct file *f)
{
	struct pipe *p = f->data;
	bool last;

	spin_lock(&p->lock);
	if ((f->flags & O_ACCMODE) == O_RDONLY)
		p->reader = false;
	else
		p->writer = false;
	last = !p->reader && !p->writer;
	wake_all(&p->readers);
	wake_all(&p->writers);
	spin_unlock(&p->lock);
	if (last)
		pipe_free(p);
}

static const struct file_ops pipe_ops = {.read = pipe_read,
					 .write = pipe_write,
					 .poll = pipe_poll,
					 .available = pipe_available,
					 .release = pipe_release};

bool file_is_pipe(const struct file *f)
{
	return f->ops == &pipe_ops;
}

static struct pipe *pipe_new(void)
{
	struct pipe *p = kzalloc(sizeof(*p));

	if (!p)
		return NULL;
	p->reader = p->writer = true;
	spin_lock(&pipes_lock);
	list_add_tail(&p->link, &pipes);
	spin_unlock(&pipes_lock);
	return p;
}

/* Makes both ends; end[0] is for reading. */
static long pipe_files(struct file *end[2], unsigned flags)
{
	struct node *n = node_new(S_IFIFO | 0600);
	struct pipe *p = n ? pipe_new() : NULL;
	long rc = -ENOMEM;

	if (!p)
		goto out;
	end[0] = file_new(&pipe_ops, n, O_RDONLY | flags);
	end[1] = file_new(&pipe_ops, n, O_WRONLY | flags);
	for (int i = 0; i < 2; i++)
		if (end[i])
			end[i]->data = p;
	if (end[0] && end[1]) {
		rc = 0;
		goto out;
	}
	p->reader = end[0];
	p->writer = end[1];
	if (!end[0] && !end[1])
		pipe_free(p);
	for (int i = 0; i < 2; i++)
		if (end[i])
			file_put(end[i]);
out:
	node_put(n);
	return rc;
}

static long make_pipe(unsigned long out, unsigned flags)
{
	struct file *end[2];
	long fd[2], rc;
	int result[2];

	rc = pipe_files(end, flags & O_NONBLOCK);
	if (rc)
		return rc;
	fd[0] = file_install(end[0], 0, flags & O_CLOEXEC);
	if (fd[0] < 0) {
		file_put(end[0]);
		file_put(end[1]);
		return fd[0];
	}
	fd[1] = file_install(end[1], 0, flags & O_CLOEXEC);
	if (fd[1] < 0) {
		file_close((int)fd[0]);
		file_put(end[1]);
		return fd[1];
	}
	result[0] = (int)fd[0];
	result[1] = (int)fd[1];
	if (!copy_to_user(out, result, sizeof(result))) {
		file_close((int)fd[0]);
		file_close((int)fd[1]);
		return -EFAULT;
	}
	return 0;
}

SYSCALL(22, pipe)
{
	return make_pipe(args->a[0], 0);
}

SYSCALL(293, pipe2)
{
	if (args->a[1] & ~(unsigned long)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	return make_pipe(args->a[0], (unsigned)args->a[1]);
}
