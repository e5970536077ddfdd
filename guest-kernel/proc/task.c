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
#include "sys/file.h"

spinlock_t family_lock;
struct task *by_pid[MAX_TASKS + 1];
struct task *undertaker;
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
	struct task *t = kzalloc(sizeof(*t));
	struct page *stack;

	if (!t)
		return NULL;
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
	pages_free(virt_to_page(t->stack), KERNEL_STACK_ORDER);
	kfree(t);
	__atomic_sub_fetch(&nr_tasks, 1, __ATOMIC_RELEASE);
}

/* What switch_stacks() pops, then task_entry's address. */
static void prepare_stack(struct task *t, unsigned long *top, void (*fn)(void), struct regs *frame)
{
	*--top = 0; /* nobody called task_entry */
	*--top = (unsigned long)task_entry;
	*--top = 0;		       /* rbp */
	*--top = (unsigned long)fn;    /* rbx */
	*--top = (unsigned long)frame; /* r12 */
	*--top = 0;
	*--top = 0;
	*--top = 0; /* r13 - r15 */
	t->sp = (unsigned long)top;
}

/* Family locked. Returns a free pid, or 0. */
static int pid_take(struct task *t)
{
	for (int i = 0; i < MAX_TASKS; i++) {
		last_pid = last_pid % MAX_TASKS + 1;
		if (!by_pid[last_pid]) {
			by_pid[last_pid] = t;
			nr_with_pid++;
			return last_pid;
		}
	}
	return 0;
}

void pid_release(const struct task *t)
{
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
	undertaker = current;
	t->parent = current;
	list_add_tail(&t->sibling, &current->children);
	t->pid = pid_take(t);
	spin_unlock(&family_lock);
	BUG_ON(!t->pid || !t->files);
	prepare_stack(t, (unsigned long *)((char *)t->stack + KERNEL_STACK_SIZE), fn, NULL);
	task_start(t);
	return t;
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
	t->fs_base = how->set_tls ? how->tls : me->fs_base;
	t->clear_tid = how->clear_tid;
	asm volatile("fxsave64 %0" : "=m"(t->fpu));
	frame = (struct regs *)((char *)t->stack + KERNEL_STACK_SIZE) - 1;
	*frame = *regs;
	frame->rax = 0;
	if (how->stack)
		frame->rsp = how->stack;
	prepare_stack(t, (unsigned long *)frame, NULL, frame);
	return 0;
}

/* Gives the task a pid and its place in the family. */
static long join_family(struct task *t, bool thread)
{
	struct task *leader = current->leader;
	long rc = -EAGAIN;

	spin_lock(&family_lock);
	if (thread && leader->group_exit)
		goto out;
	t->pid = pid_take(t);
	if (!t->pid)
		goto out;
	rc = t->pid;
	if (thread) {
		t->leader = leader;
		list_add_tail(&t->sibling, &leader->threads);
	} else {
		t->parent = leader;
		t->ppid = leader->pid;
		list_add_tail(&t->sibling, &leader->children);
	}
out:
	spin_unlock(&family_lock);
	return rc;
}

long task_clone(const struct regs *regs, const struct clone *how)
{
	struct task *t = task_alloc(current->name);
	long rc;
	int pid;

	if (!t)
		return -ENOMEM;
	rc = inherit(t, regs, how);
	if (rc)
		goto free;
	rc = join_family(t, how->thread);
	if (rc < 0)
		goto leave;

	count(proc_forks);
	pid = (int)rc; /* before it can run and be gone */
	if (how->parent_tid)
		copy_to_user(how->parent_tid, &pid, sizeof(pid)); /* as Linux: no error */
	task_start(t);
	return pid;

leave:
	files_put(t->files);
	mm_put(t->mm);
free:
	task_free(t);
	return rc;
}
