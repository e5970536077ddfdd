/* SPDX-License-Identifier: MIT */
/*
 * /proc: what its files say (proc_text.c), and how they are found and opened (procfs.c).
 */
#ifndef SYS_PROCFS_H
#define SYS_PROCFS_H

#include "lib/types.h"

struct node;

/* Text of any length; what does not fit is counted but not kept. */
struct text {
	char *buf;
	size_t room, len;
};

void text_add(struct text *t, const char *fmt, ...) __printf(2, 3);

/* One file. Tree locked; pid is the directory's process, or 0. */
struct proc_file {
	const char *name;
	void (*show)(struct text *t, int pid);
};

/* In /proc and in /proc/PID; each ends with one without a name. */
extern const struct proc_file proc_root_files[], proc_pid_files[];

/* Makes /proc dynamic. */
void procfs_init(void);

#endif
