// SPDX-License-Identifier: MIT
/* System calls on processes. */
#include "arch/x86/platform.h"
#include "arch/x86/smp.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/syscall.h"

#define SIGCHLD	      17
#define WNOHANG	      1
#define ARCH_SET_FS   0x1002
#define ARCH_GET_FS   0x1003
#define NR_SIGNALS    64
#define SIG_IGN_VALUE 1UL

SYSCALL(57, fork)
{
	const struct clone how = {0};

	return task_clone(args->regs, &how);
}

#define CLONE_VM	     0x100
#define CLONE_FS	     0x200
#define CLONE_FILES	     0x400
#define CLONE_SIGHAND	     0x800
#define CLONE_THREAD	     0x10000
#define CLONE_SYSVSEM	     0x40000
#define CLONE_SETTLS	     0x80000
#define CLONE_PARENT_SETTID  0x100000
#define CLONE_CHILD_CLEARTID 0x200000
#define CLONE_DETACHED	     0x400000
/* What a thread shares, all of it or nothing; of some of it there is nothing here to share. */
#define CLONE_ALL    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define CLONE_NO_ACT (CLONE_FS | CLONE_SYSVSEM | CLONE_DETACHED)
#define CLONE_KNOWN                                                                                \
	(CLONE_ALL | CLONE_NO_ACT | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* A thread, a process with its parent's address space, or a fork. */
SYSCALL(56, clone)
{
	unsigned long flags = args->a[0];
	struct clone how = {
		.vm = flags & CLONE_VM,
		.thread = flags & CLONE_THREAD,
		.set_tls = flags & CLONE_SETTLS,
		.stack = args->a[1],
		.parent_tid = flags & CLONE_PARENT_SETTID ? args->a[2] : 0,
		.clear_tid = flags & CLONE_CHILD_CLEARTID ? args->a[3] : 0,
		.tls = args->a[4],
	};

	if (how.thread && (flags & CLONE_ALL) != CLONE_ALL)
		return flags & CLONE_VM && flags & CLONE_SIGHAND ? -ENOSYS : -EINVAL;
	if (!how.thread && ((flags & (CLONE_FILES | CLONE_SIGHAND)) || (flags & 0xff) != SIGCHLD))
		return -ENOSYS;
	if (flags & ~(unsigned long)(CLONE_KNOWN | 0xff))
		return -ENOSYS;
	if (how.set_tls && how.tls >= USER_TOP)
		return -EPERM;
	return task_clone(args->regs, &how);
}

SYSCALL(60, exit)
{
	task_exit((int)(args->a[0] & 0xff) << 8);
}

SYSCALL(231, exit_group)
{
	task_exit_group((int)(args->a[0] & 0xff) << 8);
}

SYSCALL(61, wait4)
{
	int pid = (int)args->a[0], status = 0;
	long rc;

	if ((pid <= 0 && pid != -1) || (args->a[2] & ~(unsigned long)WNOHANG))
		return -EINVAL;
	rc = task_wait(pid, &status, args->a[2] & WNOHANG);
	if (rc > 0 && args->a[1] && !copy_to_user(args->a[1], &status, sizeof(status)))
		return -EFAULT;
	return rc;
}

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

SYSCALL(218, set_tid_address)
{
	current->clear_tid = args->a[0];
	return current->pid;
}

SYSCALL(24, sched_yield)
{
	(void)args;
	schedule();
	/*
	 * Whom it waits for may be on another CPU, whose turn it is to be emulated.
	 * That one may want us to stand still, and would else always find us here.
	 */
	if (nr_cpus > 1) {
		cpu_pause();
		smp_rest();
	}
	return 0;
}

#define FUTEX_WAIT	 0
#define FUTEX_WAKE	 1
#define FUTEX_PRIVATE	 128
#define FUTEX_MISALIGNED 3

SYSCALL(202, futex)
{
	if (args->a[0] & FUTEX_MISALIGNED)
		return -EINVAL;
	switch (args->a[1] & ~(unsigned long)FUTEX_PRIVATE) {
	case FUTEX_WAIT:
		if (args->a[3])
			return -ENOSYS; /* no deadlines */
		return futex_wait(args->a[0], (u32)args->a[2]);
	case FUTEX_WAKE: return futex_wake(args->a[0], (unsigned)args->a[2]);
	default: return -ENOSYS;
	}
}

SYSCALL(158, arch_prctl)
{
	struct task *t = current;

	switch (args->a[0]) {
	case ARCH_SET_FS:
		if (args->a[1] >= USER_TOP)
			return -EPERM;
		t->fs_base = args->a[1];
		platform_set_fs_base(t->fs_base);
		this_cpu()->fs_base = t->fs_base;
		return 0;
	case ARCH_GET_FS:
		return copy_to_user(args->a[1], &t->fs_base, sizeof(t->fs_base)) ? 0 : -EFAULT;
	default: return -EINVAL;
	}
}

/*
 * Signals are not delivered to handlers here, so blocking them is true at once
 * and the only mask is the empty one. C libraries block all around fork.
 */
SYSCALL(14, rt_sigprocmask)
{
	u64 none = 0;

	if (args->a[3] != sizeof(none))
		return -EINVAL;
	if (args->a[2] && !copy_to_user(args->a[2], &none, sizeof(none)))
		return -EFAULT;
	return 0;
}

/* Default and ignore can be had; a handler would never run, so it is refused. */
SYSCALL(13, rt_sigaction)
{
	struct {
		unsigned long handler, flags, restorer, mask;
	} act;

	if (args->a[0] < 1 || args->a[0] > NR_SIGNALS)
		return -EINVAL;
	if (args->a[1]) {
		if (!copy_from_user(&act, args->a[1], sizeof(act)))
			return -EFAULT;
		if (act.handler > SIG_IGN_VALUE)
			return -ENOSYS;
	}
	memset(&act, 0, sizeof(act));
	if (args->a[2] && !copy_to_user(args->a[2], &act, sizeof(act)))
		return -EFAULT;
	return 0;
}
