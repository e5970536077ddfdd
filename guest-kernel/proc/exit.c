// SPDX-License-Identifier: MIT
/*
 * The end of tasks. A process ends when its last thread ends. Only the leader can be
 * waited for, so other threads are freed at once. Orphans become children of the kernel
 * thread that started process 1, which reaps them. Waiting is in reap.c.
 */
#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "mm/mm.h"
#include "mm/user.h"
#include "proc/family.h"
#include "proc/futex.h"
#include "sys/file.h"

/* Wakes a thread that waits for children, so that it checks again. */
static void wake_waiting_thread(struct task *t)
{
	if (!t->waiting)
		return;
	t->waiting = false;
	task_wake(t);
}

void wake_waiting_parent(struct task *parent)
{
	struct task *t;

	wake_waiting_thread(parent);
	list_for_each_entry (t, &parent->threads, sibling)
		wake_waiting_thread(t);
}

bool has_ended(const struct task *leader)
{
	return leader->state == TASK_ZOMBIE && list_empty(&leader->threads);
}

/* Family locked: gives the children to their new parent, and tells it about the dead ones. */
static void orphan_children(struct task *t)
{
	struct task *c, *next;
	bool dead = false;

	list_for_each_entry_safe (c, next, &t->children, sibling) {
		const struct siginfo info = {.signo = c->death_signal, .code = SI_KERNEL};

		list_del(&c->sibling);
		c->parent = child_reaper;
		c->ppid = child_reaper->pid;
		list_add_tail(&c->sibling, &child_reaper->children);
		dead |= has_ended(c);
		if (info.signo)
			signal_post(c, true, &info);
	}
	if (dead)
		wake_waiting_parent(child_reaper);
}

/* Tells waiters in the address space that this thread does not use its memory any more. */
static void clear_tid(struct task *t)
{
	const u32 none = 0;

	if (t->clear_tid && copy_to_user(t->clear_tid, &none, sizeof(none)))
		futex_wake(t->clear_tid, 1, FUTEX_ANY, false);
}

void task_set_memory(struct task *t, struct mm *mm)
{
	spin_lock(&family_lock);
	t->mm = mm;
	spin_unlock(&family_lock);
}

void task_leave_memory(struct task *t)
{
	if (t->robust_list)
		futex_owner_died(t);
	if (t->clear_tid && __atomic_load_n(&t->mm->refs, __ATOMIC_RELAXED) > 1)
		clear_tid(t);
	t->robust_list = t->clear_tid = 0;
	if (!t->vfork_parent)
		return;
	spin_lock(&family_lock);
	if (t->vfork_parent) {
		__atomic_store_n(&t->vfork_parent->vfork_child, NULL, __ATOMIC_RELEASE);
		task_wake(t->vfork_parent);
		t->vfork_parent = NULL;
	}
	spin_unlock(&family_lock);
}

static void release(struct task *t)
{
	struct mm *mm = t->mm;

	task_leave_memory(t);
	files_put(t->files);
	t->files = NULL;
	/* From here on it is a kernel thread that lazily keeps its old tables. */
	task_set_memory(t, NULL);
	if (!mutant(leak_space))
		mm_put(mm);
}

/*
 * Family locked: the process has ended, and its parent is told. Returns true if the parent
 * does not want to know: then it will not wait, and the caller must free the leader.
 */
static bool end_process(struct task *leader)
{
	struct task *parent = leader->parent;
	int status = leader->exit_status, sig = status & 0x7f;
	bool unwanted;

	orphan_children(leader);
	unwanted = parent->pid && leader->exit_signal == SIGCHLD && parent->actions &&
		   signal_unwanted_children(parent);
	if (!unwanted || signal_action(parent, SIGCHLD).handler != SIG_IGN)
		tell_by_signal(leader, sig ? CLD_KILLED : CLD_EXITED, sig ? sig : status >> 8);
	if (unwanted) {
		list_del(&leader->sibling);
		pid_release(leader);
	}
	wake_waiting_parent(parent);
	return unwanted;
}

void task_exit(int status)
{
	struct task *t = current, *leader = t->leader, *reap = NULL;

	if (likely(t->mm)) /* otherwise another task owns it now; see group_exec.c */
		release(t);
	count(proc_exits);

	spin_lock(&family_lock);
	if (t != leader) {
		list_del(&t->sibling);
		pid_release(t);
		leader->ticks_before += t->ticks + task_ticks_now(t);
		t->autoreap = true;
		signal_retarget(leader);
	}
	t->state = TASK_ZOMBIE;
	if (unlikely(leader->exec_thread))
		exec_thread_gone(leader);
	else if (has_ended(leader)) {
		if (!leader->group_exit)
			leader->exit_status = status;
		if (end_process(leader)) {
			leader->autoreap = true;
			reap = leader != t ? leader : NULL;
		}
	}
	spin_unlock(&family_lock);
	if (reap)
		task_reap(reap);
	schedule();
	BUG();
}

/* Family locked. */
static void kill_thread(struct task *t, int status)
{
	if (task_killed(t))
		return;
	t->kill_status = status;
	__atomic_or_fetch(&t->work, WORK_KILLED, __ATOMIC_SEQ_CST);
	if (t == current)
		return;
	task_wake(t);
	task_poke(t);
}

void kill_group(struct task *leader, int status)
{
	struct task *t;

	if (leader->group_exit)
		return;
	leader->group_exit = true;
	leader->exit_status = status;
	kill_thread(leader, status);
	list_for_each_entry (t, &leader->threads, sibling)
		kill_thread(t, status);
}

void kill_other_threads(struct task *leader)
{
	struct task *t;

	if (leader != current)
		kill_thread(leader, 0);
	list_for_each_entry (t, &leader->threads, sibling)
		if (t != current)
			kill_thread(t, 0);
}

void task_kill(struct task *t, int status)
{
	spin_lock(&family_lock);
	kill_group(t->leader, status);
	spin_unlock(&family_lock);
}

void task_exit_group(int status)
{
	task_kill(current, status);
	/* Another thread may have been faster; then its status is the status of the process. */
	task_exit(status);
}

void task_kill_all(int status)
{
	spin_lock(&family_lock);
	for (int pid = 1; pid <= MAX_TASKS; pid++)
		if (by_pid[pid] && !has_ended(by_pid[pid]->leader))
			kill_group(by_pid[pid]->leader, status);
	spin_unlock(&family_lock);
}
