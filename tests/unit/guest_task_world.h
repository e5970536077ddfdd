/* SPDX-License-Identifier: MIT */
/*
 * The life of processes and threads: proc/task.c, exit.c and sys/file.c, with the test as
 * scheduler. run_as() chooses the running task. A task that gives up the CPU for good
 * jumps back, and while a task sleeps in wait4, the test lets the others run.
 */
#ifndef GUEST_TASK_WORLD_H
#define GUEST_TASK_WORLD_H

#include "guest_world.h"

#include "lib/errno.h"
#include "proc/task.h"
#include "proc/wait.h"
#include "sys/file.h"
#include "sys/node.h"
#include "sys/path.h"

#define RW (VMA_READ | VMA_WRITE)
#define A  0x400000UL

extern struct task session;	   /* the kernel thread that starts process 1 */
extern struct task *newest;	   /* last one woken */
extern jmp_buf gone;		   /* jump target of a task that has ended */
extern void (*while_asleep)(void); /* called while a task sleeps; NULL: it must not sleep */
extern const struct clone plain;   /* a fork */

/* main() calls it first: the world, with the directory tree. */
void task_world_boot(void);

void run_as(struct task *t);
/* Process 1 with a page of memory, running. */
struct task *start_init(void);
/* A child of the running process; NULL if there is no memory. */
struct task *fork_now(void);
/* Ends a process of one thread. */
void exit_now(struct task *t, int status);
void wait_for(struct task *parent, int pid, long expect, int expect_status);

#endif
