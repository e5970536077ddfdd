// SPDX-License-Identifier: MIT
/*
 * exec in a process of several threads. All threads except the caller end first. The
 * process keeps its pid, which belongs to its leader. If the leader is not the caller, the
 * leader too ends as a thread. When the program is ready, the leader is restarted with all
 * that the caller has prepared, and the caller ends instead.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "proc/family.h"

#include "arch/x86/platform.h"

static bool is_alone(const struct task *leader, const struct task *t)
{
	if (t == leader)
		return list_empty(&leader->threads);
	return leader->state == TASK_ZOMBIE && leader->threads.next == &t->sibling &&
	       leader->threads.prev == &t->sibling;
}

void exec_thread_gone(struct task *leader)
{
	if (is_alone(leader, leader->exec_thread))
		task_wake(leader->exec_thread);
}

long exec_begin(void)
{
	struct task *me = current, *leader = me->leader;
	long rc = 0;

	spin_lock(&family_lock);
	if (likely(is_alone(leader, me)))
		goto out;
	if (leader->group_exit || leader->exec_thread) {
		rc = -EINTR; /* not visible to the program */
		goto out;
	}
	leader->exec_thread = me;
	kill_other_threads(leader);
	while (!is_alone(leader, me) && !leader->group_exit) {
		me->state = TASK_PARKED;
		spin_unlock(&family_lock);
		schedule();
		spin_lock(&family_lock);
	}
	me->state = TASK_RUNNING;
	leader->exec_thread = NULL;
	if (leader->group_exit)
		rc = -EINTR;
out:
	spin_unlock(&family_lock);
	return rc;
}

void exec_end(const struct regs *regs)
{
	struct task *me = current, *leader = me->leader;

	leader->has_execed = true;
	if (likely(me == leader))
		return;
	while (__atomic_load_n(&leader->on_cpu, __ATOMIC_ACQUIRE))
		cpu_relax();
	spin_lock(&family_lock);
	leader->mm = me->mm;
	leader->files = me->files;
	leader->tls = TLS_NONE;
	leader->blocked = me->blocked;
	leader->cpus = me->cpus;
	leader->alt_stack = me->alt_stack;
	memcpy(leader->name, me->name, sizeof(leader->name));
	memcpy(leader->fpu, me->fpu, sizeof(leader->fpu));
	leader->work = 0;
	me->mm = NULL;
	me->files = NULL;
	leader->state = TASK_RUNNING;
	if (leader->pending.set | leader->shared_pending.set)
		leader->work = WORK_SIGNAL; /* there may be a signal */
	spin_unlock(&family_lock);
	task_restart(leader, regs);
	task_exit(0);
}
