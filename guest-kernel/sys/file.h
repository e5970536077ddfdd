/* SPDX-License-Identifier: MIT */
/* Open files and the table of them that a process has. */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "arch/x86/spinlock.h"

struct inode;
struct file;

#define MAX_FDS 32

struct file_ops {
	/* Bytes moved between user memory at buf and the file, or negative errno. NULL: EINVAL. */
	long (*read)(struct file *f, unsigned long buf, size_t n);
	long (*write)(struct file *f, unsigned long buf, size_t n);
	/* The last descriptor is closed. May be NULL. */
	void (*release)(struct file *f);
};

struct file {
	u32 refs;
	const struct file_ops *ops;
	struct inode *inode; /* NULL: a device */
	size_t pos;
	void *data; /* the device's, NULL at first */
};

/* A device is one file with one of these in it; found by its name. */
struct device {
	const char *path;
	const struct file_ops *ops;
};
#define DEVICE(d) const struct device *const d##_entry __used __section("devices") = &(d)

struct files {
	u32 refs;	 /* threads */
	spinlock_t lock; /* what follows */
	struct file *fd[MAX_FDS];
	u32 cloexec; /* a bit for each: closed when another program starts */
};

/* With the console as 0, 1 and 2. NULL: no memory. */
struct files *files_new(void);
struct files *files_fork(struct files *from);
/* One more thread uses the table; returns it. */
struct files *files_get(struct files *files);
void files_put(struct files *files); /* NULL is fine */
/* A new program starts. */
void files_exec(void);
/* NULL if fd is not open. Counted, since another thread may close it: file_put(). */
struct file *file_get(int fd);
void file_put(struct file *f);
/* A new descriptor for path, or negative errno. */
long file_open(const char *path, bool cloexec);
long file_close(int fd);

#endif
