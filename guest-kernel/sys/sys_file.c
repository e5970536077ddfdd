// SPDX-License-Identifier: MIT
/* System calls on files and on time. */
#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/syscall.h"

#define AT_FDCWD	-100
#define O_CLOEXEC	02000000
#define F_GETFD		1
#define F_SETFD		2
#define CLOCK_REALTIME	0
#define CLOCK_MONOTONIC 1
#define CLOCK_MONO_RAW	4
#define NS_PER_S	1000000000u
#define IOV_MAX		1024

SYSCALL(0, read)
{
	struct file *f = file_get((int)args->a[0]);
	long rc;

	if (!f)
		return -EBADF;
	rc = f->ops->read ? f->ops->read(f, args->a[1], args->a[2]) : -EINVAL;
	file_put(f);
	return rc;
}

static long write_file(struct file *f, unsigned long buf, size_t n)
{
	return f->ops->write ? f->ops->write(f, buf, n) : -EINVAL;
}

SYSCALL(1, write)
{
	struct file *f = file_get((int)args->a[0]);
	long rc;

	if (!f)
		return -EBADF;
	rc = write_file(f, args->a[1], args->a[2]);
	file_put(f);
	return rc;
}

static long write_vector(struct file *f, unsigned long array, unsigned long n)
{
	long done = 0;

	for (unsigned long i = 0; i < n; i++) {
		struct {
			unsigned long base, len;
		} v;
		long rc;

		if (!copy_from_user(&v, array + i * sizeof(v), sizeof(v)))
			return done ? done : -EFAULT;
		rc = write_file(f, v.base, v.len);
		if (rc < 0)
			return done ? done : rc;
		done += rc;
		if ((unsigned long)rc < v.len)
			break;
	}
	return done;
}

SYSCALL(20, writev)
{
	struct file *f = file_get((int)args->a[0]);
	long rc;

	if (!f)
		return -EBADF;
	rc = args->a[2] > IOV_MAX ? -EINVAL : write_vector(f, args->a[1], args->a[2]);
	file_put(f);
	return rc;
}

static long open_path(unsigned long user_path, unsigned long flags)
{
	char path[64];
	long rc = copy_string_from_user(path, user_path, sizeof(path));

	return rc < 0 ? rc : file_open(path, flags & O_CLOEXEC);
}

SYSCALL(2, open)
{
	return open_path(args->a[0], args->a[1]);
}

SYSCALL(257, openat)
{
	return (int)args->a[0] == AT_FDCWD ? open_path(args->a[1], args->a[2]) : -EBADF;
}

static bool file_is_open(int fd)
{
	struct file *f = file_get(fd);

	if (f)
		file_put(f);
	return f;
}

SYSCALL(72, fcntl)
{
	struct files *fs = current->files;
	int fd = (int)args->a[0];
	long rc = -EINVAL;

	if (!file_is_open(fd))
		return -EBADF;
	spin_lock(&fs->lock);
	switch (args->a[1]) {
	case F_GETFD: rc = fs->cloexec >> fd & 1; break;
	case F_SETFD:
		fs->cloexec = (fs->cloexec & ~(1u << fd)) | (u32)(args->a[2] & 1) << fd;
		rc = 0;
		break;
	}
	spin_unlock(&fs->lock);
	return rc;
}

SYSCALL(3, close)
{
	return file_close((int)args->a[0]);
}

SYSCALL(16, ioctl)
{
	/* Asked by C libraries: is it a terminal? It is not. */
	return file_is_open((int)args->a[0]) ? -ENOTTY : -EBADF;
}

struct timespec {
	s64 sec, nsec;
};

SYSCALL(228, clock_gettime)
{
	struct timespec ts;
	u64 ns;

	switch (args->a[0]) {
	case CLOCK_REALTIME: ns = platform_wall_ns(); break;
	case CLOCK_MONOTONIC:
	case CLOCK_MONO_RAW: ns = platform_clock_ns(); break;
	default: return -EINVAL;
	}
	ts.sec = (s64)(ns / NS_PER_S);
	ts.nsec = (s64)(ns % NS_PER_S);
	return copy_to_user(args->a[1], &ts, sizeof(ts)) ? 0 : -EFAULT;
}

SYSCALL(35, nanosleep)
{
	struct timespec ts;

	if (!copy_from_user(&ts, args->a[0], sizeof(ts)))
		return -EFAULT;
	if (ts.sec < 0 || ts.nsec < 0 || ts.nsec >= NS_PER_S)
		return -EINVAL;
	task_sleep_until(platform_clock_ns() + (u64)ts.sec * NS_PER_S + (u64)ts.nsec);
	return current->killed ? -EINTR : 0;
}
