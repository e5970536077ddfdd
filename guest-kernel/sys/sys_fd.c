// SPDX-License-Identifier: MIT
/* System calls on descriptors. */
#include "lib/errno.h"
#include "mm/inode.h"
#include "sys/file.h"
#include "sys/syscall.h"

#define F_DUPFD		0
#define F_GETFD		1
#define F_SETFD		2
#define F_GETFL		3
#define F_SETFL		4
#define F_GETLK		5
#define F_SETLK		6
#define F_SETLKW	7
#define F_DUPFD_CLOEXEC 1030
#define FD_CLOEXEC	1

#define FIONBIO	 0x5421
#define FIONREAD 0x541b
#define FIOCLEX	 0x5451
#define FIONCLEX 0x5450

#define CLOSE_RANGE_CLOEXEC 4

static long duplicate(int fd, int from, bool cloexec)
{
	struct file *f = file_get(fd);
	long rc;

	if (!f)
		return -EBADF;
	rc = from < 0 || (u64)from >= files_limit() ? -EINVAL : file_install(f, from, cloexec);
	if (rc < 0)
		file_put(f);
	return rc;
}

SYSCALL(32, dup)
{
	return duplicate((int)args->a[0], 0, false);
}

SYSCALL(33, dup2)
{
	int fd = (int)args->a[0], to = (int)args->a[1];

	if (fd == to)
		return file_get_cloexec(fd) < 0 ? -EBADF : to;
	return file_dup_to(fd, to, false);
}

SYSCALL(292, dup3)
{
	int fd = (int)args->a[0], to = (int)args->a[1];

	if (fd == to || (args->a[2] & ~(unsigned long)O_CLOEXEC))
		return -EINVAL;
	return file_dup_to(fd, to, args->a[2] & O_CLOEXEC);
}

SYSCALL(3, close)
{
	return file_close((int)args->a[0]);
}

SYSCALL(436, close_range)
{
	unsigned first = (unsigned)args->a[0], last = (unsigned)args->a[1];

	if (first > last || (args->a[2] & ~(unsigned long)CLOSE_RANGE_CLOEXEC))
		return -EINVAL;
	file_close_range(first, last, args->a[2] & CLOSE_RANGE_CLOEXEC);
	return 0;
}

static void set_flags(struct file *f, unsigned long flags)
{
	const unsigned settable = O_APPEND | O_NONBLOCK;

	spin_lock(&f->lock);
	f->flags = (f->flags & ~settable) | ((unsigned)flags & settable);
	spin_unlock(&f->lock);
}

/* No other lock owner is known, so a lock never waits. */
static long lock_free(unsigned long lock)
{
	const short unlocked = 2; /* F_UNLCK */

	return copy_to_user(lock, &unlocked, sizeof(unlocked)) ? 0 : -EFAULT;
}

static long control(struct file *f, unsigned long what, unsigned long arg)
{
	switch (what) {
	case F_GETFL: return (long)f->flags;
	case F_SETFL: set_flags(f, arg); return 0;
	case F_GETLK: return lock_free(arg);
	case F_SETLK:
	case F_SETLKW: return 0;
	default: return -EINVAL;
	}
}

SYSCALL(72, fcntl)
{
	int fd = (int)args->a[0];
	struct file *f;
	long rc;

	switch (args->a[1]) {
	case F_DUPFD: return duplicate(fd, (int)args->a[2], false);
	case F_DUPFD_CLOEXEC: return duplicate(fd, (int)args->a[2], true);
	case F_GETFD: return file_get_cloexec(fd);
	case F_SETFD: return file_set_cloexec(fd, args->a[2] & FD_CLOEXEC);
	}
	f = file_get(fd);
	if (!f)
		return -EBADF;
	rc = control(f, args->a[1], args->a[2]);
	file_put(f);
	return rc;
}

static long set_blocking(struct file *f, unsigned long arg)
{
	int on;

	if (!copy_from_user(&on, arg, sizeof(on)))
		return -EFAULT;
	set_flags(f, (f->flags & ~(unsigned long)O_NONBLOCK) | (on ? O_NONBLOCK : 0));
	return 0;
}

static long available(struct file *f, unsigned long arg)
{
	long n;
	int out;

	if (f->inode)
		n = f->inode->size > f->pos ? (long)(f->inode->size - f->pos) : 0;
	else
		n = f->ops->available ? f->ops->available(f) : -ENOTTY;
	if (n < 0)
		return n;
	out = (int)n;
	return copy_to_user(arg, &out, sizeof(out)) ? 0 : -EFAULT;
}

/* Most of these requests test for a terminal; no file here is one. */
SYSCALL(16, ioctl)
{
	struct file *f = file_get((int)args->a[0]);
	long rc = -ENOTTY;

	if (!f)
		return -EBADF;
	switch ((unsigned)args->a[1]) {
	case FIONREAD: rc = available(f, args->a[2]); break;
	case FIONBIO: rc = set_blocking(f, args->a[2]); break;
	case FIOCLEX: rc = file_set_cloexec((int)args->a[0], true); break;
	case FIONCLEX: rc = file_set_cloexec((int)args->a[0], false); break;
	}
	file_put(f);
	return rc;
}
