/* SPDX-License-Identifier: MIT */
/* Open files and the table of them that a process has. */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "arch/x86/spinlock.h"

struct inode;
struct file;
struct node;
struct poll;

#define MAX_FDS	     1024
#define FDS_IN_PLACE 32 /* beyond these the table is allocated apart */

#define O_ACCMODE   03
#define O_RDONLY    00
#define O_WRONLY    01
#define O_RDWR	    02
#define O_CREAT	    0100
#define O_EXCL	    0200
#define O_TRUNC	    01000
#define O_APPEND    02000
#define O_NONBLOCK  04000
#define O_LARGEFILE 0100000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW  0400000
#define O_CLOEXEC   02000000
#define O_PATH	    010000000

#define POLLIN	 0x001
#define POLLOUT	 0x004
#define POLLERR	 0x008
#define POLLHUP	 0x010
#define POLLNVAL 0x020

/*
 * A file either has a position, and read_at and write_at, or it has read and write. All
 * return the bytes moved between user memory at buf and the file, or negative errno;
 * a missing one gives EINVAL.
 */
struct file_ops {
	long (*read)(struct file *f, unsigned long buf, size_t n);
	long (*write)(struct file *f, unsigned long buf, size_t n);
	long (*read_at)(struct file *f, unsigned long buf, size_t n, size_t at);
	long (*write_at)(struct file *f, unsigned long buf, size_t n, size_t at);
	/* What can be done without waiting, POLL* bits. With p, queues the task (sys/poll.h).
	 * Missing: all. */
	unsigned (*poll)(struct file *f, struct poll *p);
	/* Bytes that a read would give now; missing: ENOTTY. */
	long (*available)(struct file *f);
	/* The node has been opened. Not 0: it cannot be. */
	long (*open)(struct file *f);
	/* The last descriptor is closed. */
	void (*release)(struct file *f);
};

struct file {
	u32 refs;
	u32 flags; /* O_ACCMODE, O_APPEND, O_NONBLOCK, O_PATH */
	const struct file_ops *ops;
	struct node *node;   /* counted; NULL: none */
	struct inode *inode; /* the node's contents, if they can be mapped */
	size_t pos;
	spinlock_t lock; /* pos; held while data is moved */
	void *data;	 /* the ops', NULL at first */
};

/* A device is one file with one of these in it; a node of that path is made at boot. */
struct device {
	const char *path;
	const struct file_ops *ops;
};
#define DEVICE(d) const struct device *const d##_entry __used __section("devices") = &(d)

/* What threads of a process share. */
struct files {
	u32 refs;	 /* threads */
	spinlock_t lock; /* what follows */
	u32 umask;
	u32 size; /* of the table; a multiple of 32 */
	struct node *cwd;
	struct file **fd;
	/* A bit for each descriptor; of the words only those that the size needs are valid. */
	u64 open[MAX_FDS / 64];
	u64 cloexec[MAX_FDS / 64]; /* closed when another program starts */
	struct file *in_place[FDS_IN_PLACE];
};

/* -- fdtable.c --------------------------------------------------------------------- */

/* With the console as 0, 1 and 2, in the root directory. NULL: no memory. */
struct files *files_new(void);
struct files *files_fork(struct files *from);
/* One more thread uses the table; returns it. */
struct files *files_get(struct files *files);
void files_put(struct files *files); /* NULL is fine */
/* A new program starts. */
void files_exec(void);
/* NULL if fd is not open. Counted, since another thread may close it: file_put(). */
struct file *file_get(int fd);
/* The lowest free descriptor from `from` on for f, whose reference it takes; -EMFILE leaves that.
 */
long file_install(struct file *f, int from, bool cloexec);
/* Descriptors that the running process may have: those below. */
u64 files_limit(void);
/* Makes `to` mean the same as fd. */
long file_dup_to(int fd, int to, bool cloexec);
long file_close(int fd);
/* Closes, or only marks for exec, all from first to last. */
void file_close_range(unsigned first, unsigned last, bool cloexec);
/* F_GETFD and F_SETFD; -EBADF. */
long file_get_cloexec(int fd);
long file_set_cloexec(int fd, bool cloexec);

/* -- file.c ------------------------------------------------------------------------ */

/* Makes the nodes of all devices. */
void devices_init(void);
/* An open file without a descriptor; takes a reference to the node, which may be NULL. NULL: no
 * memory. */
struct file *file_new(const struct file_ops *ops, struct node *node, u32 flags);
void file_put(struct file *f);
/* An open file for a node; flags as for open(), which has asked for permission and made it. */
long file_open_node(struct node *n, unsigned flags, struct file **out);
/* The same for the path of an existing file. NULL: it cannot be opened. */
struct file *file_open_kernel(const char *path, unsigned flags);
/* And with a new descriptor, or negative errno. */
long file_open(const char *path, unsigned flags);

long file_read(struct file *f, unsigned long buf, size_t n);
long file_write(struct file *f, unsigned long buf, size_t n);
bool file_seekable(const struct file *f);

#endif
