/* SPDX-License-Identifier: MIT */
/*
 * When memory is exhausted. A system call fails with ENOMEM and the program may do
 * something about it; a page fault cannot fail, so a process has to end.
 */
#ifndef PROC_OOM_H
#define PROC_OOM_H

/*
 * A fault of the running process, from user mode, finds no memory. That process is killed; but
 * process 1, which the session depends on, only when it is alone: before it goes the
 * largest of the others. While a process is on its way out nobody is killed. Who has not been
 * tries again. No lock is held.
 */
void oom_kill(void);

/* Emits a warning record for each process that was killed, as long as they are few. */
void oom_report(void);

#endif
