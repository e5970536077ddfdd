// SPDX-License-Identifier: MIT
/*
 * The scheduler: round robin per CPU. User code is preempted, the kernel is not.
 * While more than one task wants the CPU a timer event comes every SLICE_NS;
 * otherwise none, so a lone process is measured without ticks. The event takes
 * the CPU from a task only if it had it at the last event already: everybody
 * gets a whole slice at least, and a task that gives way by itself sooner is
 * never switched out by a tick that happened to fall into its turn.
 *
 * A CPU whose next task is a kernel thread keeps the last process' tables loaded.
 */
#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "mm/mm.h"
#include "proc/task.h"

#define SLICE_NS 10000000u

static struct run_queue {
	spinlock_t lock;
	struct list_head tasks;
	struct task *previous;	/* whose stack was left last; see finish_switch() */
	bool slicing;		/* a slice event is on its way */
	bool fresh;		/* the running task came after the last slice event */
	u64 slice_at, timer_at; /* timer_at: what the timer is set to, 0: off */
} queues[NR_CPUS];

/* All sleepers, soonest first. */
static spinlock_t sleep_lock;
static struct list_head sleepers = LIST_INIT(sleepers);

void sched_init(void)
{
	for (unsigned i = 0; i < NR_CPUS; i++)
		list_init(&queues[i].tasks);
}

static struct run_queue *my_queue(void)
{
	return &queues[this_cpu()->id];
}

/* Sets the timer for the nearest of what is due; an earlier one is left standing. */
static void timer_want(struct run_queue *q, u64 at)
{
	if (q->timer_at && q->timer_at <= at)
		return;
	q->timer_at = at;
	platform_set_timer(at);
}

/* Queue locked. */
static void enqueue(struct run_queue *q, struct task *t)
{
	list_add_tail(&t->run_link, &q->tasks);
	if (!q->slicing) {
		q->slicing = true;
		q->slice_at = platform_clock_ns() + SLICE_NS;
		timer_want(q, q->slice_at);
	}
}

void task_wake(struct task *t)
{
	struct run_queue *q = &queues[t->cpu];

	spin_lock(&q->lock);
	if (t->state == TASK_SLEEPING) {
		t->state = TASK_RUNNING;
		/* One that is still on its way to sleep queues itself. */
		if (cpus[t->cpu].task != t)
			enqueue(q, t);
	}
	spin_unlock(&q->lock);
}

static void save_fpu(struct task *t)
{
	asm volatile("fxsave64 %0" : "=m"(t->fpu));
}

static void load_fpu(const struct task *t)
{
	asm volatile("fxrstor64 %0" ::"m"(t->fpu));
}

static void load_context(struct task *t)
{
	struct cpu *cpu = this_cpu();

	cpu->task = t;
	if (!t->mm)
		return;
	hv_lazy_enter(); /* stack, roots and segment base in one go */
	pgtable_load(&t->mm->pt);
	platform_set_kernel_stack((unsigned long)t->stack + KERNEL_STACK_SIZE);
	if (cpu->fs_base != t->fs_base) {
		platform_set_fs_base(t->fs_base);
		cpu->fs_base = t->fs_base;
	}
	hv_lazy_leave();
}

void finish_switch(void)
{
	struct run_queue *q = my_queue();

	__atomic_store_n(&q->previous->on_cpu, 0, __ATOMIC_RELEASE);
	spin_unlock(&q->lock);
	if (current->mm)
		load_fpu(current);
}

void schedule(void)
{
	struct cpu *cpu = this_cpu();
	struct run_queue *q = my_queue();
	struct task *prev = cpu->task, *next = cpu->idle;

	spin_lock(&q->lock);
	cpu->need_resched = false;
	if (prev->state == TASK_RUNNING && prev != cpu->idle)
		enqueue(q, prev);
	if (!list_empty(&q->tasks)) {
		next = list_first(&q->tasks, struct task, run_link);
		list_del(&next->run_link);
	}
	if (next == prev) {
		spin_unlock(&q->lock);
		return;
	}
	count(sched_switches);
	q->fresh = true;
	if (prev->mm)
		save_fpu(prev);
	next->on_cpu = 1;
	q->previous = prev;
	load_context(next);
	switch_stacks(&prev->sp, next->sp);
	finish_switch();
}

void handle_timer(void)
{
	struct run_queue *q = my_queue();
	u64 now = platform_clock_ns(), next = 0;

	count(sched_timer);
	q->timer_at = 0;
	spin_lock(&sleep_lock);
	while (!list_empty(&sleepers)) {
		struct task *t = list_first(&sleepers, struct task, sleep_link);

		if (t->wake_at > now) {
			next = t->wake_at;
			break;
		}
		list_del(&t->sleep_link);
		task_wake(t);
	}
	spin_unlock(&sleep_lock);

	spin_lock(&q->lock);
	if (q->slicing && q->slice_at <= now) {
		q->slicing = !list_empty(&q->tasks);
		if (q->slicing) {
			this_cpu()->need_resched = !q->fresh;
			q->fresh = false;
			q->slice_at = now + SLICE_NS;
		}
	}
	if (q->slicing)
		timer_want(q, q->slice_at);
	if (next)
		timer_want(q, next);
	spin_unlock(&q->lock);
}

void handle_kick(void)
{
	smp_answer();
}

void task_sleep_until(u64 ns)
{
	struct task *t = current, *other;
	struct list_head *before = &sleepers;

	t->wake_at = ns;
	spin_lock(&sleep_lock);
	list_for_each_entry (other, &sleepers, sleep_link) {
		if (other->wake_at > ns) {
			before = &other->sleep_link;
			break;
		}
	}
	list_add_tail(&t->sleep_link, before);
	t->state = TASK_SLEEPING;
	spin_unlock(&sleep_lock);

	spin_lock(&my_queue()->lock);
	timer_want(my_queue(), ns);
	spin_unlock(&my_queue()->lock);
	schedule();

	spin_lock(&sleep_lock);
	if (t->sleep_link.next) /* woken early */
		list_del(&t->sleep_link);
	spin_unlock(&sleep_lock);
}

void idle_loop(void)
{
	for (;;) {
		schedule();
		if (!list_empty(&my_queue()->tasks))
			continue;
		count(sched_idle);
		platform_idle();
	}
}

void prepare_user_return(struct regs *regs)
{
	(void)regs;
	while (this_cpu()->need_resched)
		schedule();
	if (unlikely(current->killed))
		task_exit(current->kill_status);
}
