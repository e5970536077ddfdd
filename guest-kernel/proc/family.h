/* SPDX-License-Identifier: MIT */
/*
 * The family tree of processes, shared by the files that change it. One lock guards it:
 * parents, children, threads of a process, pids, and the state of ended processes.
 */
#ifndef PROC_FAMILY_H
#define PROC_FAMILY_H

#include "proc/reap.h"
#include "proc/task.h"

extern spinlock_t family_lock;
extern struct task *by_pid[MAX_TASKS + 1]; /* pids 1 .. MAX_TASKS */
extern struct task *child_reaper; /* parent of orphans: the thread that started process 1 */

/* Family locked in all of these. */

/* The task's pid may be given to another task. */
void pid_release(const struct task *t);
/* Adds a process to a group and a session; and removes it. */
void group_join(struct task *leader, int pgid, int sid);
void group_leave(const struct task *leader);
/* Restarts an ended task that is not part of the family: it returns to user mode. */
void task_restart(struct task *t, const struct regs *regs);
/* Whether all threads have ended. */
bool has_ended(const struct task *leader);
/* Wakes threads of the parent that wait for children, so that they check again. */
void wake_waiting_parent(struct task *parent);
/* All threads end; the status of the first one to end counts. */
void kill_group(struct task *leader, int status);
/* All threads except the running one end, whatever becomes of the process. */
void kill_other_threads(struct task *leader);
/* group_exec.c: a thread has ended in a process whose thread `exec_thread` waits for that. */
void exec_thread_gone(struct task *leader);
/* stop.c: stop by that signal, and continue. */
void stop_group(struct task *leader, int sig);
void continue_group(struct task *leader);
/* Sends the parent SIGCHLD, or the signal that this child sends instead. */
void tell_by_signal(struct task *leader, int code, int status);

#endif
