// SPDX-License-Identifier: MIT
/* System calls that make, move and remove names. */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/path.h"
#include "sys/syscall.h"

#define AT_REMOVEDIR	  0x200
#define AT_SYMLINK_FOLLOW 0x400
#define AT_EMPTY_PATH	  0x1000
#define RENAME_NOREPLACE  1
#define PERMISSIONS	  07777

static u32 with_umask(unsigned long mode)
{
	return (u32)mode & PERMISSIONS & ~current->files->umask;
}

/* -- open --------------------------------------------------------------------------- */

/* Tree locked. Makes a missing node under the name at which path_walk() ended. */
static long make_at(struct path *p, struct node *n)
{
	long rc;

	if (p->node)
		return -EEXIST;
	if (p->dir->find)
		return -ENOENT; /* no node can be made there */
	rc = dir_add(p->dir, p->last, p->last_len, n);
	if (!rc) {
		node_get(n);
		p->node = n;
	}
	return rc;
}

static long create_file(struct path *p, unsigned long mode)
{
	struct node *n;
	long rc;

	if (p->want_dir)
		return -EISDIR;
	n = node_new(S_IFREG | with_umask(mode));
	if (!n)
		return -ENOMEM;
	rc = make_at(p, n);
	node_put(n);
	return rc;
}

/* Whether the node may be opened in that way. */
static long may_open(const struct node *n, unsigned flags)
{
	bool write = (flags & O_ACCMODE) != O_RDONLY;

	if (flags & O_PATH)
		return (flags & O_DIRECTORY) && !is_dir(n) ? -ENOTDIR : 0;
	if (is_link(n))
		return -ELOOP;
	if ((flags & O_DIRECTORY) && !is_dir(n))
		return -ENOTDIR;
	if (is_dir(n) && (write || (flags & O_CREAT)))
		return -EISDIR;
	if (is_file(n) && (write || (flags & O_TRUNC)) && (n->fixed || n->ops))
		return -EROFS;
	return 0;
}

static long open_walked(struct path *p, unsigned flags, unsigned long mode, struct file **f)
{
	bool made = false;
	long rc = 0;

	if (!p->node) {
		rc = create_file(p, mode);
		made = true;
	} else if ((flags & O_CREAT) && (flags & O_EXCL)) {
		rc = -EEXIST;
	}
	if (!rc)
		rc = may_open(p->node, flags);
	if (!rc)
		rc = file_open_node(p->node, flags, f);
	if (!rc && !made && (flags & O_TRUNC) && (*f)->inode) {
		inode_resize((*f)->inode, 0);
		node_touch(p->node);
	}
	return rc;
}

static long open_at(int fd, unsigned long user_path, unsigned flags, unsigned long mode)
{
	unsigned how = (flags & O_CREAT) && !(flags & O_PATH) ? PATH_CREATE : 0;
	struct file *f = NULL;
	struct path p;
	long rc = path_begin(&p, fd, user_path);

	if ((flags & O_NOFOLLOW) || ((flags & O_CREAT) && (flags & O_EXCL)))
		how |= PATH_NOFOLLOW;
	if (!rc)
		rc = path_walk(&p, how);
	/* 64-bit programs get this flag without asking, and can see it. */
	if (!rc)
		rc = open_walked(&p, flags & O_PATH ? flags : flags | O_LARGEFILE, mode, &f);
	path_end(&p);
	if (rc)
		return rc;
	rc = file_install(f, 0, flags & O_CLOEXEC);
	if (rc < 0)
		file_put(f);
	return rc;
}

SYSCALL(2, open)
{
	return open_at(AT_FDCWD, args->a[0], (unsigned)args->a[1], args->a[2]);
}

SYSCALL(85, creat)
{
	return open_at(AT_FDCWD, args->a[0], O_CREAT | O_WRONLY | O_TRUNC, args->a[1]);
}

SYSCALL(257, openat)
{
	return open_at((int)args->a[0], args->a[1], (unsigned)args->a[2], args->a[3]);
}

/* -- making names ---------------------------------------------------------------------- */

