// SPDX-License-Identifier: MIT
/*
 * Descriptors. The time for fork to copy a table is proportional to the number of open
 * descriptors, so they are found with a bit map. A process with few descriptors has the
 * table inside struct files; larger tables grow in steps.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/limits.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/node.h"

#define BITS	  64
#define SLAB_FDS  (KMALLOC_MAX / sizeof(struct file *))
#define LARGE_ORD (WORD_BITS == 64 ? 1 : 0) /* order of the pages for MAX_FDS */

_Static_assert(MAX_FDS * sizeof(struct file *) == PAGE_SIZE << LARGE_ORD, "pages of a full table");

static unsigned words(unsigned size)
{
	return (size + BITS - 1) / BITS;
}

static bool has(const u64 *bits, unsigned fd)
{
	return bits[fd / BITS] >> fd % BITS & 1;
}

static void put_bit(u64 *bits, unsigned fd, bool on)
{
	u64 bit = (u64)1 << fd % BITS;

	bits[fd / BITS] = on ? bits[fd / BITS] | bit : bits[fd / BITS] & ~bit;
}

static void table_free(struct file **table, unsigned size)
{
	if (size > SLAB_FDS)
		pages_free(virt_to_page(table), LARGE_ORD);
	else if (size > FDS_IN_PLACE)
		kfree(table);
}

/* A table with room for descriptor fd, or more; *size is set. NULL: no memory. */
static struct file **table_alloc(unsigned fd, unsigned *size)
{
	struct page *p;

	if (fd < SLAB_FDS) {
		*size = SLAB_FDS;
		return kmalloc(KMALLOC_MAX);
	}
	*size = MAX_FDS;
	p = pages_alloc(LARGE_ORD);
	return p ? page_to_virt(p) : NULL;
}

static struct files *files_alloc(u32 umask, struct node *cwd)
{
	struct files *fs = kmalloc(sizeof(*fs));

	if (!fs)
		return NULL;
	fs->refs = 1;
	fs->lock = (spinlock_t){0};
	fs->umask = umask;
	fs->size = FDS_IN_PLACE;
	fs->fd = fs->in_place;
	fs->cwd = cwd;
	fs->open[0] = fs->cloexec[0] = 0;
	return fs;
}

/* Locked, or not shared. False: no memory. */
static bool grow(struct files *fs, unsigned fd)
{
	unsigned size;
	struct file **table = table_alloc(fd, &size);

	if (!table)
		return false;
	memcpy(table, fs->fd, fs->size * sizeof(*table));
	for (unsigned w = words(fs->size); w < words(size); w++)
		fs->open[w] = fs->cloexec[w] = 0;
	table_free(fs->fd, fs->size);
	fs->fd = table;
	fs->size = size;
	return true;
}

/* Locked. */
static void set_fd(struct files *fs, unsigned fd, struct file *f, bool cloexec)
{
	fs->fd[fd] = f;
	put_bit(fs->open, fd, true);
	put_bit(fs->cloexec, fd, cloexec);
}

struct files *files_new(void)
{
	struct file *f = file_open_kernel("/dev/console", O_RDWR);
	struct files *fs;

	if (!f)
		return NULL;
	node_get(tree_root);
	fs = files_alloc(022, tree_root);
	if (!fs) {
		node_put(tree_root);
		file_put(f);
		return NULL;
	}
	f->refs = 3;
	for (unsigned fd = 0; fd < 3; fd++)
		set_fd(fs, fd, f, false);
	return fs;
}

/* Locked. */
static void copy_open(struct files *to, const struct files *from)
{
	for (unsigned w = 0; w < words(from->size); w++) {
		u64 bits = from->open[w];

		to->open[w] = bits;
		to->cloexec[w] = from->cloexec[w];
		for (; bits; bits &= bits - 1) {
			unsigned fd = w * BITS + (unsigned)__builtin_ctzll(bits);

			to->fd[fd] = from->fd[fd];
			__atomic_add_fetch(&to->fd[fd]->refs, 1, __ATOMIC_RELAXED);
		}
	}
}

struct files *files_fork(struct files *from)
{
	struct files *fs;
	bool ok = false;

