// SPDX-License-Identifier: MIT
/*
 * Open files, and the operations of files in the tree: regular files, directories,
 * symbolic links.
 */
#include "sys/file.h"

#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "sys/node.h"
#include "sys/path.h"

extern const struct device *const devices_start[], *const devices_end[];

/* -- regular files ------------------------------------------------------------------- */

static bool clear_user(unsigned long buf, size_t n)
{
	static const char zeros[256];

	for (size_t done = 0, part; done < n; done += part) {
		part = min_ul(n - done, sizeof(zeros));
		if (!copy_to_user(buf + done, zeros, part))
			return false;
	}
	return true;
}

static long node_read(struct file *f, unsigned long buf, size_t n, size_t at)
{
	struct inode *i = &f->node->inode;
	size_t done = 0, size = __atomic_load_n(&i->size, __ATOMIC_RELAXED);

	if (at >= size)
		return 0;
	n = min_ul(n, size - at);
	while (done < n) {
		size_t offset = (at + done) & ~PAGE_MASK;
		size_t part = min_ul(n - done, PAGE_SIZE - offset);
		struct page *p = inode_get_page(i, (at + done) >> PAGE_SHIFT, false);
		bool ok;

		if (p) {
			ok = copy_to_user(buf + done, (char *)page_to_virt(p) + offset, part);
			page_put(p);
		} else {
			ok = clear_user(buf + done, part);
		}
		if (!ok)
			return done ? (long)done : -EFAULT;
		done += part;
	}
	return (long)done;
}

/* The node's io lock held. */
static long write_pages(struct inode *i, unsigned long buf, size_t n, size_t at)
{
	size_t done = 0;

	while (done < n) {
		size_t offset = (at + done) & ~PAGE_MASK;
		size_t part = min_ul(n - done, PAGE_SIZE - offset);
		struct page *p = inode_get_page(i, (at + done) >> PAGE_SHIFT, true);
		bool ok;

		if (!p)
			return done ? (long)done : -ENOSPC;
		ok = copy_from_user((char *)page_to_virt(p) + offset, buf + done, part);
		page_put(p);
		if (!ok)
			return done ? (long)done : -EFAULT;
		done += part;
		inode_grow(i, at + done);
	}
	return (long)done;
}

static long node_write(struct file *f, unsigned long buf, size_t n, size_t at)
{
	struct node *node = f->node;
	long rc;

	if (!n)
		return 0;
	spin_lock(&node->io);
	if (f->flags & O_APPEND)
		at = node->inode.size;
	if (at >= INODE_MAX_SIZE) {
		rc = -EFBIG;
	} else {
		rc = write_pages(&node->inode, buf, min_ul(n, INODE_MAX_SIZE - at), at);
		if (rc > 0 && (f->flags & O_APPEND))
			f->pos = at; /* the caller adds the number of bytes written */
		node_touch(node);
	}
	spin_unlock(&node->io);
	return rc;
}

static const struct file_ops node_file_ops = {.read_at = node_read, .write_at = node_write};

static long directory_read(struct file *f, unsigned long buf, size_t n)
{
	(void)f, (void)buf, (void)n;
	return -EISDIR;
}

static const struct file_ops directory_ops = {.read = directory_read};
static const struct file_ops path_only_ops;

/* -- open files ---------------------------------------------------------------------- */

struct file *file_new(const struct file_ops *ops, struct node *node, u32 flags)
{
	struct file *f = kzalloc(sizeof(*f));

	if (!f)
		return NULL;
	f->refs = 1;
	f->ops = ops;
	f->node = node;
	f->flags = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_PATH | O_DIRECTORY | O_LARGEFILE);
	if (node)
		node_get(node);
	return f;
}

void file_put(struct file *f)
{
	if (__atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL))
		return;
	if (f->ops->release)
		f->ops->release(f);
	node_put(f->node);
	kfree(f);
}

static const struct file_ops *ops_of(const struct node *n, unsigned flags)
{
	if (flags & O_PATH)
		return &path_only_ops;
	if (n->ops)
		return n->ops;
	return is_dir(n) ? &directory_ops : is_file(n) ? &node_file_ops : NULL;
}

long file_open_node(struct node *n, unsigned flags, struct file **out)
{
	const struct file_ops *ops = ops_of(n, flags);
	struct file *f;
	long rc = 0;

	if (!ops)
		return -ENXIO;
	f = file_new(ops, n, flags);
	if (!f)
		return -ENOMEM;
	if (ops == &node_file_ops)
		f->inode = &n->inode;
	if (ops->open)
		rc = ops->open(f);
	if (rc) {
		node_put(n);
		kfree(f);
		return rc;
	}
	*out = f;
	return 0;
}

static long open_path(const char *path, unsigned flags, struct file **f)
{
	struct path p;
	long rc = path_begin_kernel(&p, path);

	if (!rc)
		rc = path_walk(&p, 0);
	if (!rc)
		rc = file_open_node(p.node, flags, f);
	path_end(&p);
	return rc;
}

struct file *file_open_kernel(const char *path, unsigned flags)
{
	struct file *f;

	return open_path(path, flags, &f) ? NULL : f;
}

long file_open(const char *path, unsigned flags)
{
	struct file *f;
	long rc = open_path(path, flags, &f);

	if (rc)
		return rc;
	rc = file_install(f, 0, flags & O_CLOEXEC);
	if (rc < 0)
		file_put(f);
	return rc;
}

/* -- moving data ---------------------------------------------------------------------- */

bool file_seekable(const struct file *f)
{
	return f->ops->read_at || f->ops->write_at;
}

static long at_position(struct file *f, unsigned long buf, size_t n,
			long (*move)(struct file *f, unsigned long buf, size_t n, size_t at))
{
	long rc;

	spin_lock(&f->lock);
	rc = move(f, buf, n, f->pos);
	if (rc > 0)
		f->pos += (size_t)rc;
	spin_unlock(&f->lock);
	return rc;
}

/* Longer requests are cut, as on Linux, so a length is never a negative number. */
#define LENGTH_MAX 0x7ffff000UL

long file_read(struct file *f, unsigned long buf, size_t n)
{
	if ((f->flags & O_ACCMODE) == O_WRONLY || (f->flags & O_PATH))
		return -EBADF;
	n = min_ul(n, LENGTH_MAX);
	if (f->ops->read)
		return f->ops->read(f, buf, n);
	return f->ops->read_at ? at_position(f, buf, n, f->ops->read_at) : -EINVAL;
}

long file_write(struct file *f, unsigned long buf, size_t n)
{
	if ((f->flags & O_ACCMODE) == O_RDONLY || (f->flags & O_PATH))
		return -EBADF;
	n = min_ul(n, LENGTH_MAX);
	if (f->ops->write)
		return f->ops->write(f, buf, n);
	return f->ops->write_at ? at_position(f, buf, n, f->ops->write_at) : -EINVAL;
}

void devices_init(void)
{
	for (const struct device *const *d = devices_start; d < devices_end; d++) {
		struct node *n = tree_add((*d)->path, S_IFCHR | 0666);

		if (!n)
			panic("no memory for %s", (*d)->path);
		n->ops = (*d)->ops;
		n->nlink = 1;
	}
}
