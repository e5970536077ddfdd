// SPDX-License-Identifier: MIT
#include "sys/file.h"

#include "lib/errno.h"
#include "lib/string.h"
#include "mm/inode.h"
#include "mm/mm.h"
#include "proc/task.h"

extern const struct device *const devices_start[], *const devices_end[];

static long inode_file_read(struct file *f, unsigned long buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		char chunk[256];
		size_t part = inode_read(f->inode, chunk, f->pos, min_ul(n - done, sizeof(chunk)));

		if (!part)
			break;
		if (!copy_to_user(buf + done, chunk, part))
			return done ? (long)done : -EFAULT;
		f->pos += part;
		done += part;
	}
	return (long)done;
}

static const struct file_ops inode_ops = {.read = inode_file_read};

static const struct file_ops *find_device(const char *path)
{
	for (const struct device *const *d = devices_start; d < devices_end; d++)
		if (!strcmp((*d)->path, path))
			return (*d)->ops;
	return NULL;
}

static long file_make(const char *path, struct file **out)
{
	struct file *f = kzalloc(sizeof(*f));
	long rc = 0;

	if (!f)
		return -ENOMEM;
	f->refs = 1;
	f->ops = find_device(path);
	if (!f->ops) {
		rc = inode_open(path, &f->inode);
		f->ops = &inode_ops;
	}
	if (rc) {
		kfree(f);
		return rc;
	}
	*out = f;
	return 0;
}

void file_put(struct file *f)
{
	if (__atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL))
		return;
	if (f->ops->release)
		f->ops->release(f);
	if (f->inode)
		inode_put(f->inode);
	kfree(f);
}

struct files *files_new(void)
{
	struct files *fs = kzalloc(sizeof(*fs));
	struct file *console;

	if (!fs)
		return NULL;
	if (file_make("/dev/console", &console)) {
		kfree(fs);
		return NULL;
	}
	fs->refs = 1;
	console->refs = 3;
	fs->fd[0] = fs->fd[1] = fs->fd[2] = console;
	return fs;
}

struct files *files_fork(struct files *from)
{
	struct files *fs = kmalloc(sizeof(*fs));

	if (!fs)
		return NULL;
	spin_lock(&from->lock);
	*fs = *from;
	for (int i = 0; i < MAX_FDS; i++)
		if (fs->fd[i])
			__atomic_add_fetch(&fs->fd[i]->refs, 1, __ATOMIC_RELAXED);
	spin_unlock(&from->lock);
	fs->lock = (spinlock_t){0};
	fs->refs = 1;
	return fs;
}

struct files *files_get(struct files *fs)
{
	__atomic_add_fetch(&fs->refs, 1, __ATOMIC_RELAXED);
	return fs;
}

void files_put(struct files *fs)
{
	if (!fs || __atomic_sub_fetch(&fs->refs, 1, __ATOMIC_ACQ_REL))
		return;
	for (int i = 0; i < MAX_FDS; i++)
		if (fs->fd[i])
			file_put(fs->fd[i]);
	kfree(fs);
}

struct file *file_get(int fd)
{
	struct files *fs = current->files;
	struct file *f;

	if (fd < 0 || fd >= MAX_FDS)
		return NULL;
	spin_lock(&fs->lock);
	f = fs->fd[fd];
	if (f)
		__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
	spin_unlock(&fs->lock);
	return f;
}

/* The process has one thread now. */
void files_exec(void)
{
	struct files *fs = current->files;

	while (fs->cloexec)
		file_close(__builtin_ctz(fs->cloexec)); /* clears the bit */
}

static int install(struct files *fs, struct file *f, bool cloexec)
{
	int fd = 0;

	spin_lock(&fs->lock);
	while (fd < MAX_FDS && fs->fd[fd])
		fd++;
	if (fd < MAX_FDS) {
		fs->fd[fd] = f;
		if (cloexec)
			fs->cloexec |= 1u << fd;
	}
	spin_unlock(&fs->lock);
	return fd;
}

long file_open(const char *path, bool cloexec)
{
	struct file *f;
	long rc = file_make(path, &f);

	if (rc)
		return rc;
	rc = install(current->files, f, cloexec);
	if (rc == MAX_FDS) {
		file_put(f);
		return -EMFILE;
	}
	return rc;
}

long file_close(int fd)
{
	struct files *fs = current->files;
	struct file *f = NULL;

	if (fd < 0 || fd >= MAX_FDS)
		return -EBADF;
	spin_lock(&fs->lock);
	f = fs->fd[fd];
	fs->fd[fd] = NULL;
	fs->cloexec &= ~(1u << fd);
	spin_unlock(&fs->lock);
	if (!f)
		return -EBADF;
	file_put(f);
	return 0;
}
