// SPDX-License-Identifier: MIT
/*
 * Ending tasks and waiting for them. Parents adopt nothing but their own
 * children, and orphans go to the kernel thread that started process 1, which
 * buries them. A process has ended when its last thread has; nobody asks for
 * threads other than leaders, so they are gone at once.
 */
#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "mm/mm.h"
#include "mm/user.h"
#include "proc/family.h"
#include "sys/file.h"

/* Family locked: wakes a thread that waits for children, for it to look again. */
static void tell_thread(struct task *t)
{
	if (!t->waiting)
		return;
	t->waiting = false;
	task_wake(t);
}

static void tell(struct task *parent)
{
	struct task *t;

	tell_thread(parent);
	list_for_each_entry (t, &parent->threads, sibling)
		tell_thread(t);
}

/* Family locked. */
static bool has_ended(const struct task *leader)
{
	return leader->state == TASK_ZOMBIE && list_empty(&leader->threads);
}

/* Family locked: hands the children over and tells their new parent of the dead ones. */
static void orphan_children(struct task *t)
{
	struct task *c, *next;
	bool dead = false;

	list_for_each_entry_safe (c, next, &t->children, sibling) {
		list_del(&c->sibling);
		c->parent = undertaker;
		c->ppid = undertaker->pid;
		list_add_tail(&c->sibling, &undertaker->children);
		dead |= has_ended(c);
	}
	if (dead)
		tell(undertaker);
}

/* What others of the address space wait for: that this thread is done with its memory. */
static void clear_tid(struct task *t)
{
	const u32 none = 0;

	if (t->clear_tid && copy_to_user(t->clear_tid, &none, sizeof(none)))
		futex_wake(t->clear_tid, 1);
}

static void release(struct task *t)
{
	struct mm *mm = t->mm;

	if (__atomic_load_n(&mm->refs, __ATOMIC_RELAXED) > 1)
		clear_tid(t);
	files_put(t->files);
	t->files = NULL;
	/* From here on a kernel thread that is lazily on its old tables. */
	t->mm = NULL;
	if (!mutant(leak_space))
		mm_put(mm);
}

void task_exit(int status)
{
	struct task *t = current, *leader = t->leader;

	release(t);
	count(proc_exits);

	spin_lock(&family_lock);
	if (t != leader) {
		list_del(&t->sibling);
		pid_release(t);
		t->buried = true;
	}
	t->state = TASK_ZOMBIE;
	if (has_ended(leader)) {
		if (!leader->group_exit)
			leader->exit_status = status;
		orphan_children(leader);
		tell(leader->parent);
	}
	spin_unlock(&family_lock);
	schedule();
	BUG();
}

/* Family locked. */
static void kill_thread(struct task *t, int status)
{
	if (t->killed)
		return;
	t->kill_status = status;
	__atomic_store_n(&t->killed, true, __ATOMIC_RELEASE);
	task_poke(t);
}

/* Family locked: the first one to say how it ends is right. */
static void kill_group(struct task *leader, int status)
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

void task_kill(struct task *t, int status)
{
	spin_lock(&family_lock);
	kill_group(t->leader, status);
	spin_unlock(&family_lock);
}

void task_exit_group(int status)
{
	task_kill(current, status);
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

bool task_has_threads(void)
{
	struct task *t = current;
	bool has;

	spin_lock(&family_lock);
	has = t != t->leader || !list_empty(&t->threads);
	spin_unlock(&family_lock);
	return has;
}

/* Family locked: takes a dead child out of the tree. NULL: none; *any: there are living ones. */
static struct task *find_dead(int pid, bool *any)
{
	struct task *c;

	*any = false;
	list_for_each_entry (c, &current->leader->children, sibling) {
		if (pid != -1 && c->pid != pid)
			continue;
		*any = true;
		if (!has_ended(c))
			continue;
		list_del(&c->sibling);
		pid_release(c);
		return c;
	}
	return NULL;
}

long task_wait(int pid, int *status, bool nohang)
{
	struct task *me = current, *dead;
	bool any;
	long rc;

	spin_lock(&family_lock);
	for (;;) {
		dead = find_dead(pid, &any);
		if (dead || !any || nohang || me->killed)
			break;
		me->waiting = true;
		me->state = TASK_SLEEPING;
		spin_unlock(&family_lock);
		schedule();
		spin_lock(&family_lock);
		me->waiting = false;
	}
	spin_unlock(&family_lock);
	if (!dead)
		return !any ? -ECHILD : nohang ? 0 : -EINTR;

	/* It may still be running its last instructions on its own stack. */
	while (__atomic_load_n(&dead->on_cpu, __ATOMIC_ACQUIRE))
		cpu_relax();
	rc = dead->pid;
	*status = dead->exit_status;
	task_free(dead);
	return rc;
}
