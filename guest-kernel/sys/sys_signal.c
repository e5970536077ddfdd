// SPDX-License-Identifier: MIT
/* System calls on signals: actions, masks, pending signals. Sending is in sys_kill.c. */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "proc/wait.h"
#include "sys/syscall.h"
#include "sys/timespec.h"

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define MINSIGSTKSZ 2048

SYSCALL(13, rt_sigaction)
{
	int sig = (int)args->a[0];
	struct sigact new = {0}, old;
	long rc;

	if (sig < 1 || sig > NR_SIGNALS || args->a[3] != sizeof(u64) ||
	    (args->a[1] && (SIG_BIT(sig) & SIG_UNBLOCKABLE)))
		return -EINVAL;
	if (args->a[1] && !copy_from_user(&new, args->a[1], sizeof(new)))
		return -EFAULT;
	new.mask &= ~SIG_UNBLOCKABLE;
	rc = signal_set_action(sig, args->a[1] ? &new : NULL, &old);
	if (!rc && args->a[2] && !copy_to_user(args->a[2], &old, sizeof(old)))
		return -EFAULT;
	return rc;
}

SYSCALL(14, rt_sigprocmask)
{
	u64 old = current->blocked, set;

	if (args->a[3] != sizeof(u64))
		return -EINVAL;
	if (args->a[1]) {
		if (!copy_from_user(&set, args->a[1], sizeof(set)))
			return -EFAULT;
		switch ((int)args->a[0]) {
		case SIG_BLOCK: set |= old; break;
		case SIG_UNBLOCK: set = old & ~set; break;
		case SIG_SETMASK: break;
		default: return -EINVAL;
		}
		signal_set_mask(set);
	}
	return args->a[2] && !copy_to_user(args->a[2], &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL(15, rt_sigreturn)
{
	signal_return(args->regs);
}

SYSCALL(127, rt_sigpending)
{
	struct task *t = current;
	u64 set;

	if (args->a[1] > sizeof(set))
		return -EINVAL;
	spin_lock(&family_lock);
	set = (t->pending.set | t->leader->shared_pending.set) & t->blocked;
	spin_unlock(&family_lock);
	return copy_to_user(args->a[0], &set, args->a[1]) ? 0 : -EFAULT;
}

/* Waits until a handler has run, or the process ends. */
static long wait_for_signal(void)
{
	while (!task_interrupted()) {
		current->state = TASK_SLEEPING;
		schedule();
	}
	return -ERESTARTNOHAND;
}

SYSCALL(34, pause)
{
	(void)args;
	return wait_for_signal();
}

SYSCALL(130, rt_sigsuspend)
{
	u64 mask;

	if (args->a[1] != sizeof(mask))
		return -EINVAL;
	if (!copy_from_user(&mask, args->a[0], sizeof(mask)))
		return -EFAULT;
	signal_mask_begin(mask);
	return wait_for_signal();
}

/* Takes a pending signal of `set`, or returns 0; if `listen`, waits for them from now on. */
static int take_or_listen(u64 set, struct siginfo *info, bool listen)
{
	int sig;

	spin_lock(&family_lock);
	sig = signal_take(set, info);
	current->waited = sig || !listen ? 0 : set;
	signal_refresh();
	spin_unlock(&family_lock);
	return sig;
}

SYSCALL(128, rt_sigtimedwait)
{
	char user_info[SIGINFO_SIZE] = {0};
	struct siginfo info;
	u64 set, deadline = 0;
	bool in_time = true;
	int sig;

	if (args->a[3] != sizeof(set))
		return -EINVAL;
	if (!copy_from_user(&set, args->a[0], sizeof(set)))
		return -EFAULT;
	if (args->a[2]) {
		long rc = deadline_from_user(args->a[2], &deadline);

		if (rc)
			return rc;
	}
	set &= ~SIG_UNBLOCKABLE;
	current->state = TASK_SLEEPING;
	sig = take_or_listen(set, &info, true);
	if (!sig && !task_interrupted())
		in_time = schedule_until(deadline);
	current->state = TASK_RUNNING;
	if (!sig)
		sig = take_or_listen(set, &info, false);
	if (!sig)
		return in_time ? -EINTR : -EAGAIN;
	memcpy(user_info, &info, sizeof(info));
	return args->a[1] && !copy_to_user(args->a[1], user_info, sizeof(user_info)) ? -EFAULT
										     : sig;
}

SYSCALL(131, sigaltstack)
{
	struct task *t = current;
	struct sigstack old = signal_alt_stack(args->regs->sp), new;

	if (args->a[0]) {
		if (!copy_from_user(&new, args->a[0], sizeof(new)))
			return -EFAULT;
		if (old.flags & SS_ONSTACK)
			return -EPERM;
		/* Linux ignores SS_ONSTACK here. */
		new.flags &= ~SS_ONSTACK;
		if (new.flags & ~(SS_DISABLE | (int)SS_AUTODISARM))
			return -EINVAL;
		if (new.flags & SS_DISABLE)
			new = (struct sigstack){.flags = SS_DISABLE};
		else if (new.size < MINSIGSTKSZ)
			return -ENOMEM;
	}
	if (args->a[1] && !copy_to_user(args->a[1], &old, sizeof(old)))
		return -EFAULT;
	if (args->a[0])
		t->alt_stack = new;
	return 0;
}
