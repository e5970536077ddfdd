// SPDX-License-Identifier: MIT
/* System calls on processes: ending, waiting, and identities. */
#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "proc/usage.h"
#include "sys/syscall.h"
#include "sys/timespec.h"

#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003

SYSCALL(60, exit)
{
	task_exit((int)(args->a[0] & 0xff) << 8);
}

SYSCALL(231, exit_group)
{
	task_exit_group((int)(args->a[0] & 0xff) << 8);
}

/* -- processor time ---------------------------------------------------------------------- */

#define RUSAGE_SELF	0
#define RUSAGE_CHILDREN (-1)
#define RUSAGE_THREAD	1
#define TICKS_PER_S	100 /* ticks of times(): USER_HZ */

/* The other members are not counted here. */
struct rusage {
	struct timeval user, system;
	s64 rest[14];
};

/* All time is reported as user mode's: see proc/usage.h. */
static bool give_usage(unsigned long va, u64 ticks)
{
	const struct rusage ru = {.user = timeval_of(platform_ticks_ns(ticks))};

	return !va || copy_times_to_user(va, &ru, sizeof(ru));
}

SYSCALL(98, getrusage)
{
	u64 ticks;

	switch ((int)args->a[0]) {
	case RUSAGE_SELF: ticks = process_ticks(); break;
	case RUSAGE_CHILDREN: ticks = children_ticks(); break;
	case RUSAGE_THREAD: ticks = thread_ticks(); break;
	default: return -EINVAL;
	}
	return give_usage(args->a[1], ticks) ? 0 : -EFAULT;
}

static s64 clock_ticks(u64 ns)
{
	return (s64)(ns / (NS_PER_S / TICKS_PER_S));
}

SYSCALL(100, times)
{
	const struct {
		s64 user, system, child_user, child_system;
	} t = {
		.user = clock_ticks(platform_ticks_ns(process_ticks())),
		.child_user = clock_ticks(platform_ticks_ns(children_ticks())),
	};

	if (args->a[0] && !copy_times_to_user(args->a[0], &t, sizeof(t)))
		return -EFAULT;
	return clock_ticks(platform_clock_ns());
}

/* -- waiting -------------------------------------------------------------------------------- */

SYSCALL(61, wait4)
{
	const u32 known = WAIT_NO_HANG | WAIT_STOPPED | WAIT_CONTINUED | WAIT_THREAD_ONLY |
			  WAIT_ALL | WAIT_CLONE;
	int pid = (int)args->a[0];
	struct wait_for w = {.options = (u32)args->a[2] | WAIT_EXITED};
	struct waited got;
	long rc;

	if ((u32)args->a[2] & ~known)
		return -EINVAL;
	if (pid > 0)
		w.pid = pid;
	else if (pid != -1)
		w.pgid = pid ? -pid : current->leader->pgid;
	rc = task_wait_for(&w, &got);
	if (rc <= 0)
		return rc;
	if ((args->a[1] && !copy_to_user(args->a[1], &got.status, sizeof(got.status))) ||
	    !give_usage(args->a[3], got.ticks + got.child_ticks))
		return -EFAULT;
	return rc;
}

#define P_ALL  0
#define P_PID  1
#define P_PGID 2

SYSCALL(247, waitid)
{
	const u32 known = WAIT_NO_HANG | WAIT_STOPPED | WAIT_CONTINUED | WAIT_EXITED | WAIT_LEAVE |
			  WAIT_THREAD_ONLY | WAIT_ALL | WAIT_CLONE;
	struct wait_for w = {.options = (u32)args->a[3]};
	int id = (int)args->a[1];
	struct waited got = {0};
	struct siginfo info = {0};
	char user_info[SIGINFO_SIZE] = {0};
	long rc;

	if ((w.options & ~known) || !(w.options & (WAIT_EXITED | WAIT_STOPPED | WAIT_CONTINUED)))
		return -EINVAL;
	switch (args->a[0]) {
	case P_ALL: break;
	case P_PID:
		if (id <= 0)
			return -EINVAL;
		w.pid = id;
		break;
	case P_PGID:
		if (id < 0)
			return -EINVAL;
		w.pgid = id ? id : current->leader->pgid;
		break;
	default: return -EINVAL;
	}
	rc = task_wait_for(&w, &got);
	if (rc < 0)
		return rc;
	if (rc) {
		info.signo = SIGCHLD;
		info.code = got.code;
		info.child.pid = got.pid;
		info.child.status = got.code == CLD_EXITED	? got.status >> 8
				    : got.code == CLD_KILLED	? got.status & 0x7f
				    : got.code == CLD_CONTINUED ? SIGCONT
								: got.status >> 8;
	}
	memcpy(user_info, &info, sizeof(info));
	if ((args->a[2] && !copy_to_user(args->a[2], user_info, sizeof(user_info))) ||
	    (rc && !give_usage(args->a[4], got.ticks + got.child_ticks)))
		return -EFAULT;
	return 0;
}

