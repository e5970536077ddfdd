// SPDX-License-Identifier: MIT
/* Making tasks, and their names. */
#include "proc/task.h"

#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/user.h"
#include "proc/family.h"
#include "proc/itimer.h"
#include "proc/limits.h"
#include "sys/file.h"

spinlock_t family_lock;
struct task *by_pid[MAX_TASKS + 1];
struct task *child_reaper;
static int last_pid;
static unsigned nr_with_pid, nr_tasks;

unsigned task_count(void)
{
	return __atomic_load_n(&nr_with_pid, __ATOMIC_RELAXED);
}

unsigned task_live_count(void)
{
	return __atomic_load_n(&nr_tasks, __ATOMIC_ACQUIRE);
}

struct mm *current_mm(void)
{
	return current->mm;
}

static struct task *task_alloc(const char *name)
{
	struct task *t = kmalloc(sizeof(*t));
	struct page *stack;

	if (!t)
		return NULL;
	memset(t, 0, offsetof(struct task, fpu));
	stack = pages_alloc(KERNEL_STACK_ORDER);
	if (!stack) {
		kfree(t);
		return NULL;
	}
	__atomic_add_fetch(&nr_tasks, 1, __ATOMIC_RELAXED);
	t->stack = page_to_virt(stack);
	t->cpu = this_cpu()->id;
	t->leader = t;
	list_init(&t->threads);
	list_init(&t->children);
	copy_string(t->name, name, sizeof(t->name));
	return t;
}

void task_free(struct task *t)
{
	signal_free(t);
	itimer_free(t);
	limits_free(t);
	pages_free(virt_to_page(t->stack), KERNEL_STACK_ORDER);
	kfree(t);
	__atomic_sub_fetch(&nr_tasks, 1, __ATOMIC_RELEASE);
}

/* The values that switch_stacks() pops, then task_entry's address. */
static void prepare_stack(struct task *t, unsigned long *top, void (*fn)(void), struct regs *frame)
{
	*--top = 0; /* task_entry has no caller */
	*--top = (unsigned long)task_entry;
	*--top = 0;		       /* rbp, ebp */
	*--top = (unsigned long)fn;    /* rbx, ebx */
	*--top = (unsigned long)frame; /* r12, esi */
	for (unsigned i = 0; i < SWITCH_OTHERS; i++)
		*--top = 0;
	t->sp = (unsigned long)top;
}

/*
 * For each number: how many processes have it as group or session. Such a number is not
 * given out as a pid.
 */
static u16 group_uses[MAX_TASKS + 1];

void group_join(struct task *leader, int pgid, int sid)
{
	group_leave(leader);
	leader->pgid = pgid;
	leader->sid = sid;
	group_uses[pgid]++;
	group_uses[sid]++;
}

void group_leave(const struct task *leader)
{
	if (!leader->pgid)
		return;
	group_uses[leader->pgid]--;
	group_uses[leader->sid]--;
}

/* Family locked. Returns a free pid, or 0. */
static int pid_take(struct task *t)
{
	for (int i = 0; i < MAX_TASKS; i++) {
		last_pid = last_pid % MAX_TASKS + 1;
		if (!by_pid[last_pid] && !group_uses[last_pid]) {
			by_pid[last_pid] = t;
			nr_with_pid++;
			return last_pid;
		}
	}
	return 0;
}

void pid_release(const struct task *t)
{
	group_leave(t);
	by_pid[t->pid] = NULL;
	nr_with_pid--;
}

struct task *kernel_thread(const char *name, void (*fn)(void))
{
	struct task *t = task_alloc(name);

	if (!t)
		panic("no memory for kernel thread %s", name);
	prepare_stack(t, (unsigned long *)((char *)t->stack + KERNEL_STACK_SIZE), fn, NULL);
	return t;
}

struct task *process_spawn(const char *name, void (*fn)(void))
{
	struct task *t = task_alloc(name);

	if (!t)
		return NULL;
	t->files = files_new();
	spin_lock(&family_lock);
	child_reaper = current;
	t->parent = current;
	t->exit_signal = SIGCHLD;
	list_add_tail(&t->sibling, &current->children);
	t->pid = pid_take(t);
	group_join(t, t->pid, t->pid);
	spin_unlock(&family_lock);
	BUG_ON(!t->pid || !t->files);
	prepare_stack(t, (unsigned long *)((char *)t->stack + KERNEL_STACK_SIZE), fn, NULL);
	task_start(t);
	return t;
}

