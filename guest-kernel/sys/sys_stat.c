// SPDX-License-Identifier: MIT
/* System calls on the attributes of files: sizes, links, access. Every user is root here. */
#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/path.h"
#include "sys/syscall.h"
#include "sys/timespec.h"

#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_EMPTY_PATH	    0x1000
#define PERMISSIONS	    07777
#define UTIME_NOW	    0x3fffffff
#define UTIME_OMIT	    0x3ffffffe
#define X_OK		    1
#define BLOCK		    512

struct time {
	s64 s, ns;
};

/* As Linux has it on x86-64. */
struct stat {
	u64 dev, ino, nlink;
	u32 mode, uid, gid, pad;
	u64 rdev;
	s64 size, blksize, blocks;
	struct time atime, mtime, ctime;
	s64 unused[3];
};

struct statx_time {
	s64 s;
	u32 ns, pad;
};

struct statx {
	u32 mask, blksize;
	u64 attributes;
	u32 nlink, uid, gid;
	u16 mode, pad;
	u64 ino, size, blocks, attributes_mask;
	struct statx_time atime, btime, ctime, mtime;
	u32 rdev_major, rdev_minor, dev_major, dev_minor;
	u64 spare[14];
};

_Static_assert(sizeof(struct stat) == 144 && sizeof(struct statx) == 256, "Linux's layout");

#define STATX_BASIC 0x7ff

static struct time time_of(u64 ns)
{
	return (struct time){(s64)(ns / NS_PER_S), (s64)(ns % NS_PER_S)};
}

static void fill(struct stat *st, struct node *n)
{
	*st = (struct stat){.dev = 1,
			    .ino = n->ino,
			    .nlink = n->nlink,
			    .mode = n->mode,
			    .uid = n->uid,
			    .gid = n->gid,
			    .rdev = (n->mode & S_IFMT) == S_IFCHR ? n->ino : 0,
			    .size = (s64)n->inode.size,
			    .blksize = PAGE_SIZE,
			    .blocks = (s64)(inode_pages(&n->inode) * (PAGE_SIZE / BLOCK)),
			    .atime = time_of(n->atime),
			    .mtime = time_of(n->mtime),
			    .ctime = time_of(n->ctime)};
	if (is_link(n))
		st->size = (s64)strlen(n->target);
	if ((n->mode & S_IFMT) == S_IFIFO)
		st->nlink = 1;
}

/* Finds the node that fd, path and AT_ flags mean; fills in the answer with the tree locked. */
static long stat_at(int fd, unsigned long user_path, unsigned long flags, struct stat *st)
{
	struct path p;
	long rc = path_begin(&p, fd, user_path);

	if (!rc)
		rc = path_walk(&p, (flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0) |
					   (flags & AT_EMPTY_PATH ? PATH_EMPTY : 0));
	if (!rc)
		fill(st, p.node);
	path_end(&p);
	return rc;
}

#if WORD_BITS == 64
#define stat_to_user(out, st) copy_to_user(out, st, sizeof(*(st)))
#else
#include "sys/32/stat64.h"
#endif

static long give(long rc, const struct stat *st, unsigned long out)
{
	return rc ? rc : stat_to_user(out, st) ? 0 : -EFAULT;
}

SYSCALL(4, stat)
{
	struct stat st;

	return give(stat_at(AT_FDCWD, args->a[0], 0, &st), &st, args->a[1]);
}

SYSCALL(6, lstat)
{
	struct stat st;

	return give(stat_at(AT_FDCWD, args->a[0], AT_SYMLINK_NOFOLLOW, &st), &st, args->a[1]);
}

SYSCALL(5, fstat)
{
	struct file *f = file_get((int)args->a[0]);
	struct stat st;

	if (!f)
		return -EBADF;
	if (f->node)
		fill(&st, f->node);
	else
		st = (struct stat){.mode = S_IFCHR | 0600, .nlink = 1, .blksize = PAGE_SIZE};
	file_put(f);
	return give(0, &st, args->a[1]);
}

SYSCALL(262, newfstatat)
{
	struct stat st;

	return give(stat_at((int)args->a[0], args->a[1], args->a[3], &st), &st, args->a[2]);
}

