/* SPDX-License-Identifier: MIT */
/*
 * /proc: the contents of its files (proc_text.c), and their names and opening (procfs.c).
 */
#ifndef SYS_PROCFS_H
#define SYS_PROCFS_H

#include "lib/types.h"

struct node;

/* Text of any length; the part that does not fit is counted but not stored. */
struct text {
	char *buf;
	size_t room, len;
};

void text_add(struct text *t, const char *fmt, ...) __printf(2, 3);

/* One file. Its function runs with the tree locked; pid is the directory's process, or 0. */
struct proc_file {
	const char *name;
	void (*show)(struct text *t, int pid);
};

/* The files in /proc and in /proc/PID; each list ends with an entry without a name. */
extern const struct proc_file proc_root_files[], proc_pid_files[];

/* Makes /proc dynamic. */
void procfs_init(void);

#endif