/* -- who is who -------------------------------------------------------------------------------- */

SYSCALL(39, getpid)
{
	(void)args;
	return current->leader->pid;
}

SYSCALL(186, gettid)
{
	(void)args;
	return current->pid;
}

SYSCALL(110, getppid)
{
	(void)args;
	return __atomic_load_n(&current->leader->ppid, __ATOMIC_RELAXED);
}

/* Family locked. The process with that pid; 0: the caller's. */
static struct task *process_of(int pid)
{
	struct task *t = NULL;

	if (!pid)
		return current->leader;
	if (pid > 0 && pid <= MAX_TASKS)
		t = by_pid[pid];
	return t && t == t->leader ? t : NULL;
}

static long group_of(int pid, bool session)
{
	struct task *t;
	long rc = -ESRCH;

	spin_lock(&family_lock);
	t = process_of(pid);
	if (t)
		rc = session ? t->sid : t->pgid;
	spin_unlock(&family_lock);
	return rc;
}

SYSCALL(121, getpgid)
{
	return group_of((int)args->a[0], false);
}

SYSCALL(111, getpgrp)
{
	(void)args;
	return group_of(0, false);
}

SYSCALL(124, getsid)
{
	return group_of((int)args->a[0], true);
}

/* Family locked. Whether a process of that session is in that group. */
static bool group_exists(int pgid, int sid)
{
	for (int pid = 1; pid <= MAX_TASKS; pid++) {
		const struct task *t = by_pid[pid];

		if (t && t == t->leader && t->pgid == pgid && t->sid == sid)
			return true;
	}
	return false;
}

SYSCALL(109, setpgid)
{
	int pgid = (int)args->a[1];
	struct task *t, *me = current->leader;
	long rc = 0;

	if (pgid < 0)
		return -EINVAL;
	spin_lock(&family_lock);
	t = process_of((int)args->a[0]);
	if (t && !pgid)
		pgid = t->pid;
	if (!t || (t != me && t->parent != me))
		rc = -ESRCH;
	else if (t->sid == t->pid || t->sid != me->sid)
		rc = -EPERM;
	else if (t != me && t->has_execed)
		rc = -EACCES;
	else if (pgid != t->pid && !group_exists(pgid, t->sid))
		rc = -EPERM;
	else
		group_join(t, pgid, t->sid);
	spin_unlock(&family_lock);
	return rc;
}

SYSCALL(112, setsid)
{
	struct task *me = current->leader;
	long rc = -EPERM;

	(void)args;
	spin_lock(&family_lock);
	if (me->pgid != me->pid) {
		group_join(me, me->pid, me->pid);
		rc = me->pid;
	}
	spin_unlock(&family_lock);
	return rc;
}

#if WORD_BITS == 64
SYSCALL(158, arch_prctl)
{
	struct task *t = current;

	switch (args->a[0]) {
	case ARCH_SET_FS:
		if (args->a[1] >= USER_TOP)
			return -EPERM;
		t->tls = args->a[1];
		platform_set_tls(t->tls);
		this_cpu()->tls = t->tls;
		return 0;
	case ARCH_GET_FS: return copy_to_user(args->a[1], &t->tls, sizeof(t->tls)) ? 0 : -EFAULT;
	default: return -EINVAL;
	}
}
#endif