static struct statx_time statx_time(struct time t)
{
	return (struct statx_time){.s = t.s, .ns = (u32)t.ns};
}

SYSCALL(332, statx)
{
	struct stat st;
	struct statx x;
	long rc = stat_at((int)args->a[0], args->a[1], args->a[2], &st);

	if (rc)
		return rc;
	x = (struct statx){.mask = STATX_BASIC,
			   .blksize = (u32)st.blksize,
			   .nlink = (u32)st.nlink,
			   .uid = st.uid,
			   .gid = st.gid,
			   .mode = (u16)st.mode,
			   .ino = st.ino,
			   .size = (u64)st.size,
			   .blocks = (u64)st.blocks,
			   .atime = statx_time(st.atime),
			   .ctime = statx_time(st.ctime),
			   .mtime = statx_time(st.mtime),
			   .rdev_minor = (u32)st.rdev,
			   .dev_minor = (u32)st.dev};
	return copy_to_user(args->a[4], &x, sizeof(x)) ? 0 : -EFAULT;
}

/* -- access and links ------------------------------------------------------------------- */

static long may_access(int fd, unsigned long user_path, unsigned long mode, unsigned long flags)
{
	struct stat st;
	long rc;

	if (mode & ~7UL)
		return -EINVAL;
	rc = stat_at(fd, user_path, flags, &st);
	if (!rc && (mode & X_OK) && (st.mode & S_IFMT) == S_IFREG && !(st.mode & S_IXALL))
		rc = -EACCES;
	return rc;
}

SYSCALL(21, access)
{
	return may_access(AT_FDCWD, args->a[0], args->a[1], 0);
}

SYSCALL(269, faccessat)
{
	return may_access((int)args->a[0], args->a[1], args->a[2], 0);
}

SYSCALL(439, faccessat2)
{
	return may_access((int)args->a[0], args->a[1], args->a[2], args->a[3]);
}

static long read_link(int fd, unsigned long user_path, unsigned long buf, long n)
{
	char *target = NULL;
	struct path p;
	long rc;

	if (n <= 0)
		return -EINVAL;
	rc = path_begin(&p, fd, user_path);
	if (!rc)
		rc = path_walk(&p, PATH_NOFOLLOW | PATH_EMPTY);
	if (!rc && !is_link(p.node))
		rc = p.text[0] ? -EINVAL : -ENOENT;
	if (!rc) {
		/* The path's own text is not needed any more, so its page is reused. */
		target = p.text;
		rc = (long)min_ul((size_t)n, strlen(p.node->target));
		memcpy(target, p.node->target, (size_t)rc);
		tree_unlock();
		p.locked = false;
		if (!copy_to_user(buf, target, (size_t)rc))
			rc = -EFAULT;
	}
	path_end(&p);
	return rc;
}

SYSCALL(89, readlink)
{
	return read_link(AT_FDCWD, args->a[0], args->a[1], (int)args->a[2]);
}

SYSCALL(267, readlinkat)
{
	return read_link((int)args->a[0], args->a[1], args->a[2], (int)args->a[3]);
}

/* -- changing attributes ------------------------------------------------------------------ */

/* The attributes to change; the others stay. */
struct change {
	bool has_mode, has_owner, has_size, has_atime, has_mtime;
	u32 mode, uid, gid; /* ids of ~0 do not change either */
	size_t size;
	u64 atime, mtime;
};

static long change_node(struct node *n, const struct change *c)
{
	if (c->has_size) {
		if (is_dir(n))
			return -EISDIR;
		if (!is_file(n))
			return -EINVAL;
	}
	if (n->fixed)
		return (n->mode & S_IFMT) == S_IFCHR || is_dir(n) ? 0 : -EROFS;
	if (c->has_size)
		inode_resize(&n->inode, c->size);
	if (c->has_mode)
		n->mode = (n->mode & S_IFMT) | c->mode;
	if (c->has_owner && c->uid != ~0u)
		n->uid = c->uid;
	if (c->has_owner && c->gid != ~0u)
		n->gid = c->gid;
	n->ctime = platform_wall_ns();
	if (c->has_size)
		n->mtime = n->ctime;
	if (c->has_atime)
		n->atime = c->atime;
	if (c->has_mtime)
		n->mtime = c->mtime;
	return 0;
}

