/* SPDX-License-Identifier: MIT */
/*
 * The directory tree: nodes and their names, all in memory. A node is a file, directory,
 * symbolic link, device or pipe. A directory is a list of entries; each is a name and a
 * node, so a file may have several names.
 *
 * The nodes of the kernel and of the initial ramdisk are *fixed*: programs cannot change
 * or remove them. All that programs add, also to fixed directories, is removed at the end
 * of the session (tree_reset). Names, open files, mappings, and directories below a node
 * hold references to it.
 *
 * One lock guards all names. User memory is not touched under it.
 */
#ifndef SYS_NODE_H
#define SYS_NODE_H

#include "mm/inode.h"

struct file_ops;
struct node;

#define NAME_MAX    255
#define TMPFS_MAGIC 0x01021994 /* of the file system, for statfs() */
#define PATH_MAX    4096

#define S_IFMT	 0170000
#define S_IFSOCK 0140000
#define S_IFLNK	 0120000
#define S_IFREG	 0100000
#define S_IFDIR	 0040000
#define S_IFCHR	 0020000
#define S_IFIFO	 0010000
#define S_IXALL	 0000111

/* A directory whose entries are not stored but computed (/proc). */
struct node_ops {
	/*
	 * Returns the node with a reference, or NULL if it does not exist or memory is exhausted.
	 */
	struct node *(*find)(struct node *dir, const char *name, size_t len);
	/*
	 * Entry number *n, from 0 on, or the next existing one, whose number is stored in *n: its
	 * name, and the node with a reference. Returns false after the last entry.
	 */
	bool (*list)(struct node *dir, u64 *n, char *name, struct node **what);
};

struct node {
	struct inode inode; /* contents; its count is the node's. Must be first */
	u32 mode;	    /* type and permissions */
	u32 nlink, uid, gid;
	u64 ino;
	u64 atime, mtime, ctime; /* ns since 1970 */
	bool fixed;
	spinlock_t io;	     /* serializes writes to one file */
	struct node *parent; /* directory: holds a reference; the root's is itself, without one */
	struct list_head entries;
	u64 last_cookie;
	const struct node_ops *find; /* dynamic directory */
	const struct file_ops *ops;  /* device, or contents made when it is opened */
	char *target;		     /* symbolic link's, with terminator; from kmalloc() */
	unsigned long data;	     /* for the code that set ops or find */
	int pid;		     /* /proc: the process that it describes, or 0 */
};

struct entry {
	struct list_head link;
	struct node *node; /* holds a reference */
	u64 cookie;	   /* increases along the list: a reader's position in it */
	u8 len;
	char name[]; /* with terminator */
};

extern struct node *tree_root;

void tree_lock(void);
void tree_unlock(void);

/* Makes the root, and the directories of every tree: /dev, /proc, /tmp. */
void tree_init(void);
/* Removes all nodes that are not fixed. There must be no process. */
void tree_reset(void);
/* Makes a node, and missing directories, at an absolute path. NULL: no memory. Boot only. */
struct node *tree_add(const char *path, u32 mode);

/* A node without a name, one reference. NULL: no memory. */
struct node *node_new(u32 mode);
static inline void node_get(struct node *n)
{
	inode_get(&n->inode);
}
/* NULL is fine. The tree must not be locked. */
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
/* The node of that name with a reference, "." and ".." included; or NULL. */
struct node *dir_find(struct node *dir, const char *name, size_t len);
/*
 * Gives the node a name, which must not exist yet. 0, -ENOMEM, or -ENOENT in a removed
 * directory.
 */
long dir_add(struct node *dir, const char *name, size_t len, struct node *n);
/* Only makes the entry, for a node that already has the name's reference. NULL: no memory. */
struct entry *dir_entry_new(struct node *dir, const char *name, size_t len, struct node *n);
/* Absolute path of a node, by the first name found, at the end of the buffer. -ENOENT, -ERANGE. */
long node_path(struct node *n, char *buf, size_t room, const char **path);
/* Removes the name. The caller must put the name's reference after unlocking. */
struct node *dir_remove(struct node *dir, struct entry *e);

#endif
