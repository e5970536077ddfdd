/* SPDX-License-Identifier: MIT */
/*
 * Resource limits of processes: kept, passed on and told for all of them; who uses a
 * resource asks for its own. Shared with children until one changes them.
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
#define LIMIT_NONE (~0UL)

struct rlimit {
	u64 now, most;
};

/* What the running process may have of it. */
u64 task_limit(unsigned which);
/* Both values of a process; family locked. */
struct rlimit limits_get(const struct task *leader, unsigned which);
/* Family locked. -ENOMEM. */
long limits_set(struct task *leader, unsigned which, const struct rlimit *new);
void limits_inherit(struct task *child);
void limits_free(struct task *t);

#endif