static long change_at(int fd, unsigned long user_path, unsigned long flags, const struct change *c)
{
	struct path p;
	long rc = path_begin(&p, fd, user_path);

	if (!rc)
		rc = path_walk(&p, (flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0) |
					   (flags & AT_EMPTY_PATH ? PATH_EMPTY : 0));
	if (!rc)
		rc = change_node(p.node, c);
	path_end(&p);
	return rc;
}

static long change_fd(int fd, const struct change *c)
{
	struct file *f = file_get(fd);
	long rc = -EINVAL;

	if (!f)
		return -EBADF;
	if (f->flags & O_PATH)
		rc = -EBADF;
	else if (f->node && !(c->has_size && (f->flags & O_ACCMODE) == O_RDONLY))
		rc = change_node(f->node, c);
	file_put(f);
	return rc;
}

static struct change to_mode(unsigned long mode)
{
	return (struct change){.has_mode = true, .mode = (u32)mode & PERMISSIONS};
}

SYSCALL(90, chmod)
{
	struct change c = to_mode(args->a[1]);

	return change_at(AT_FDCWD, args->a[0], 0, &c);
}

SYSCALL(91, fchmod)
{
	struct change c = to_mode(args->a[1]);

	return change_fd((int)args->a[0], &c);
}

SYSCALL(268, fchmodat)
{
	struct change c = to_mode(args->a[2]);

	return change_at((int)args->a[0], args->a[1], 0, &c);
}

static struct change to_owner(unsigned long uid, unsigned long gid)
{
	return (struct change){.has_owner = true, .uid = (u32)uid, .gid = (u32)gid};
}

SYSCALL(92, chown)
{
	struct change c = to_owner(args->a[1], args->a[2]);

	return change_at(AT_FDCWD, args->a[0], 0, &c);
}

SYSCALL(93, fchown)
{
	struct change c = to_owner(args->a[1], args->a[2]);

	return change_fd((int)args->a[0], &c);
}

SYSCALL(94, lchown)
{
	struct change c = to_owner(args->a[1], args->a[2]);

	return change_at(AT_FDCWD, args->a[0], AT_SYMLINK_NOFOLLOW, &c);
}

SYSCALL(260, fchownat)
{
	struct change c = to_owner(args->a[2], args->a[3]);

	return change_at((int)args->a[0], args->a[1], args->a[4], &c);
}

static long size_ok(unsigned long size)
{
	return (long)size < 0 ? -EINVAL : size > INODE_MAX_SIZE ? -EFBIG : 0;
}

SYSCALL(76, truncate)
{
	struct change c = {.has_size = true, .size = args->a[1]};
	long rc = size_ok(args->a[1]);

	return rc ? rc : change_at(AT_FDCWD, args->a[0], 0, &c);
}

SYSCALL(77, ftruncate)
{
	struct change c = {.has_size = true, .size = args->a[1]};
	long rc = size_ok(args->a[1]);

	return rc ? rc : change_fd((int)args->a[0], &c);
}

/* Reads one of a pair of times; returns false if it does not change. */
static bool one_time(const struct time *t, u64 *ns)
{
	if (t->ns == UTIME_OMIT)
		return false;
	*ns = t->ns == UTIME_NOW ? platform_wall_ns() : (u64)t->s * NS_PER_S + (u64)t->ns;
	return true;
}

SYSCALL(280, utimensat)
{
	struct time t[2] = {{.ns = UTIME_NOW}, {.ns = UTIME_NOW}};
	struct change c = {.has_mode = false};

	if (args->a[2] && !copy_times_from_user(t, args->a[2], sizeof(t)))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		if (t[i].ns != UTIME_NOW && t[i].ns != UTIME_OMIT && (u64)t[i].ns >= NS_PER_S)
			return -EINVAL;
	c.has_atime = one_time(&t[0], &c.atime);
	c.has_mtime = one_time(&t[1], &c.mtime);
	if (!args->a[1])
		return change_fd((int)args->a[0], &c);
	return change_at((int)args->a[0], args->a[1], args->a[3], &c);
}