static long make_directory(int fd, unsigned long user_path, unsigned long mode)
{
	struct node *n = node_new(S_IFDIR | with_umask(mode & 01777));
	struct path p;
	long rc = path_begin(&p, fd, user_path);

	if (!rc)
		rc = path_walk(&p, PATH_CREATE | PATH_NOFOLLOW);
	if (!rc)
		rc = n ? make_at(&p, n) : -ENOMEM;
	path_end(&p);
	node_put(n);
	return rc;
}

SYSCALL(83, mkdir)
{
	return make_directory(AT_FDCWD, args->a[0], args->a[1]);
}

SYSCALL(258, mkdirat)
{
	return make_directory((int)args->a[0], args->a[1], args->a[2]);
}

static struct node *new_link(unsigned long user_target, long *rc)
{
	char *target = kmalloc(KMALLOC_MAX);
	struct node *n = NULL;
	long len;

	*rc = -ENOMEM;
	if (!target)
		return NULL;
	len = copy_string_from_user(target, user_target, KMALLOC_MAX);
	*rc = len < 0 ? len : len ? 0 : -ENOENT;
	if (!*rc) {
		n = node_new(S_IFLNK | 0777);
		if (n)
			n->target = kmalloc((size_t)len + 1);
		if (n && n->target)
			memcpy(n->target, target, (size_t)len + 1);
		else
			*rc = -ENOMEM;
	}
	kfree(target);
	return n;
}

static long make_link(unsigned long user_target, int fd, unsigned long user_path)
{
	long rc;
	struct node *n = new_link(user_target, &rc);
	struct path p;

	if (!rc) {
		rc = path_begin(&p, fd, user_path);
		if (!rc)
			rc = path_walk(&p, PATH_CREATE | PATH_NOFOLLOW);
		if (!rc)
			rc = p.node ? -EEXIST : p.want_dir ? -ENOENT : make_at(&p, n);
		path_end(&p);
	}
	node_put(n);
	return rc;
}

SYSCALL(88, symlink)
{
	return make_link(args->a[0], AT_FDCWD, args->a[1]);
}

SYSCALL(266, symlinkat)
{
	return make_link(args->a[0], (int)args->a[1], args->a[2]);
}

/* Begins two paths without walking them. Both must be ended. */
static long begin_two(struct path *a, int fd_a, unsigned long user_a, struct path *b, int fd_b,
		      unsigned long user_b)
{
	long rc = path_begin(a, fd_a, user_a), rc_b = path_begin(b, fd_b, user_b);

	return rc ? rc : rc_b;
}

