/* SPDX-License-Identifier: MIT */
/*
 * The family tree of processes, shared by the two files that change it. One lock
 * guards it: parents, children, threads of a process, pids, and who has ended.
 */
#ifndef PROC_FAMILY_H
#define PROC_FAMILY_H

#include "proc/task.h"

extern spinlock_t family_lock;
extern struct task *by_pid[MAX_TASKS + 1]; /* pids 1 .. MAX_TASKS */
extern struct task *undertaker; /* parent of orphans: the thread that started process 1 */

/* Family locked: the task's pid may be given to another one. */
void pid_release(const struct task *t);

#endif