void task_restart(struct task *t, const struct regs *regs)
{
	struct regs *frame = (struct regs *)((char *)t->stack + KERNEL_STACK_SIZE) - 1;

	*frame = *regs;
	prepare_stack(t, (unsigned long *)frame, NULL, frame);
	task_start(t);
}

/* Address space, files and registers of a new task. */
static long inherit(struct task *t, const struct regs *regs, const struct clone *how)
{
	struct task *me = current;
	struct regs *frame;

	if (how->vm) {
		pgtable_share(&me->mm->pt);
		mm_get(me->mm);
		t->mm = me->mm;
	} else {
		t->mm = mm_fork(me->mm);
		if (!t->mm)
			return -ENOMEM;
	}
	t->files = how->thread ? files_get(me->files) : files_fork(me->files);
	if (!t->files) {
		mm_put(t->mm);
		return -ENOMEM;
	}
	t->tls = how->set_tls ? how->tls : me->tls;
	t->clear_tid = how->clear_tid;
	if (how->child_tid) {
		t->set_tid = how->child_tid;
		t->work = WORK_SET_TID;
	}
	t->blocked = me->blocked;
	t->cpus = me->cpus;
	if (!how->vm || how->vfork)
		t->alt_stack = me->alt_stack;
	fpu_save(t->fpu);
	frame = (struct regs *)((char *)t->stack + KERNEL_STACK_SIZE) - 1;
	*frame = *regs;
	frame->ax = 0;
	if (how->stack)
		frame->sp = how->stack;
	prepare_stack(t, (unsigned long *)frame, NULL, frame);
	return 0;
}

/* Gives the task a pid and its place in the family. */
static long join_family(struct task *t, const struct clone *how)
{
	struct task *leader = current->leader;
	long rc = -EAGAIN;

	spin_lock(&family_lock);
	/*
	 * A thread that is being killed makes no new ones, so one loop over the threads kills all.
	 */
	if (leader->group_exit || (how->thread && leader->exec_thread))
		goto out;
	t->pid = pid_take(t);
	if (!t->pid)
		goto out;
	rc = t->pid;
	if (how->thread) {
		t->leader = leader;
		t->work |= leader->work & WORK_STOP;
		list_add_tail(&t->sibling, &leader->threads);
	} else {
		t->exit_signal = how->exit_signal;
		t->nice = leader->nice;
		group_join(t, leader->pgid, leader->sid);
		t->parent = leader;
		t->ppid = leader->pid;
		list_add_tail(&t->sibling, &leader->children);
	}
	if (how->vfork) {
		t->vfork_parent = current;
		current->vfork_child = t;
	}
out:
	spin_unlock(&family_lock);
	return rc;
}

/* Waits until the child has left the shared address space. */
static void wait_for_vfork_child(void)
{
	struct task *me = current;

	for (;;) {
		me->state = TASK_PARKED;
		if (!__atomic_load_n(&me->vfork_child, __ATOMIC_SEQ_CST) || task_killed(me))
			break;
		schedule();
	}
	me->state = TASK_RUNNING;
	spin_lock(&family_lock);
	if (me->vfork_child)
		me->vfork_child->vfork_parent = NULL;
	me->vfork_child = NULL;
	spin_unlock(&family_lock);
}

long task_clone(const struct regs *regs, const struct clone *how)
{
	struct task *t;
	long rc;
	int pid;

	/* pid_take() checks again, with the lock held; this check avoids useless copying. */
	if (task_count() >= task_limit(RLIMIT_NPROC))
		return -EAGAIN;
	t = task_alloc(current->name);
	if (!t)
		return -ENOMEM;
	rc = inherit(t, regs, how);
	if (rc)
		goto free;
	if (!how->thread) {
		rc = signal_inherit(t, how->clear_handlers);
		if (rc)
			goto leave;
		limits_inherit(t);
	}
	rc = join_family(t, how);
	if (rc < 0)
		goto leave;

	count(proc_forks);
	pid = (int)rc; /* read it before the task can run and end */
	if (how->parent_tid)
		copy_to_user(how->parent_tid, &pid, sizeof(pid)); /* like Linux: no error */
	task_start(t);
	if (how->vfork)
		wait_for_vfork_child();
	return pid;

leave:
	files_put(t->files);
	mm_put(t->mm);
free:
	task_free(t);
	return rc;
}
