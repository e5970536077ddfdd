// SPDX-License-Identifier: MIT
/*
 * Stopping and continuing processes. Each thread of a stopped process waits on its way to
 * user mode (deliver.c). Sleeping calls are interrupted for that and restarted afterwards.
 */
#include "proc/family.h"

void tell_by_signal(struct task *leader, int code, int status)
{
	struct task *parent = leader->parent;
	int sig = leader->exit_signal;
	const struct siginfo info = {
		.signo = sig,
		.code = code,
		.child = {.pid = leader->pid, .status = status},
	};

	/* The same test as in signal_post(), here first, because most parents ignore the signal. */
	if (sig && (!signal_ignored(parent, sig) || (parent->blocked & SIG_BIT(sig))))
		signal_post(parent, true, &info);
}

static void tell_news(struct task *leader, int sig, int code)
{
	leader->stop_news = sig;
	wake_waiting_parent(leader->parent);
	if (!(signal_action(leader->parent, SIGCHLD).flags & SA_NOCLDSTOP))
		tell_by_signal(leader, code, sig);
}

static void stop_thread(struct task *t)
{
	__atomic_or_fetch(&t->work, WORK_STOP, __ATOMIC_SEQ_CST);
	if (t != current)
		task_poke(t);
}

void stop_group(struct task *leader, int sig)
{
	struct task *t;

	if (leader->stop_signal || leader->group_exit)
		return;
	leader->stop_signal = sig;
	stop_thread(leader);
	list_for_each_entry (t, &leader->threads, sibling)
		stop_thread(t);
	tell_news(leader, sig, CLD_STOPPED);
}

static void continue_thread(struct task *t)
{
	__atomic_and_fetch(&t->work, ~WORK_STOP, __ATOMIC_SEQ_CST);
	if (t->state == TASK_PARKED)
		task_wake(t);
}

void continue_group(struct task *leader)
{
	struct task *t;

	if (!leader->stop_signal)
		return;
	leader->stop_signal = 0;
	continue_thread(leader);
	list_for_each_entry (t, &leader->threads, sibling)
		continue_thread(t);
	tell_news(leader, SIGCONT, CLD_CONTINUED);
}
