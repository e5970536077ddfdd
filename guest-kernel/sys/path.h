/* SPDX-License-Identifier: MIT */
/*
 * From a path to a node. A look-up has four steps:
 *
 *	rc = path_begin(&p, fd, address);	the path comes from the program
 *	rc = path_walk(&p, flags);		tree locked when it returns
 *	... look at p.node, or give p.last a name in p.dir ...
 *	path_end(&p);				unlocks, gives everything back
 *
 * path_end() is due after path_begin() whatever that and path_walk() returned. A second
 * path of the same call is begun before either is walked.
 */
#ifndef SYS_PATH_H
#define SYS_PATH_H

#include "sys/node.h"

#define AT_FDCWD -100

enum path_flags {
	PATH_NOFOLLOW = 1, /* the last component may be a symbolic link */
	PATH_CREATE = 2,   /* the last component need not exist: then node is NULL */
	PATH_EMPTY = 4,	   /* an empty path means the descriptor's own node */
	PATH_LOCKED = 8,   /* another path has locked the tree, and unlocks it */
};

struct path {
	char *text; /* a page, for links are expanded in it */
	struct node *start, *dir, *node;
	const char *last; /* in text; not "." or "..", which have last_len 0; no terminator */
	size_t last_len;
	bool want_dir; /* it ended in a slash */
	bool locked;
};

/* fd: directory that a relative path starts from, or AT_FDCWD. */
long path_begin(struct path *p, int fd, unsigned long user_path);
/* The same for a path of the kernel's. */
long path_begin_kernel(struct path *p, const char *path);
/* Finds p->node and the directory p->dir that it was looked for in, both counted. */
long path_walk(struct path *p, unsigned flags);
void path_end(struct path *p);

/* The file of that path, counted; -EISDIR, -EACCES where it is none. */
long inode_open(const char *path, struct inode **inode);

#endif
