// SPDX-License-Identifier: MIT
/*
 * Making and ending tasks. The family tree and the states of children are under
 * one lock; parents adopt nothing but their own children, and orphans go to the
 * kernel thread that started process 1, which buries them.
 */
#include "proc/task.h"

#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/user.h"
#include "sys/file.h"

static spinlock_t family_lock;
static struct task *by_pid[MAX_TASKS + 1]; /* pids 1 .. MAX_TASKS */
static int last_pid;
static unsigned nr_processes;
static struct task *undertaker; /* parent of orphans */

unsigned task_count(void)
{
	return __atomic_load_n(&nr_processes, __ATOMIC_RELAXED);
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
	t->stack = page_to_virt(stack);
	t->cpu = this_cpu()->id;
	list_init(&t->children);
	copy_string(t->name, name, sizeof(t->name));
	return t;
}

static void task_free(struct task *t)
{
	pages_free(virt_to_page(t->stack), KERNEL_STACK_ORDER);
	kfree(t);
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
			nr_processes++;
			return last_pid;
		}
	}
	return 0;
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

long task_fork(struct regs *regs)
{
	struct task *parent = current, *t = task_alloc(parent->name);
	struct regs *frame;
	long rc = -ENOMEM;

	if (!t)
		return rc;
	t->mm = mm_fork(parent->mm);
	if (!t->mm)
		goto no_mm;
	t->files = files_fork(parent->files);
	if (!t->files)
		goto no_files;

	t->fs_base = parent->fs_base;
	asm volatile("fxsave64 %0" : "=m"(t->fpu));
	frame = (struct regs *)((char *)t->stack + KERNEL_STACK_SIZE) - 1;
	*frame = *regs;
	frame->rax = 0;
	prepare_stack(t, (unsigned long *)frame, NULL, frame);

	spin_lock(&family_lock);
	t->pid = pid_take(t);
	if (t->pid) {
		t->parent = parent;
		list_add_tail(&t->sibling, &parent->children);
	}
	spin_unlock(&family_lock);
	if (!t->pid) {
		rc = -EAGAIN;
		goto no_pid;
	}

	count(proc_forks);
	rc = t->pid; /* before it can run and be gone */
	task_start(t);
	return rc;

no_pid:
	files_put(t->files);
no_files:
	mm_put(t->mm);
no_mm:
	task_free(t);
	return rc;
}

/* Family locked: wakes a parent that waits for children, for it to look again. */
static void tell(struct task *parent)
{
	if (!parent->waiting)
		return;
	parent->waiting = false;
	task_wake(parent);
}

/* Family locked: hands the children over and tells their new parent of the dead ones. */
static void orphan_children(struct task *t)
{
	struct task *c, *next;
	bool dead = false;

	list_for_each_entry_safe (c, next, &t->children, sibling) {
		list_del(&c->sibling);
		c->parent = undertaker;
		list_add_tail(&c->sibling, &undertaker->children);
		dead |= c->state == TASK_ZOMBIE;
	}
	if (dead)
		tell(undertaker);
}

void task_exit(int status)
{
	struct task *t = current;
	struct mm *mm = t->mm;

	files_put(t->files);
	t->files = NULL;
	/* From here on a kernel thread that is lazily on its old tables. */
	t->mm = NULL;
	if (!mutant(leak_space))
		mm_put(mm);
	count(proc_exits);

	spin_lock(&family_lock);
	orphan_children(t);
	t->exit_status = status;
	t->state = TASK_ZOMBIE;
	tell(t->parent);
	spin_unlock(&family_lock);
	schedule();
	BUG();
}

/* Family locked: takes a dead child out of the tree. NULL: none; *any: there are living ones. */
static struct task *find_dead(int pid, bool *any)
{
	struct task *c;

	*any = false;
	list_for_each_entry (c, &current->children, sibling) {
		if (pid != -1 && c->pid != pid)
			continue;
		*any = true;
		if (c->state != TASK_ZOMBIE)
			continue;
		list_del(&c->sibling);
		by_pid[c->pid] = NULL;
		nr_processes--;
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

/* Family locked. */
static void kill_locked(struct task *t, int status)
{
	if (t->killed)
		return;
	t->kill_status = status;
	__atomic_store_n(&t->killed, true, __ATOMIC_RELEASE);
	task_poke(t);
}

void task_kill(struct task *t, int status)
{
	spin_lock(&family_lock);
	kill_locked(t, status);
	spin_unlock(&family_lock);
}

void task_kill_all(int status)
{
	spin_lock(&family_lock);
	for (int pid = 1; pid <= MAX_TASKS; pid++)
		if (by_pid[pid] && by_pid[pid]->state != TASK_ZOMBIE)
			kill_locked(by_pid[pid], status);
	spin_unlock(&family_lock);
}