	spin_lock(&from->lock);
	fs = files_alloc(from->umask, from->cwd);
	if (fs) {
		node_get(fs->cwd);
		ok = from->size == FDS_IN_PLACE || grow(fs, from->size - 1);
		if (ok)
			copy_open(fs, from);
	}
	spin_unlock(&from->lock);
	if (!ok)
		files_put(fs);
	return ok ? fs : NULL;
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
	for (unsigned w = 0; w < words(fs->size); w++)
		for (u64 bits = fs->open[w]; bits; bits &= bits - 1)
			file_put(fs->fd[w * BITS + (unsigned)__builtin_ctzll(bits)]);
	table_free(fs->fd, fs->size);
	node_put(fs->cwd);
	kfree(fs);
}

/* Locked. NULL: not open. */
static struct file *look(struct files *fs, int fd)
{
	return fd >= 0 && (u32)fd < fs->size && has(fs->open, (unsigned)fd) ? fs->fd[fd] : NULL;
}

struct file *file_get(int fd)
{
	struct files *fs = current->files;
	struct file *f;

	spin_lock(&fs->lock);
	f = look(fs, fd);
	if (f)
		__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
	spin_unlock(&fs->lock);
	return f;
}

/* Locked: removes the descriptor; the caller gets its reference. */
static struct file *take(struct files *fs, int fd)
{
	struct file *f = look(fs, fd);

	if (f) {
		put_bit(fs->open, (unsigned)fd, false);
		put_bit(fs->cloexec, (unsigned)fd, false);
	}
	return f;
}

long file_close(int fd)
{
	struct files *fs = current->files;
	struct file *f;

	spin_lock(&fs->lock);
	f = take(fs, fd);
	spin_unlock(&fs->lock);
	if (!f)
		return -EBADF;
	file_put(f);
	return 0;
}

/* The process has one thread only. */
void files_exec(void)
{
	struct files *fs = current->files;

	for (unsigned w = 0; w < words(fs->size); w++)
		while (fs->cloexec[w])
			file_close((int)(w * BITS + (unsigned)__builtin_ctzll(fs->cloexec[w])));
}

/* Locked. */
static unsigned lowest_free(const struct files *fs, unsigned from)
{
	for (unsigned w = from / BITS; w < words(fs->size); w++) {
		u64 bits = ~fs->open[w];

		if (w == from / BITS)
			bits &= ~(u64)0 << from % BITS;
		if (bits)
			return w * BITS + (unsigned)__builtin_ctzll(bits);
	}
	return max_ul(from, fs->size);
}

u64 files_limit(void)
{
	return min_ul(task_limit(RLIMIT_NOFILE), MAX_FDS);
}

long file_install(struct file *f, int from, bool cloexec)
{
	u64 limit = files_limit();
	struct files *fs = current->files;
	unsigned fd;
	long rc;

	spin_lock(&fs->lock);
	fd = lowest_free(fs, (unsigned)from);
	rc = (long)fd;
	if (fd >= limit)
		rc = -EMFILE;
	else if (fd >= fs->size && !grow(fs, fd))
		rc = -ENOMEM;
	else
		set_fd(fs, fd, f, cloexec);
	spin_unlock(&fs->lock);
	return rc;
}

long file_dup_to(int fd, int to, bool cloexec)
{
	struct files *fs = current->files;
	struct file *f, *old = NULL;
	long rc = to;

	if (to < 0 || (u64)to >= files_limit())
		return -EBADF;
	spin_lock(&fs->lock);
	f = look(fs, fd);
	if (!f) {
		rc = -EBADF;
	} else if ((u32)to >= fs->size && !grow(fs, (unsigned)to)) {
		rc = -ENOMEM;
	} else {
		old = take(fs, to);
		__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
		set_fd(fs, (unsigned)to, f, cloexec);
	}
	spin_unlock(&fs->lock);
	if (old)
		file_put(old);
	return rc;
}

void file_close_range(unsigned first, unsigned last, bool cloexec)
{
	struct files *fs = current->files;

	for (unsigned fd = first; fd <= last && fd < fs->size; fd++) {
		if (!cloexec)
			file_close((int)fd);
		else
			file_set_cloexec((int)fd, true);
	}
}

long file_get_cloexec(int fd)
{
	struct files *fs = current->files;
	long rc;

	spin_lock(&fs->lock);
	rc = look(fs, fd) ? has(fs->cloexec, (unsigned)fd) : -EBADF;
	spin_unlock(&fs->lock);
	return rc;
}

long file_set_cloexec(int fd, bool cloexec)
{
	struct files *fs = current->files;
	long rc = -EBADF;

	spin_lock(&fs->lock);
	if (look(fs, fd)) {
		put_bit(fs->cloexec, (unsigned)fd, cloexec);
		rc = 0;
	}
	spin_unlock(&fs->lock);
	return rc;
}
