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

	if (!f)
		return -EBADF;
	return f->ops->read ? f->ops->read(f, args->a[1], args->a[2]) : -EINVAL;
}

static long write_file(struct file *f, unsigned long buf, size_t n)
{
	return f->ops->write ? f->ops->write(f, buf, n) : -EINVAL;
}

SYSCALL(1, write)
{
	struct file *f = file_get((int)args->a[0]);

	return f ? write_file(f, args->a[1], args->a[2]) : -EBADF;
}

SYSCALL(20, writev)
{
	struct file *f = file_get((int)args->a[0]);
	long done = 0;

	if (!f)
		return -EBADF;
	if (args->a[2] > IOV_MAX)
		return -EINVAL;
	for (unsigned long i = 0; i < args->a[2]; i++) {
		struct {
			unsigned long base, len;
		} v;
		long rc;

		if (!copy_from_user(&v, args->a[1] + i * sizeof(v), sizeof(v)))
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

SYSCALL(72, fcntl)
{
	struct files *fs = current->files;
	int fd = (int)args->a[0];

	if (!file_get(fd))
		return -EBADF;
	switch (args->a[1]) {
	case F_GETFD: return fs->cloexec >> fd & 1;
	case F_SETFD:
		fs->cloexec = (fs->cloexec & ~(1u << fd)) | (u32)(args->a[2] & 1) << fd;
		return 0;
	default: return -EINVAL;
	}
}

SYSCALL(3, close)
{
	return file_close((int)args->a[0]);
}

SYSCALL(16, ioctl)
{
	/* Asked by C libraries: is it a terminal? It is not. */
	return file_get((int)args->a[0]) ? -ENOTTY : -EBADF;
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
