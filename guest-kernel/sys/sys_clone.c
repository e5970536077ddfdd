// SPDX-License-Identifier: MIT
/*
 * System calls that make processes and threads. Three of Linux's sharing modes exist here:
 * everything is shared (a thread), the address space is shared until exec (vfork,
 * posix_spawn), or nothing is shared (fork).
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/syscall.h"
#include "sys/tls.h"

#define CLONE_VM	     0x100
#define CLONE_FS	     0x200
#define CLONE_FILES	     0x400
#define CLONE_SIGHAND	     0x800
#define CLONE_PIDFD	     0x1000
#define CLONE_VFORK	     0x4000
#define CLONE_THREAD	     0x10000
#define CLONE_SYSVSEM	     0x40000
#define CLONE_SETTLS	     0x80000
#define CLONE_PARENT_SETTID  0x100000
#define CLONE_CHILD_CLEARTID 0x200000
#define CLONE_DETACHED	     0x400000
#define CLONE_CHILD_SETTID   0x1000000
#define CLONE_CLEAR_SIGHAND  0x100000000
#define EXIT_SIGNAL	     0xffUL
/* A thread must share all of these. No other combination is supported. */
#define CLONE_ALL    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define CLONE_NO_ACT (CLONE_FS | CLONE_SYSVSEM | CLONE_DETACHED)
#define CLONE_KNOWN                                                                                \
	(CLONE_ALL | CLONE_NO_ACT | CLONE_VFORK | CLONE_SETTLS | CLONE_PARENT_SETTID |             \
	 CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_CLEAR_SIGHAND)

/* The arguments of clone3(), as in its first version. */
struct clone_args {
	u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static long do_clone(const struct regs *regs, const struct clone_args *a)
{
	struct clone how = {
		.vm = a->flags & CLONE_VM,
		.thread = a->flags & CLONE_THREAD,
		.vfork = a->flags & CLONE_VFORK,
		.clear_handlers = a->flags & CLONE_CLEAR_SIGHAND,
		.set_tls = a->flags & CLONE_SETTLS,
		.stack = a->stack,
		.tls = TLS_OF(a->tls),
		.parent_tid = a->flags & CLONE_PARENT_SETTID ? a->parent_tid : 0,
		.child_tid = a->flags & CLONE_CHILD_SETTID ? a->child_tid : 0,
		.clear_tid = a->flags & CLONE_CHILD_CLEARTID ? a->child_tid : 0,
		.exit_signal = (int)a->exit_signal,
	};

	if (a->exit_signal > NR_SIGNALS || (a->flags & CLONE_PIDFD) ||
	    ((a->flags & CLONE_SIGHAND) && !how.vm) ||
	    (how.thread && !(a->flags & CLONE_SIGHAND)) ||
	    (how.clear_handlers && (a->flags & CLONE_SIGHAND)))
		return -EINVAL;
	if (a->flags & ~(u64)CLONE_KNOWN)
		return -ENOSYS;
	if (how.thread && (a->flags & CLONE_ALL) != CLONE_ALL)
		return -ENOSYS;
	if (!how.thread && (a->flags & (CLONE_FILES | CLONE_SIGHAND)))
		return -ENOSYS;
	if (how.set_tls && !tls_take(a->tls, &how.tls))
		return TLS_ERROR;
	return task_clone(regs, &how);
}

SYSCALL(57, fork)
{
	const struct clone how = {.exit_signal = SIGCHLD};

	return task_clone(args->regs, &how);
}

SYSCALL(58, vfork)
{
	const struct clone how = {.vm = true, .vfork = true, .exit_signal = SIGCHLD};

	return task_clone(args->regs, &how);
}

SYSCALL(56, clone)
{
	const struct clone_args a = {
		.flags = (u32)args->a[0] & ~EXIT_SIGNAL,
		.exit_signal = args->a[0] & EXIT_SIGNAL,
		.stack = args->a[1],
		.parent_tid = args->a[2],
		.child_tid = args->a[3],
		.tls = args->a[4],
	};

	return do_clone(args->regs, &a);
}

SYSCALL(435, clone3)
{
	unsigned long size = args->a[1];
	struct clone_args a;
	u64 more;

	if (size < sizeof(a))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (!copy_from_user(&a, args->a[0], sizeof(a)))
		return -EFAULT;
	/* The members that later versions added ask for features that do not exist here. */
	for (unsigned long at = sizeof(a); at + sizeof(more) <= size; at += sizeof(more)) {
		if (!copy_from_user(&more, args->a[0] + at, sizeof(more)))
			return -EFAULT;
		if (more)
			return -ENOSYS;
	}
	if ((a.flags & EXIT_SIGNAL) || !a.stack != !a.stack_size)
		return -EINVAL;
	a.stack += a.stack_size;
	return do_clone(args->regs, &a);
}

SYSCALL(218, set_tid_address)
{
	current->clear_tid = args->a[0];
	return current->pid;
}
