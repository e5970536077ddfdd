/* SPDX-License-Identifier: MIT */
/*
 * The family tree of processes, shared by the two files that change it. One lock
 * guards it: parents, children, threads of a process, pids, and who has ended.
 */
#ifndef PROC_FAMILY_H
#define PROC_FAMILY_H

#include "proc/reap.h"
#include "proc/task.h"

extern spinlock_t family_lock;
extern struct task *by_pid[MAX_TASKS + 1]; /* pids 1 .. MAX_TASKS */
extern struct task *undertaker; /* parent of orphans: the thread that started process 1 */

/* Family locked in all of these. */

/* The task's pid may be given to another one. */
void pid_release(const struct task *t);
/* Puts a process into a group and a session, and takes it out. */
void group_join(struct task *leader, int pgid, int sid);
void group_leave(const struct task *leader);
/* Starts a task that has ended, not the family's but its own: it goes to user mode. */
void task_restart(struct task *t, const struct regs *regs);
/* Whether all threads have ended. */
bool has_ended(const struct task *leader);
/* Wakes threads of the parent that wait for children, for them to look again. */
void tell(struct task *parent);
/* All threads end; the first one to say with what status is right. */
void kill_group(struct task *leader, int status);
/* All but the running thread end, whatever becomes of the process. */
void kill_other_threads(struct task *leader);
/* group_exec.c: a thread has ended of a process whose thread `exec_thread` waits for that. */
void exec_thread_gone(struct task *leader);
/* stop.c: by that signal, and going on. */
void stop_group(struct task *leader, int sig);
void continue_group(struct task *leader);
/* Sends the parent SIGCHLD, or what it is for this child. */
void tell_by_signal(struct task *leader, int code, int status);

#endif
