/* SPDX-License-Identifier: MIT */
/* Open files, and the descriptor table of a process. */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "arch/x86/spinlock.h"

struct inode;
struct file;
struct node;
struct poll;

#define MAX_FDS	     1024
#define FDS_IN_PLACE 32 /* with more, the table is allocated separately */

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
 * A file has either a position, and read_at and write_at, or it has read and write. All
 * return the number of bytes moved between user memory at buf and the file, or a negative
 * errno. A missing operation gives EINVAL.
 */
struct file_ops {
	long (*read)(struct file *f, unsigned long buf, size_t n);
	long (*write)(struct file *f, unsigned long buf, size_t n);
	long (*read_at)(struct file *f, unsigned long buf, size_t n, size_t at);
	long (*write_at)(struct file *f, unsigned long buf, size_t n, size_t at);
	/*
	 * Returns the operations that need no waiting, POLL* bits. With p, queues the task
	 * (sys/poll.h). Missing: everything.
	 */
	unsigned (*poll)(struct file *f, struct poll *p);
	/* Number of bytes that a read would return now; missing: ENOTTY. */
	long (*available)(struct file *f);
	/* The node has been opened. Not 0: an error, and it is closed again. */
	long (*open)(struct file *f);
	/* The last descriptor is closed. */
	void (*release)(struct file *f);
};

struct file {
	u32 refs;
	u32 flags; /* O_ACCMODE, O_APPEND, O_NONBLOCK, O_PATH */
	const struct file_ops *ops;
	struct node *node;   /* holds a reference; NULL: none */
	struct inode *inode; /* the node's contents, if they can be mapped */
	size_t pos;
	spinlock_t lock; /* pos; held while data is moved */
	void *data;	 /* private to the ops, initially NULL */
};

/* A device is one source file with one of these in it. At boot a node of that path is made. */
struct device {
	const char *path;
	const struct file_ops *ops;
};
#define DEVICE(d) const struct device *const d##_entry __used __section("devices") = &(d)

/* The open files that the threads of a process share. */
struct files {
	u32 refs;	 /* number of threads */
	spinlock_t lock; /* guards the following members */
	u32 umask;
	u32 size; /* of the table; a multiple of 32 */
	struct node *cwd;
	struct file **fd;
	/* A bit for each descriptor; only the words that the size needs are valid. */
	u64 open[MAX_FDS / 64];
	u64 cloexec[MAX_FDS / 64]; /* closed by exec */
	struct file *in_place[FDS_IN_PLACE];
};

/* -- fdtable.c --------------------------------------------------------------------- */

/* A new table with the console as 0, 1 and 2, in the root directory. NULL: no memory. */
struct files *files_new(void);
struct files *files_fork(struct files *from);
/* One more thread uses the table; returns it. */
struct files *files_get(struct files *files);
void files_put(struct files *files); /* NULL is fine */
/* A new program starts. */
void files_exec(void);
/*
 * Returns NULL if fd is not open. Takes a reference, since another thread may close it:
 * file_put().
 */
struct file *file_get(int fd);
/*
 * Gives f the lowest free descriptor from `from` on, and takes over its reference; not if
 * it fails with -EMFILE.
 */
long file_install(struct file *f, int from, bool cloexec);
/* The running process may have descriptors below this number. */
u64 files_limit(void);
/* Makes `to` refer to the same open file as fd. */
long file_dup_to(int fd, int to, bool cloexec);
long file_close(int fd);
/* Closes all descriptors from first to last, or only marks them as closed by exec. */
void file_close_range(unsigned first, unsigned last, bool cloexec);
/* F_GETFD and F_SETFD; -EBADF. */
long file_get_cloexec(int fd);
long file_set_cloexec(int fd, bool cloexec);

/* -- file.c ------------------------------------------------------------------------ */

/* Makes the nodes of all devices. */
void devices_init(void);
/*
 * Makes an open file without a descriptor. Takes a reference to the node, which may be
 * NULL. NULL: no memory.
 */
struct file *file_new(const struct file_ops *ops, struct node *node, u32 flags);
void file_put(struct file *f);
/*
 * Makes an open file for a node; flags as for open(), which has checked permissions and
 * made the node.
 */
long file_open_node(struct node *n, unsigned flags, struct file **out);
/* The same for the path of an existing file. Returns NULL if it cannot be opened. */
struct file *file_open_kernel(const char *path, unsigned flags);
/* The same with a new descriptor. Returns it or a negative errno. */
long file_open(const char *path, unsigned flags);

long file_read(struct file *f, unsigned long buf, size_t n);
long file_write(struct file *f, unsigned long buf, size_t n);
bool file_seekable(const struct file *f);

#endif