static long hard_link(int fd, unsigned long user_old, int new_fd, unsigned long user_new,
		      unsigned long flags)
{
	struct path old, new;
	long rc;

	if (flags & ~(unsigned long)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	rc = begin_two(&old, fd, user_old, &new, new_fd, user_new);
	if (!rc)
		rc = path_walk(&old, (flags & AT_SYMLINK_FOLLOW ? 0 : PATH_NOFOLLOW) |
					     (flags & AT_EMPTY_PATH ? PATH_EMPTY : 0));
	if (!rc)
		rc = path_walk(&new, PATH_CREATE | PATH_NOFOLLOW | PATH_LOCKED);
	if (!rc)
		rc = is_dir(old.node) ? -EPERM : old.node->fixed ? -EROFS : make_at(&new, old.node);
	path_end(&old);
	path_end(&new);
	return rc;
}

SYSCALL(86, link)
{
	return hard_link(AT_FDCWD, args->a[0], AT_FDCWD, args->a[1], 0);
}

SYSCALL(265, linkat)
{
	return hard_link((int)args->a[0], args->a[1], (int)args->a[2], args->a[3], args->a[4]);
}

/* -- removing and moving them ------------------------------------------------------------ */

/* Tree locked: finds the entry at which the walk ended, if it may be removed. */
static long removable(const struct path *p, struct entry **e)
{
	*e = p->last_len ? dir_entry(p->dir, p->last, p->last_len) : NULL;
	if (!*e)
		return -EBUSY; /* the root, "." and "..", and nodes without an entry */
	return p->node->fixed ? -EROFS : 0;
}

static long may_unlink(const struct path *p, bool dir)
{
	if (!dir)
		return is_dir(p->node) ? -EISDIR : p->want_dir ? -ENOTDIR : 0;
	if (!is_dir(p->node))
		return -ENOTDIR;
	if (!p->last_len && p->last && p->last[0] == '.')
		return p->last[1] == '.' ? -ENOTEMPTY : -EINVAL;
	return list_empty(&p->node->entries) ? 0 : -ENOTEMPTY;
}

static long remove_name(int fd, unsigned long user_path, bool dir)
{
	struct node *gone = NULL;
	struct entry *e;
	struct path p;
	long rc = path_begin(&p, fd, user_path);

	if (!rc)
		rc = path_walk(&p, PATH_NOFOLLOW);
	if (!rc)
		rc = may_unlink(&p, dir);
	if (!rc)
		rc = removable(&p, &e);
	if (!rc)
		gone = dir_remove(p.dir, e);
	path_end(&p);
	node_put(gone);
	return rc;
}

SYSCALL(87, unlink)
{
	return remove_name(AT_FDCWD, args->a[0], false);
}

SYSCALL(84, rmdir)
{
	return remove_name(AT_FDCWD, args->a[0], true);
}

SYSCALL(263, unlinkat)
{
	if (args->a[2] & ~(unsigned long)AT_REMOVEDIR)
		return -EINVAL;
	return remove_name((int)args->a[0], args->a[1], args->a[2] & AT_REMOVEDIR);
}

static bool is_below(const struct node *n, const struct node *top)
{
	for (; n != tree_root; n = n->parent)
		if (n == top)
			return true;
	return false;
}

/* Tree locked: whether the old node may take the new name, and replace its present node. */
static long may_replace(const struct path *old, const struct path *new)
{
	if (is_dir(old->node) && is_below(new->dir, old->node))
		return -EINVAL;
	if (!new->node)
		return new->want_dir && !is_dir(old->node) ? -ENOTDIR : 0;
	if (is_dir(new->node))
		return !is_dir(old->node)		  ? -EISDIR
		       : !list_empty(&new->node->entries) ? -ENOTEMPTY
							  : 0;
	return is_dir(old->node) ? -ENOTDIR : 0;
}

/* Gives a directory another parent. */
static void reparent(struct node *n, struct node *dir)
{
	struct node *from = n->parent;

	n->parent = dir;
	node_get(dir);
	dir->nlink++;
	from->nlink--;
	node_put(from);
}

static long move_name(struct path *old, struct path *new, struct node **gone)
{
	struct entry *e, *there = NULL, *fresh;
	struct node *n = old->node;
	long rc = removable(old, &e);

	if (!rc && new->node)
		rc = removable(new, &there);
	if (!rc && !new->last_len)
		rc = -EBUSY;
	if (!rc)
		rc = may_replace(old, new);
	if (rc || old->node == new->node)
		return rc;
	fresh = dir_entry_new(new->dir, new->last, new->last_len, n);
	if (!fresh)
		return -ENOMEM;
	if (there)
		*gone = dir_remove(new->dir, there);
	list_del(&e->link);
	kfree(e);
	if (is_dir(n) && n->parent != new->dir)
		reparent(n, new->dir);
	node_touch(old->dir);
	node_touch(new->dir);
	return 0;
}

static long rename_at(int fd, unsigned long user_old, int new_fd, unsigned long user_new,
		      unsigned long flags)
{
	struct node *gone = NULL;
	struct path old, new;
	long rc;

	if (flags & ~(unsigned long)RENAME_NOREPLACE)
		return -EINVAL;
	rc = begin_two(&old, fd, user_old, &new, new_fd, user_new);
	if (!rc)
		rc = path_walk(&old, PATH_NOFOLLOW);
	if (!rc)
		rc = path_walk(&new, PATH_CREATE | PATH_NOFOLLOW | PATH_LOCKED);
	if (!rc && new.node && (flags & RENAME_NOREPLACE))
		rc = -EEXIST;
	if (!rc)
		rc = move_name(&old, &new, &gone);
	path_end(&old);
	path_end(&new);
	node_put(gone);
	return rc;
}

SYSCALL(82, rename)
{
	return rename_at(AT_FDCWD, args->a[0], AT_FDCWD, args->a[1], 0);
}

SYSCALL(264, renameat)
{
	return rename_at((int)args->a[0], args->a[1], (int)args->a[2], args->a[3], 0);
}

SYSCALL(316, renameat2)
{
	return rename_at((int)args->a[0], args->a[1], (int)args->a[2], args->a[3], args->a[4]);
}
