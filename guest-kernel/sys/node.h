/* SPDX-License-Identifier: MIT */
/*
 * The directory tree: nodes and their names, all of it in memory. A node is a file,
 * directory, symbolic link, device or pipe; a directory is a list of entries, each a name
 * and the node that it stands for, so that a file may have several names.
 *
 * What the kernel and the initial ramdisk bring is *fixed*: programs cannot change
 * or remove it. What programs add, also to fixed directories, goes at the session's
 * end (tree_reset). Nodes are counted by names, open files, mappings and
 * directories below them.
 *
 * One lock guards all names. User memory is not touched under it.
 */
#ifndef SYS_NODE_H
#define SYS_NODE_H

#include "mm/inode.h"

struct file_ops;
struct node;

#define NAME_MAX 255
#define PATH_MAX 4096

#define S_IFMT	 0170000
#define S_IFSOCK 0140000
#define S_IFLNK	 0120000
#define S_IFREG	 0100000
#define S_IFDIR	 0040000
#define S_IFCHR	 0020000
#define S_IFIFO	 0010000
#define S_IXALL	 0000111

/* A directory whose entries are not kept but found out (/proc). */
struct node_ops {
	/* A counted node, NULL if there is none of that name or no memory. */
	struct node *(*find)(struct node *dir, const char *name, size_t len);
	/* Entry number *n, from 0 on, or if that is missing the next, which *n then is: its name,
	 * and the counted node. False behind the last. */
	bool (*list)(struct node *dir, u64 *n, char *name, struct node **what);
};

struct node {
	struct inode inode; /* contents; its count is the node's. First */
	u32 mode;	    /* type and permissions */
	u32 nlink, uid, gid;
	u64 ino;
	u64 atime, mtime, ctime; /* ns since 1970 */
	bool fixed;
	spinlock_t io;	     /* keeps writes to one file apart */
	struct node *parent; /* directory: counted; the root's is itself, not counted */
	struct list_head entries;
	u64 last_cookie;
	const struct node_ops *find; /* dynamic directory */
	const struct file_ops *ops;  /* device, or contents made when it is opened */
	char *target;		     /* symbolic link's, with terminator; from kmalloc() */
	unsigned long data;	     /* whoever set ops or find knows */
	int pid;		     /* /proc: the process it tells of, or 0 */
};

struct entry {
	struct list_head link;
	struct node *node; /* counted */
	u64 cookie;	   /* grows along the list: a reader's place in it */
	u8 len;
	char name[]; /* with terminator */
};

extern struct node *tree_root;

void tree_lock(void);
void tree_unlock(void);

/* The root, and what belongs into every tree: /dev, /proc, /tmp. */
void tree_init(void);
/* Removes all that is not fixed. No process is left. */
void tree_reset(void);
/* Makes a node, and its directories where missing, at an absolute path. NULL: no memory. Boot only.
 */
struct node *tree_add(const char *path, u32 mode);

/* A node without a name, one reference. NULL: no memory. */
struct node *node_new(u32 mode);
static inline void node_get(struct node *n)
{
	inode_get(&n->inode);
}
/* NULL is fine. Tree not locked. */
void node_put(struct node *n);
static inline bool is_dir(const struct node *n)
{
	return (n->mode & S_IFMT) == S_IFDIR;
}
static inline bool is_link(const struct node *n)
{
	return (n->mode & S_IFMT) == S_IFLNK;
}
static inline bool is_file(const struct node *n)
{
	return (n->mode & S_IFMT) == S_IFREG;
}
void node_touch(struct node *n); /* contents and attributes changed now */

/* -- tree locked -------------------------------------------------------------------- */

struct entry *dir_entry(struct node *dir, const char *name, size_t len);
/* The counted node of that name, "." and ".." included; NULL. */
struct node *dir_find(struct node *dir, const char *name, size_t len);
/* Gives the node a name, which is not there yet. 0, -ENOMEM, or -ENOENT in a removed directory. */
long dir_add(struct node *dir, const char *name, size_t len, struct node *n);
/* Only the entry, for a node that has its reference already. NULL: no memory. */
struct entry *dir_entry_new(struct node *dir, const char *name, size_t len, struct node *n);
/* Absolute path of a node, by the first name that is found, at the end of the buffer. -ENOENT,
 * -ERANGE. */
long node_path(struct node *n, char *buf, size_t room, const char **path);
/* Takes the name away. The reference that it had is the caller's to put after unlocking. */
struct node *dir_remove(struct node *dir, struct entry *e);

#endif
