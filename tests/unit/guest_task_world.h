/* SPDX-License-Identifier: MIT */
/*
 * The life of processes and threads: proc/task.c, exit.c and sys/file.c, with a
 * scheduler that is the test. Who runs is said by run_as(); a task that gives the
 * CPU away for good jumps back, and while one sleeps in wait4 the test lets the
 * others get on.
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
extern jmp_buf gone;		   /* where a task that has ended gets us */
extern void (*while_asleep)(void); /* what happens while a task sleeps; NULL: it must not */
extern const struct clone plain;   /* a fork */

/* What main() calls first: the world, with the directory tree. */
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
