// SPDX-License-Identifier: MIT
/* System calls that move data to and from descriptors. */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/node.h"
#include "sys/pipe.h"
#include "sys/syscall.h"

#define IOV_MAX	 1024
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

SYSCALL(0, read)
{
	struct file *f = file_get((int)args->a[0]);
	long rc;

	if (!f)
		return -EBADF;
	rc = file_read(f, args->a[1], args->a[2]);
	file_put(f);
	return rc;
}

SYSCALL(1, write)
{
	struct file *f = file_get((int)args->a[0]);
	long rc;

	if (!f)
		return -EBADF;
	rc = file_write(f, args->a[1], args->a[2]);
	file_put(f);
	return rc;
}

/* Moves piece by piece, up to the first piece that is not moved completely. */
static long move_vector(const struct syscall_args *args,
			long (*move)(struct file *f, unsigned long buf, size_t n))
{
	struct file *f = file_get((int)args->a[0]);
	long done = 0, rc = 0;

	if (!f)
		return -EBADF;
	if (args->a[2] > IOV_MAX)
		rc = -EINVAL;
	else if (!args->a[2])
		rc = move(f, 0, 0); /* returns whether it could */
	for (unsigned long i = 0; !rc && i < args->a[2]; i++) {
		struct {
			unsigned long base, len;
		} v;
		long n;

		if (!copy_from_user(&v, args->a[1] + i * sizeof(v), sizeof(v))) {
			rc = -EFAULT;
			break;
		}
		n = (long)v.len < 0		   ? -EINVAL
		    : v.len || i + 1 == args->a[2] ? move(f, v.base, v.len)
						   : 0;
		if (n < 0)
			rc = n;
		else
			done += n;
		if (n >= 0 && (unsigned long)n < v.len)
			break;
	}
	file_put(f);
	return done ? done : rc;
}

SYSCALL(19, readv)
{
	return move_vector(args, file_read);
}

SYSCALL(20, writev)
{
	return move_vector(args, file_write);
}

/* Moves at a given position instead of the file's own. */
static long move_at(const struct syscall_args *args, bool write)
{
	struct file *f = file_get((int)args->a[0]);
	unsigned wrong = write ? O_RDONLY : O_WRONLY;
	size_t n = min_ul(args->a[2], 0x7ffff000UL), pos;
	long rc;

	if (!f)
		return -EBADF;
	if ((long)args->a[3] < 0) {
		rc = -EINVAL;
	} else if (!file_seekable(f)) {
		rc = is_dir(f->node) ? -EISDIR : -ESPIPE;
	} else if ((f->flags & O_ACCMODE) == wrong || (f->flags & O_PATH)) {
		rc = -EBADF;
	} else if (!(write ? f->ops->write_at : f->ops->read_at)) {
		rc = -EINVAL;
	} else {
		spin_lock(&f->lock);
		pos = f->pos;
		rc = (write ? f->ops->write_at : f->ops->read_at)(f, args->a[1], n, args->a[3]);
		f->pos = pos; /* an append moves it */
		spin_unlock(&f->lock);
	}
	file_put(f);
	return rc;
}

SYSCALL(17, pread64)
{
	return move_at(args, false);
}

SYSCALL(18, pwrite64)
{
	return move_at(args, true);
}

static long seek(struct file *f, long offset, unsigned long whence)
{
	long base = 0;

	if (f->flags & O_PATH)
		return -EBADF;
	if (!file_seekable(f) && !(f->node && is_dir(f->node)))
		return -ESPIPE;
	switch (whence) {
	case SEEK_SET: break;
	case SEEK_CUR: base = (long)f->pos; break;
	case SEEK_END: base = f->inode ? (long)f->inode->size : 0; break;
	default: return -EINVAL;
	}
	if (__builtin_add_overflow(base, offset, &base))
		return -EOVERFLOW;
	if (base < 0)
		return -EINVAL;
	f->pos = (size_t)base;
	return base;
}

SYSCALL(8, lseek)
{
	struct file *f = file_get((int)args->a[0]);
	long rc;

	if (!f)
		return -EBADF;
	spin_lock(&f->lock);
	rc = seek(f, (long)args->a[1], args->a[2]);
	spin_unlock(&f->lock);
	file_put(f);
	return rc;
}

/*
 * Moves contents from a page of the file to a pipe or another file, without using the
 * program's memory. EINVAL for other outputs; programs must expect that.
 */
static long send_part(struct file *out, struct file *in, void *page, size_t n, size_t at)
{
	n = inode_read(in->inode, page, at, min_ul(n, PAGE_SIZE));
	if (!n)
		return 0;
	return pipe_write_kernel(out, page, n);
}

static long send_file(struct file *out, struct file *in, size_t *at, size_t n)
{
	struct page *p;
	size_t done = 0;
	long rc = 0;

	if ((in->flags & O_ACCMODE) == O_WRONLY || (out->flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (!in->inode || !file_is_pipe(out))
		return -EINVAL;
	p = pages_alloc(0); /* not counted: we may sleep while we own it */
	if (!p)
		return -ENOMEM;
	while (done < n) {
		rc = send_part(out, in, page_to_virt(p), n - done, *at);
		if (rc <= 0)
			break;
		done += (size_t)rc;
		*at += (size_t)rc;
	}
	pages_free(p, 0);
	return done ? (long)done : rc;
}

SYSCALL(40, sendfile)
{
	struct file *out = file_get((int)args->a[0]), *in = file_get((int)args->a[1]);
	size_t at = 0;
	long rc = -EBADF;

	if (!out || !in)
		goto end;
	if (args->a[2]) {
		rc = copy_from_user(&at, args->a[2], sizeof(at)) ? 0 : -EFAULT;
		if (!rc)
			rc = send_file(out, in, &at, args->a[3]);
		if (rc > 0 && !copy_to_user(args->a[2], &at, sizeof(at)))
			rc = -EFAULT;
	} else {
		at = in->pos;
		rc = send_file(out, in, &at, args->a[3]);
		in->pos = at;
	}
end:
	if (out)
		file_put(out);
	if (in)
		file_put(in);
	return rc;
}

/* All contents are in memory: there is nothing to write back. */
static long sync_file(int fd)
{
	struct file *f = file_get(fd);
	long rc = 0;

	if (!f)
		return -EBADF;
	if (!f->node || !(is_file(f->node) || is_dir(f->node)))
		rc = -EINVAL;
	file_put(f);
	return rc;
}

SYSCALL(74, fsync)
{
	return sync_file((int)args->a[0]);
}

SYSCALL(75, fdatasync)
{
	return sync_file((int)args->a[0]);
}

SYSCALL(162, sync)
{
	(void)args;
	return 0;
}
