// SPDX-License-Identifier: MIT
/* System calls on the system and on the resources of a process: names, limits, processors. */
#include "arch/x86/platform.h"
#include "arch/x86/smp.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "proc/limits.h"
#include "proc/wait.h"
#include "sys/syscall.h"
#include "sys/timespec.h"

#define ID(nr, name)                                                                               \
	SYSCALL(nr, name)                                                                          \
	{                                                                                          \
		(void)args;                                                                        \
		return 0;                                                                          \
	}
/* There is one user and one group, with all permissions. */
ID(102, getuid)
ID(104, getgid)
ID(107, geteuid)
ID(108, getegid)
ID(115, getgroups)
ID(116, setgroups)

#define BECOME(nr, name, ids)                                                                      \
	SYSCALL(nr, name)                                                                          \
	{                                                                                          \
		for (unsigned i = 0; i < (ids); i++)                                               \
			if ((int)args->a[i] != 0 && (int)args->a[i] != -1)                         \
				return -EPERM;                                                     \
		return 0;                                                                          \
	}
BECOME(105, setuid, 1)
BECOME(106, setgid, 1)
BECOME(113, setreuid, 2)
BECOME(114, setregid, 2)
BECOME(117, setresuid, 3)
BECOME(119, setresgid, 3)

static long give_ids(const struct syscall_args *args)
{
	const u32 none = 0;

	for (unsigned i = 0; i < 3; i++)
		if (!copy_to_user(args->a[i], &none, sizeof(none)))
			return -EFAULT;
	return 0;
}

SYSCALL(118, getresuid)
{
	return give_ids(args);
}

SYSCALL(120, getresgid)
{
	return give_ids(args);
}

/* C libraries accept this release as new enough. */
SYSCALL(63, uname)
{
	struct {
		char system[65], node[65], release[65], version[65], machine[65], domain[65];
	} u = {"Linux", "pvmmu", "6.1.0-pvmmu", "#1", "x86_64", "(none)"};

	return copy_to_user(args->a[0], &u, sizeof(u)) ? 0 : -EFAULT;
}

SYSCALL(99, sysinfo)
{
	struct {
		s64 uptime;
		u64 loads[3], total, free, shared, buffers, swap, swap_free;
		u16 tasks, pad;
		u64 high, high_free;
		u32 unit;
	} s = {
		.uptime = (s64)(platform_clock_ns() / NS_PER_S),
		.total = boot_info.nr_pages * PAGE_SIZE,
		.free = pages_free_count() * PAGE_SIZE,
		.tasks = (u16)task_count(),
		.unit = 1,
	};

	return copy_to_user(args->a[0], &s, sizeof(s)) ? 0 : -EFAULT;
}

#define PR_SET_PDEATHSIG    1
#define PR_GET_PDEATHSIG    2
#define PR_GET_DUMPABLE	    3
#define PR_SET_DUMPABLE	    4
#define PR_SET_NAME	    15
#define PR_GET_NAME	    16
#define PR_SET_TIMERSLACK   29
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39

SYSCALL(157, prctl)
{
	struct task *t = current;
	char name[sizeof(t->name)] = "";
	long rc;

	switch ((int)args->a[0]) {
	case PR_SET_NAME:
		rc = copy_string_from_user(name, args->a[1], sizeof(name));
		if (rc == -EFAULT)
			return rc;
		name[sizeof(name) - 1] = '\0';
		copy_string(t->name, name, sizeof(t->name));
		return 0;
	case PR_GET_NAME:
		copy_string(name, t->name, sizeof(name));
		return copy_to_user(args->a[1], name, sizeof(name)) ? 0 : -EFAULT;
	case PR_SET_PDEATHSIG:
		if (args->a[1] > NR_SIGNALS)
			return -EINVAL;
		t->leader->death_signal = (int)args->a[1];
		return 0;
	case PR_GET_PDEATHSIG:
		return copy_to_user(args->a[1], &t->leader->death_signal, sizeof(int)) ? 0
										       : -EFAULT;
	case PR_GET_DUMPABLE:
	case PR_GET_NO_NEW_PRIVS:
	case PR_SET_DUMPABLE:
	case PR_SET_NO_NEW_PRIVS:
	case PR_SET_TIMERSLACK: return 0; /* no effect here */
	default: return -EINVAL;
	}
}

/* -- limits ---------------------------------------------------------------------------------- */

