// SPDX-License-Identifier: MIT
/* System calls that send signals. Every process may send to every other. */
#include "lib/errno.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "sys/syscall.h"

static struct siginfo from_me(int sig, int code)
{
	return (struct siginfo){
		.signo = sig,
		.code = code,
		.from = {.pid = current->leader->pid},
	};
}

static bool valid(int sig)
{
	return sig >= 0 && sig <= NR_SIGNALS;
}

/* Family locked. The task of that pid, or NULL. */
static struct task *find_task(int pid)
{
	return pid >= 1 && pid <= MAX_TASKS ? by_pid[pid] : NULL;
}

/* Family locked. A zombie that has not been waited for can still be sent to. */
static long post(struct task *t, bool group, const struct siginfo *info)
{
	if (!t || (group && t != t->leader))
		return -ESRCH;
	return info->signo ? signal_post(t, group, info) : 0;
}

/* Family locked. Sends to all of a process group, or (0) to all except process 1 and the caller. */
static long post_to_many(int pgid, const struct siginfo *info)
{
	struct task *me = current->leader;
	long rc = -ESRCH;

	for (int pid = 1; pid <= MAX_TASKS; pid++) {
		struct task *t = by_pid[pid];

		if (!t || t != t->leader)
			continue;
		if (pgid ? t->pgid != pgid : pid == 1 || t == me)
			continue;
		rc = 0;
		post(t, true, info);
	}
	return rc;
}

SYSCALL(62, kill)
{
	int pid = (int)args->a[0], sig = (int)args->a[1];
	const struct siginfo info = from_me(sig, SI_USER);
	long rc;

	if (!valid(sig))
		return -EINVAL;
	spin_lock(&family_lock);
	if (pid > 0)
		rc = post(find_task(pid), true, &info);
	else if (pid == -1)
		rc = post_to_many(0, &info);
	else
		rc = post_to_many(pid ? -pid : current->leader->pgid, &info);
	spin_unlock(&family_lock);
	return rc;
}

/* Sends to one thread; tgid 0: of any process. */
static long send_to_thread(int tgid, int tid, const struct siginfo *info)
{
	struct task *t;
	long rc = -ESRCH;

	if (tid <= 0 || !valid(info->signo))
		return -EINVAL;
	spin_lock(&family_lock);
	t = find_task(tid);
	if (t && (!tgid || t->leader->pid == tgid))
		rc = post(t, false, info);
	spin_unlock(&family_lock);
	return rc;
}

SYSCALL(200, tkill)
{
	const struct siginfo info = from_me((int)args->a[1], SI_TKILL);

	return send_to_thread(0, (int)args->a[0], &info);
}

SYSCALL(234, tgkill)
{
	const struct siginfo info = from_me((int)args->a[2], SI_TKILL);

	if ((int)args->a[0] <= 0)
		return -EINVAL;
	return send_to_thread((int)args->a[0], (int)args->a[1], &info);
}

/* Reads *info from the caller's memory. It must not claim to come from the kernel. */
static long info_from_user(struct siginfo *info, unsigned long va, int sig, int pid)
{
	if (!copy_from_user(info, va, sizeof(*info)))
		return -EFAULT;
	info->signo = sig;
	if (!valid(sig))
		return -EINVAL;
	if ((info->code >= 0 || info->code == SI_TKILL) && pid != current->leader->pid)
		return -EPERM;
	return 0;
}

SYSCALL(129, rt_sigqueueinfo)
{
	struct siginfo info;
	long rc = info_from_user(&info, args->a[2], (int)args->a[1], (int)args->a[0]);

	if (rc)
		return rc;
	spin_lock(&family_lock);
	rc = post(find_task((int)args->a[0]), true, &info);
	spin_unlock(&family_lock);
	return rc;
}

SYSCALL(297, rt_tgsigqueueinfo)
{
	struct siginfo info;
	long rc = info_from_user(&info, args->a[3], (int)args->a[2], (int)args->a[0]);

	return rc ? rc : send_to_thread((int)args->a[0], (int)args->a[1], &info);
}
