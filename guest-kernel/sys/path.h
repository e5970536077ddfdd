/* SPDX-License-Identifier: MIT */
/*
 * From a path to a node. A look-up has four steps:
 *
 *	rc = path_begin(&p, fd, address);	the path comes from the program
 *	rc = path_walk(&p, flags);		tree locked when it returns
 *	... look at p.node, or give p.last a name in p.dir ...
 *	path_end(&p);				unlocks, drops all references
 *
 * Call path_end() after path_begin(), whatever path_begin() and path_walk() returned. If a
 * call has two paths, begin both before you walk either.
 */
#ifndef SYS_PATH_H
#define SYS_PATH_H

#include "sys/node.h"

#define AT_FDCWD -100

enum path_flags {
	PATH_NOFOLLOW = 1, /* the last component may be a symbolic link */
	PATH_CREATE = 2,   /* the last component need not exist; node is NULL then */
	PATH_EMPTY = 4,	   /* an empty path means the descriptor's own node */
	PATH_LOCKED = 8,   /* another path has locked the tree, and will unlock it */
};

struct path {
	char *text; /* one page, in which links are expanded */
	struct node *start, *dir, *node;
	const char *last; /* in text; not "." or "..", which have last_len 0; no terminator */
	size_t last_len;
	bool want_dir; /* the path ended with a slash */
	bool locked;
};

/* fd: start directory of a relative path, or AT_FDCWD. */
long path_begin(struct path *p, int fd, unsigned long user_path);
/* The same for a kernel path. */
long path_begin_kernel(struct path *p, const char *path);
/* Finds p->node and the directory p->dir that contains its name; takes a reference to both. */
long path_walk(struct path *p, unsigned flags);
void path_end(struct path *p);

/* The file at that path, with a reference. -EISDIR or -EACCES if it is not a regular file. */
long inode_open(const char *path, struct inode **inode);

#endif
