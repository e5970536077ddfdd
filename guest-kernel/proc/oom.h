/* SPDX-License-Identifier: MIT */
/*
 * Exhausted memory. A system call fails with ENOMEM, and the program may react to it. A
 * page fault cannot fail, so a process must end.
 */
#ifndef PROC_OOM_H
#define PROC_OOM_H

/*
 * Call when a fault of the running process, from user mode, finds no memory. The process
 * is killed. But the session depends on process 1, so the largest other process is killed
 * instead of it, if there is one. While a process is ending, no other is killed. A process
 * that was not killed tries again. No lock is held.
 */
void oom_kill(void);

/* Emits a warning record for each killed process, up to a maximum. */
void oom_report(void);

#endif