static long get_or_set_limit(int pid, unsigned long which, unsigned long new_va,
			     unsigned long old_va)
{
	struct rlimit new, old;
	struct task *t = NULL;
	long rc = 0;

	if (which >= NR_LIMITS)
		return -EINVAL;
	if (new_va && !copy_from_user(&new, new_va, sizeof(new)))
		return -EFAULT;
	if (new_va && new.now > new.most)
		return -EINVAL;
	spin_lock(&family_lock);
	if (!pid)
		t = current->leader;
	else if (pid > 0 && pid <= MAX_TASKS && by_pid[pid])
		t = by_pid[pid]->leader;
	if (t) {
		old = limits_get(t, (unsigned)which);
		if (new_va)
			rc = limits_set(t, (unsigned)which, &new);
	}
	spin_unlock(&family_lock);
	if (!t)
		return -ESRCH;
	return !rc && old_va && !copy_to_user(old_va, &old, sizeof(old)) ? -EFAULT : rc;
}

SYSCALL(97, getrlimit)
{
	return get_or_set_limit(0, args->a[0], 0, args->a[1]);
}

SYSCALL(160, setrlimit)
{
	return get_or_set_limit(0, args->a[0], args->a[1], 0);
}

SYSCALL(302, prlimit64)
{
	return get_or_set_limit((int)args->a[0], args->a[1], args->a[2], args->a[3]);
}

/* -- processors ------------------------------------------------------------------------------ */

SYSCALL(24, sched_yield)
{
	(void)args;
	schedule();
	/*
	 * The task that it waits for may be on another CPU, which must be emulated next. The other
	 * CPU may also want this one to stand still, which is possible only outside of this call.
	 */
	if (nr_cpus > 1) {
		cpu_pause();
		smp_rest();
	}
	return 0;
}

SYSCALL(309, getcpu)
{
	const u32 cpu = this_cpu()->id, node = 0;

	if ((args->a[0] && !copy_to_user(args->a[0], &cpu, sizeof(cpu))) ||
	    (args->a[1] && !copy_to_user(args->a[1], &node, sizeof(node))))
		return -EFAULT;
	return 0;
}

static struct task *thread_of(int pid)
{
	return !pid ? current : pid > 0 && pid <= MAX_TASKS ? by_pid[pid] : NULL;
}

static u64 all_cpus(void)
{
	return (1ul << nr_cpus) - 1;
}

SYSCALL(203, sched_setaffinity)
{
	struct task *t;
	u64 mask = 0;

	if (!copy_from_user(&mask, args->a[2], min_ul(args->a[1], sizeof(mask))))
		return -EFAULT;
	mask &= all_cpus();
	if (!mask)
		return -EINVAL;
	spin_lock(&family_lock);
	t = thread_of((int)args->a[0]);
	if (t)
		sched_set_cpus(t, mask == all_cpus() ? 0 : (u32)mask);
	spin_unlock(&family_lock);
	return t ? 0 : -ESRCH;
}

/* Returns the number of bytes written. */
SYSCALL(204, sched_getaffinity)
{
	u64 mask = 0;
	struct task *t;

	if (args->a[1] < sizeof(mask) || args->a[1] % sizeof(mask))
		return -EINVAL;
	spin_lock(&family_lock);
	t = thread_of((int)args->a[0]);
	if (t)
		mask = t->cpus ? t->cpus : all_cpus();
	spin_unlock(&family_lock);
	if (!t)
		return -ESRCH;
	return copy_to_user(args->a[2], &mask, sizeof(mask)) ? (long)sizeof(mask) : -EFAULT;
}

/* There is one class, round robin, with one priority. */
ID(146, sched_get_priority_max)
ID(147, sched_get_priority_min)
ID(145, sched_getscheduler)

SYSCALL(143, sched_getparam)
{
	const int none = 0;

	return copy_to_user(args->a[1], &none, sizeof(none)) ? 0 : -EFAULT;
}

#define SCHED_OTHER 0
#define SCHED_BATCH 3
#define SCHED_IDLE  5

/* Linux's classes that are not for real time; here they are all the same. */
SYSCALL(144, sched_setscheduler)
{
	int class = (int)args->a[1], priority;

	if (!copy_from_user(&priority, args->a[2], sizeof(priority)))
		return -EFAULT;
	if (class != SCHED_OTHER && class != SCHED_BATCH && class != SCHED_IDLE)
		return -EPERM;
	return priority ? -EINVAL : 0;
}

#define MOST_NICE  19
#define LEAST_NICE (-20)

/* The nice value of the calling process is stored and reported, and has no effect. */
SYSCALL(140, getpriority)
{
	/* Linux returns 20 - nice, and the C library subtracts the result from 20. */
	return args->a[0] || args->a[1] ? 20 : 20 - current->leader->nice;
}

SYSCALL(141, setpriority)
{
	int nice = (int)args->a[2];

	if (!args->a[0] && !args->a[1])
		current->leader->nice = nice < LEAST_NICE  ? LEAST_NICE
					: nice > MOST_NICE ? MOST_NICE
							   : nice;
	return 0;
}
