/* SPDX-License-Identifier: MIT */
/*
 * Resource limits of processes. This code stores, inherits and reports all of them; the
 * code that uses a resource checks its own limit. Shared with children until one of them
 * changes them.
 */
#ifndef PROC_LIMITS_H
#define PROC_LIMITS_H

#include "arch/x86/types.h"

struct task;

/* Linux's numbers. */
enum {
	RLIMIT_CPU,
	RLIMIT_FSIZE,
	RLIMIT_DATA,
	RLIMIT_STACK,
	RLIMIT_CORE,
	RLIMIT_RSS,
	RLIMIT_NPROC,
	RLIMIT_NOFILE,
	RLIMIT_MEMLOCK,
	RLIMIT_AS,
	NR_LIMITS = 16,
};
#define LIMIT_NONE (~(u64)0)

struct rlimit {
	u64 now, most;
};

/* The running process' soft limit. */
u64 task_limit(unsigned which);
/* Both limits of a process; family locked. */
struct rlimit limits_get(const struct task *leader, unsigned which);
/* Family locked. -ENOMEM. */
long limits_set(struct task *leader, unsigned which, const struct rlimit *new);
void limits_inherit(struct task *child);
void limits_free(struct task *t);

#endif
