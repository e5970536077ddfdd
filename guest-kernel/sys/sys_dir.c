// SPDX-License-Identifier: MIT
/* System calls on directories: the working directory, listings, and the file system as a whole. */
#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/path.h"
#include "sys/syscall.h"

#define DT_SHIFT 12 /* converts the type of a mode to that of a directory entry */

static void change_to(struct node *n)
{
	struct files *fs = current->files;
	struct node *old;

	node_get(n);
	spin_lock(&fs->lock);
	old = fs->cwd;
	fs->cwd = n;
	spin_unlock(&fs->lock);
	node_put(old);
}

SYSCALL(80, chdir)
{
	struct path p;
	long rc = path_begin(&p, AT_FDCWD, args->a[0]);

	if (!rc)
		rc = path_walk(&p, 0);
	if (!rc && !is_dir(p.node))
		rc = -ENOTDIR;
	if (!rc)
		change_to(p.node);
	path_end(&p);
	return rc;
}

SYSCALL(81, fchdir)
{
	struct file *f = file_get((int)args->a[0]);
	long rc = 0;

	if (!f)
		return -EBADF;
	if (f->node && is_dir(f->node))
		change_to(f->node);
	else
		rc = -ENOTDIR;
	file_put(f);
	return rc;
}

SYSCALL(79, getcwd)
{
	struct page *page = page_alloc();
	const char *path = NULL;
	size_t len = 0;
	long rc;

	if (!page)
		return -ENOMEM;
	tree_lock();
	rc = node_path(current->files->cwd, page_to_virt(page), PATH_MAX, &path);
	tree_unlock();
	if (!rc) {
		len = strlen(path) + 1;
		if (len > args->a[1])
			rc = -ERANGE;
		else
			rc = copy_to_user(args->a[0], path, len) ? (long)len : -EFAULT;
	}
	page_put(page);
	return rc;
}

SYSCALL(95, umask)
{
	return __atomic_exchange_n(&current->files->umask, args->a[0] & 0777, __ATOMIC_RELAXED);
}

/* -- getdents ---------------------------------------------------------------------------- */

struct dirent {
	u64 ino;
	s64 next;
	u16 len;
	u8 type;
	char name[];
} __packed;

/*
 * A listing is collected in a page of the kernel, because user memory must not be touched
 * under the lock.
 */
struct listing {
	char *at, *end;
};

static bool add(struct listing *l, const char *name, const struct node *n, u64 next)
{
	size_t len = offsetof(struct dirent, name) + strlen(name) + 1;
	struct dirent *d = (struct dirent *)l->at;

	len = ALIGN_UP(len, 8UL);
	if (l->at + len > l->end)
		return false;
	memset(d, 0, len);
	d->ino = n->ino;
	d->next = (s64)next;
	d->len = (u16)len;
	d->type = (u8)((n->mode & S_IFMT) >> DT_SHIFT);
	copy_string(d->name, name, strlen(name) + 1);
	l->at += len;
	return true;
}

/* A position is 0, 1 after ".", 2 after "..", and then 2 + an entry's cookie. */
static size_t list_kept(struct listing *l, struct node *dir, size_t pos)
{
	struct entry *e;

	list_for_each_entry (e, &dir->entries, link) {
		if (e->cookie + 2 <= pos)
			continue;
		if (!add(l, e->name, e->node, e->cookie + 2))
			break;
		pos = e->cookie + 2;
	}
	return pos;
}

/* In a dynamic directory the numbers of entries come after all cookies that were ever used. */
#define DYNAMIC ((size_t)1 << (WORD_BITS == 64 ? 32 : 30))

static size_t list_dynamic(struct listing *l, struct node *dir, size_t pos)
{
	char name[NAME_MAX + 1];
	u64 n = pos < DYNAMIC ? 0 : pos - DYNAMIC;
	struct node *what;
	bool ok = true;

	for (; ok && dir->find->list(dir, &n, name, &what); n += ok) {
		ok = add(l, name, what, DYNAMIC + n + 1);
		node_put(what);
	}
	return DYNAMIC + n;
}

static size_t list_dir(struct listing *l, struct node *dir, size_t pos)
{
	if (!dir->nlink)
		return pos; /* the directory was removed */
	if (pos == 0 && add(l, ".", dir, 1))
		pos = 1;
	if (pos == 1 && add(l, "..", dir->parent, 2))
		pos = 2;
	if (pos >= 2 && pos < DYNAMIC)
		pos = list_kept(l, dir, pos);
	if (pos >= 2 && dir->find)
		pos = list_dynamic(l, dir, pos);
	return pos;
}

static long get_entries(struct file *f, unsigned long buf, size_t n)
{
	struct page *page;
	struct listing l;
	size_t pos;
	long rc;

	if (!f->node || !is_dir(f->node))
		return -ENOTDIR;
	page = page_alloc();
	if (!page)
		return -ENOMEM;
	l.at = page_to_virt(page);
	l.end = l.at + min_ul(n, PAGE_SIZE);
	spin_lock(&f->lock);
	tree_lock();
	pos = list_dir(&l, f->node, f->pos);
	tree_unlock();
	rc = l.at - (char *)page_to_virt(page);
	if (!rc && pos == f->pos)
		rc = 0;
	if (!copy_to_user(buf, page_to_virt(page), (size_t)rc))
		rc = -EFAULT;
	else
		f->pos = pos;
	spin_unlock(&f->lock);
	page_put(page);
	return rc;
}

SYSCALL(217, getdents64)
{
	struct file *f = file_get((int)args->a[0]);
	long rc;

	if (!f)
		return -EBADF;
	rc = get_entries(f, args->a[1], args->a[2]);
	file_put(f);
	return rc;
}

/* -- the file system ---------------------------------------------------------------------- */

struct statfs {
	s64 type, bsize;
	u64 blocks, bfree, bavail, files, ffree;
	u32 fsid[2];
	s64 namelen, frsize, flags, spare[4];
};

_Static_assert(sizeof(struct statfs) == 120, "Linux's layout");

static long give_statfs(unsigned long out)
{
	u64 free = pages_free_count();
	struct statfs st = {.type = TMPFS_MAGIC,
			    .bsize = PAGE_SIZE,
			    .blocks = boot_info.nr_pages,
			    .bfree = free,
			    .bavail = free,
			    .namelen = NAME_MAX,
			    .frsize = PAGE_SIZE};

	return copy_to_user(out, &st, sizeof(st)) ? 0 : -EFAULT;
}

SYSCALL(137, statfs)
{
	struct path p;
	long rc = path_begin(&p, AT_FDCWD, args->a[0]);

	if (!rc)
		rc = path_walk(&p, 0);
	path_end(&p);
	return rc ? rc : give_statfs(args->a[1]);
}

SYSCALL(138, fstatfs)
{
	struct file *f = file_get((int)args->a[0]);

	if (!f)
		return -EBADF;
	file_put(f);
	return give_statfs(args->a[1]);
}
