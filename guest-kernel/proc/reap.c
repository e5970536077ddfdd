// SPDX-License-Identifier: MIT
/*
 * Waiting for children: for their end, which reaps them, and for stops and continuations.
 * Any thread of the parent may wait.
 */
#include "proc/reap.h"

#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "proc/family.h"

static bool is_asked_for(const struct task *c, const struct wait_for *w)
{
	bool clone = c->exit_signal != SIGCHLD;

	if (!(w->options & WAIT_ALL) && clone != !!(w->options & WAIT_CLONE))
		return false;
	if (w->pid)
		return c->pid == w->pid;
	return !w->pgid || c->pgid == w->pgid;
}

/* Family locked. Whether that child, alive, has been stopped or continued and not yet reported. */
static bool has_news(const struct task *c, const struct wait_for *w)
{
	if (!c->stop_news || has_ended(c))
		return false;
	return w->options & (c->stop_news == SIGCONT ? WAIT_CONTINUED : WAIT_STOPPED);
}

static void tell_of(const struct task *c, struct waited *got)
{
	got->pid = c->pid;
	got->status = c->exit_status;
	got->code = c->exit_status & 0x7f ? CLD_KILLED : CLD_EXITED;
	got->ticks = c->ticks + c->ticks_before;
	got->child_ticks = c->child_ticks;
}

static void tell_news_of(struct task *c, const struct wait_for *w, struct waited *got)
{
	bool stopped = c->stop_news != SIGCONT;

	got->pid = c->pid;
	got->status = stopped ? c->stop_news << 8 | 0x7f : 0xffff;
	got->code = stopped ? CLD_STOPPED : CLD_CONTINUED;
	if (!(w->options & WAIT_LEAVE))
		c->stop_news = 0;
}

/*
 * Family locked. Looks for a child with something to report, fills *got, and removes a
 * dead one from the tree into *dead. Returns false if there is none; *any: there are
 * children to wait for.
 */
static bool find(const struct wait_for *w, struct waited *got, struct task **dead, bool *any)
{
	struct task *leader = current->leader, *c;

	*any = false;
	list_for_each_entry (c, &leader->children, sibling) {
		if (!is_asked_for(c, w))
			continue;
		*any = true;
		if ((w->options & WAIT_EXITED) && has_ended(c)) {
			tell_of(c, got);
			if (w->options & WAIT_LEAVE)
				return true;
			list_del(&c->sibling);
			pid_release(c);
			leader->child_ticks += got->ticks + got->child_ticks;
			*dead = c;
			return true;
		}
		if (has_news(c, w)) {
			tell_news_of(c, w, got);
			return true;
		}
	}
	return false;
}

void task_reap(struct task *dead)
{
	/* It may still be executing its last instructions on its own stack. */
	while (__atomic_load_n(&dead->on_cpu, __ATOMIC_ACQUIRE))
		cpu_relax();
	task_free(dead);
}

long task_wait_for(const struct wait_for *w, struct waited *got)
{
	struct task *me = current, *dead = NULL;
	bool found, any;

	spin_lock(&family_lock);
	for (;;) {
		found = find(w, got, &dead, &any);
		if (found || !any || (w->options & WAIT_NO_HANG) || me->work)
			break;
		me->waiting = true;
		me->state = TASK_SLEEPING;
		spin_unlock(&family_lock);
		schedule();
		spin_lock(&family_lock);
		me->waiting = false;
	}
	spin_unlock(&family_lock);
	if (dead)
		task_reap(dead);
	if (found)
		return got->pid;
	return !any ? -ECHILD : w->options & WAIT_NO_HANG ? 0 : -ERESTARTSYS;
}

long task_wait(int pid, int *status, bool nohang)
{
	const struct wait_for w = {
		.pid = pid == -1 ? 0 : pid,
		.options = WAIT_EXITED | WAIT_ALL | (nohang ? WAIT_NO_HANG : 0),
	};
	struct waited got;
	long rc = task_wait_for(&w, &got);

	if (rc > 0)
		*status = got.status;
	return rc;
}
