// SPDX-License-Identifier: MIT
/*
 * The scheduler: round robin per CPU. User code is preempted, the kernel is not. While a
 * task waits behind the running one, a timer event comes every SLICE_NS. Without waiting
 * tasks there is none, so a single process is measured without ticks. The event takes the
 * CPU from a task only if the task already had it at the last event. So every task gets at
 * least a complete slice, and a task that gives up the CPU sooner is never switched out by
 * a tick that falls into its turn.
 *
 * With several CPUs every busy CPU has slice events, for the sake of an emulator that runs
 * the CPUs in turn. QEMU 7.2, counting instructions, lets a CPU that neither pauses nor
 * halts run up to the machine's next timer event, and then starts again with the first
 * CPU, so the later CPUs would never run. The slices of all CPUs begin at the same times.
 * At each of these times all CPUs except one pause, another one each time.
 *
 * A CPU whose next task is a kernel thread keeps the last process' tables loaded.
 *
 * Several CPUs. A task belongs to the CPU t->cpu. Its state and its CPU change only under
 * that CPU's queue lock. This lock is held through a switch until the new stack is in use
 * (finish_switch). So with the lock held, a task is either its CPU's current one or
 * completely saved, and any CPU may take it. No CPU holds two queue locks. A woken task
 * goes to its own CPU if that is idle, else to an idle CPU, else to the queue of its own
 * CPU. A new task goes to an idle CPU, else to the shortest queue. A CPU without tasks
 * takes one that waits elsewhere before it idles. At each slice event a CPU with waiting
 * tasks wakes an idle CPU to take one, in case the other attempts failed. A task may be
 * bound to some CPUs; from another CPU it leaves with its next switch (finish_switch). A
 * CPU may be reserved for tasks that are bound to it: page ageing needs one.
 */
#include "arch/x86/platform.h"
#include "arch/x86/smp.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "proc/timer.h"

#define SLICE_NS 10000000u

static struct run_queue {
	spinlock_t lock;
	struct list_head tasks;	  /* the waiting tasks */
	unsigned n;		  /* length of `tasks`; other CPUs read it without the lock */
	struct task *previous;	  /* the task before the current one; see finish_switch() */
	struct task *migrating;	  /* the previous task, if it must move to another CPU */
	bool slicing;		  /* a slice event is pending */
	bool ran_less_than_slice; /* the running task started after the last slice event */
	u64 slice_at, timer_at;	  /* timer_at: when the timer expires, 0: off */
} queues[NR_CPUS];

/* Mask of idle CPUs to which no task has been sent yet. */
static unsigned long idle_cpus = 1;

/* Mask of CPUs that only take bound tasks; never CPU 0. */
static unsigned long reserved_cpus;

static bool reserved(unsigned id)
{
	return __atomic_load_n(&reserved_cpus, __ATOMIC_RELAXED) >> id & 1;
}

void sched_init(void)
{
	for (unsigned i = 0; i < NR_CPUS; i++)
		list_init(&queues[i].tasks);
	timers_init();
}

static struct run_queue *my_queue(void)
{
	return &queues[this_cpu()->id];
}

/* Sets the timer for the next event; an earlier setting is kept. Own queue only. */
static void timer_want(struct run_queue *q, u64 at)
{
	if (q->timer_at && q->timer_at <= at)
		return;
	q->timer_at = at;
	platform_set_timer(at);
}

void sched_timer_event(u64 at)
{
	struct run_queue *q = my_queue();

	spin_lock(&q->lock);
	timer_want(q, at);
	spin_unlock(&q->lock);
}

static u64 slice_end(u64 now)
{
	return (now / SLICE_NS + 1) * SLICE_NS;
}

/* Own queue, locked. */
static void start_slices(struct run_queue *q)
{
	if (q->slicing)
		return;
	q->slicing = true;
	q->slice_at = slice_end(platform_clock_ns());
	timer_want(q, q->slice_at);
}

/* Queue locked. */
static void enqueue(struct run_queue *q, struct task *t)
{
	list_add_tail(&t->run_link, &q->tasks);
	q->n++;
}

/* Queue locked and not empty. */
static struct task *dequeue(struct run_queue *q)
{
	struct task *t = list_first(&q->tasks, struct task, run_link);

	list_del(&t->run_link);
	q->n--;
	return t;
}

/* Whether that task, on this CPU, must be interrupted by slice events. */
static bool needs_slices(const struct run_queue *q, const struct task *t)
{
	return q->n || (nr_cpus > 1 && t != this_cpu()->idle);
}

static bool runs_idle(unsigned id)
{
	return cpus[id].task == cpus[id].idle;
}

/*
 * Adds a runnable task that is in no queue to CPU id's queue, which is locked, and
 * unlocked on return.
 */
static void enqueue_on(unsigned id, struct task *t)
{
	struct run_queue *q = &queues[id];
	bool idle = runs_idle(id), kick = false;

	enqueue(q, t);
	if (id != this_cpu()->id)
		kick = idle || !q->slicing;
	else if (!idle)
		start_slices(q);
	spin_unlock(&q->lock);
	if (kick)
		platform_kick(id);
}

/* Removes a CPU from the idle mask; returns false if another CPU was faster. */
static bool claim(unsigned id)
{
	unsigned long bit = 1UL << id;

	return __atomic_fetch_and(&idle_cpus, ~bit, __ATOMIC_SEQ_CST) & bit;
}

#define ALL_CPUS ((1ul << NR_CPUS) - 1)

static unsigned long allowed(const struct task *t)
{
	return t->cpus ? t->cpus : ALL_CPUS;
}

static bool may_run(const struct task *t, unsigned id)
{
	return likely(!t->cpus) || (t->cpus >> id & 1);
}

/*
 * An idle CPU of the mask, preferably `home`, which the caller has claimed and may send
 * work to. If there is none, `home` or a busy CPU.
 */
static unsigned pick_idle_cpu(unsigned home, unsigned long mask)
{
	unsigned long idle = __atomic_load_n(&idle_cpus, __ATOMIC_SEQ_CST) & mask;

	if ((idle >> home & 1) && claim(home))
		return home;
	for (; idle; idle &= idle - 1)
		if (claim((unsigned)__builtin_ctzl(idle)))
			return (unsigned)__builtin_ctzl(idle);
	if (unlikely(mask != ALL_CPUS))
		return mask >> home & 1 ? home : (unsigned)__builtin_ctzl(mask);
	return unlikely(reserved(home)) ? 0 : home;
}

void task_start(struct task *t)
{
	unsigned here = this_cpu()->id, id = pick_idle_cpu(here, allowed(t));

	/* All CPUs are busy: take the shortest queue, preferably this one. */
	if (id == here && !runs_idle(here))
		for (unsigned i = 0; i < nr_cpus; i++)
			if (!reserved(i) && may_run(t, i) &&
			    __atomic_load_n(&queues[i].n, __ATOMIC_RELAXED) <
				    __atomic_load_n(&queues[id].n, __ATOMIC_RELAXED))
				id = i;
	t->cpu = id;
	t->state = TASK_RUNNING;
	spin_lock(&queues[id].lock);
	enqueue_on(id, t);
}

void task_start_on(struct task *t, unsigned id)
{
	t->cpus = 1u << id;
	t->cpu = id;
	t->state = TASK_RUNNING;
	spin_lock(&queues[id].lock);
	enqueue_on(id, t);
}

void sched_reserve(unsigned id, bool on)
{
	if (on) {
		__atomic_or_fetch(&reserved_cpus, 1UL << id, __ATOMIC_SEQ_CST);
		claim(id);
	} else {
		__atomic_and_fetch(&reserved_cpus, ~(1UL << id), __ATOMIC_SEQ_CST);
	}
}

/* Locks the queue of the task's CPU; returns the CPU. */
static unsigned lock_queue_of(struct task *t)
{
	for (;;) {
		unsigned id = __atomic_load_n(&t->cpu, __ATOMIC_RELAXED);

		spin_lock(&queues[id].lock);
		if (t->cpu == id)
			return id;
		spin_unlock(&queues[id].lock);
	}
}

/* The queue of CPU id is locked, and is unlocked on return. */
static void wake_locked(struct task *t, unsigned id)
{
	unsigned to;

	t->state = TASK_RUNNING;
	/* A task that is still on its way to sleep queues itself. */
	if (cpus[id].task == t) {
		spin_unlock(&queues[id].lock);
		return;
	}
	to = pick_idle_cpu(id, allowed(t));
	if (to != id) {
		/*
		 * It is in no queue and not asleep, so only this CPU can reach it between the
		 * locks.
		 */
		__atomic_store_n(&t->cpu, to, __ATOMIC_RELAXED);
		spin_unlock(&queues[id].lock);
		spin_lock(&queues[to].lock);
	}
	enqueue_on(to, t);
}

void task_wake(struct task *t)
{
	unsigned id = lock_queue_of(t);

	if (t->state == TASK_SLEEPING || t->state == TASK_PARKED)
		wake_locked(t, id);
	else
		spin_unlock(&queues[id].lock);
}

void task_poke(struct task *t)
{
	unsigned id = lock_queue_of(t);
	bool runs = cpus[id].task == t;

	if (t->state == TASK_SLEEPING) {
		wake_locked(t, id);
		return;
	}
	spin_unlock(&queues[id].lock);
	if (runs && id != this_cpu()->id)
		platform_kick(id);
}

static void load_context(struct task *t)
{
	struct cpu *cpu = this_cpu();

	cpu->task = t;
	if (unlikely(!may_run(t, cpu->id)))
		cpu->need_resched = true; /* it moves when it leaves the kernel */
	if (!t->mm)
		return;
	hv_lazy_enter(); /* stack, roots and segment base in one batch */
	pgtable_load(&t->mm->pt);
	platform_set_kernel_stack((unsigned long)t->stack + KERNEL_STACK_SIZE);
	if (!tls_same(cpu->tls, t->tls)) {
		platform_set_tls(t->tls);
		cpu->tls = t->tls;
	}
	hv_lazy_leave();
}

void finish_switch(void)
{
	struct run_queue *q = my_queue();
	struct task *prev = q->previous;
	struct task *migrating = q->migrating;
	bool reap = prev->autoreap;

	q->migrating = NULL;
	/* From here on other CPUs may free it. */
	__atomic_store_n(&prev->on_cpu, 0, __ATOMIC_RELEASE);
	spin_unlock(&q->lock);
	if (unlikely(migrating))
		task_start(migrating);
	if (unlikely(reap))
		task_free(prev);
	if (current->mm)
		fpu_load(current->fpu);
}

void schedule(void)
{
	struct cpu *cpu = this_cpu();
	struct run_queue *q = my_queue();
	struct task *prev = cpu->task, *next = cpu->idle;
	u64 now;

	spin_lock(&q->lock);
	cpu->need_resched = false;
	/* A waker that came before this lock found no sleeper to wake, so check here. */
	if ((prev->state == TASK_SLEEPING && prev->work) ||
	    (prev->state == TASK_PARKED && task_killed(prev)))
		prev->state = TASK_RUNNING;
	if (prev->state == TASK_RUNNING && prev != cpu->idle) {
		if (unlikely(!may_run(prev, cpu->id))) {
			q->migrating = prev;
		} else if (!q->n) {
			spin_unlock(&q->lock);
			return;
		} else {
			enqueue(q, prev);
		}
	}
	if (q->n)
		next = dequeue(q);
	if (needs_slices(q, next))
		start_slices(q);
	if (next == prev) {
		spin_unlock(&q->lock);
		return;
	}
	count(sched_switches);
	now = rdtsc();
	prev->ticks += now - cpu->since;
	cpu->since = now;
	q->ran_less_than_slice = true;
	if (prev->mm)
		fpu_save(prev->fpu);
	next->on_cpu = 1;
	q->previous = prev;
	load_context(next);
	switch_stacks(&prev->sp, next->sp);
	/* From here on perhaps on another CPU: no local variable from above is valid. */
	finish_switch();
}

void handle_timer(void)
{
	struct run_queue *q = my_queue();
	u64 now = platform_clock_ns(), next;
	unsigned other = this_cpu()->id;

	count(sched_timer);
	q->timer_at = 0;
	next = timers_run(now);

	spin_lock(&q->lock);
	if (q->slicing && q->slice_at <= now) {
		q->slicing = needs_slices(q, current);
		q->slice_at = slice_end(now);
		if (q->n) {
			this_cpu()->need_resched = !q->ran_less_than_slice;
			q->ran_less_than_slice = false;
			other = pick_idle_cpu(other, ALL_CPUS);
		}
	}
	if (q->slicing)
		timer_want(q, q->slice_at);
	if (next)
		timer_want(q, next);
	spin_unlock(&q->lock);
	if (other != this_cpu()->id)
		platform_kick(other); /* to take one of our tasks */
	if (nr_cpus > 1 && now / SLICE_NS % nr_cpus != this_cpu()->id)
		cpu_relax();
}

void handle_kick(void)
{
	struct run_queue *q = my_queue();

	smp_rest();
	spin_lock(&q->lock);
	if (q->n && !runs_idle(this_cpu()->id))
		start_slices(q);
	spin_unlock(&q->lock);
}

/* Queue locked: removes and returns the first task that may run on that CPU, or NULL. */
static struct task *take_for(struct run_queue *q, unsigned id)
{
	struct task *t;

	list_for_each_entry (t, &q->tasks, run_link) {
		if (!may_run(t, id))
			continue;
		list_del(&t->run_link);
		q->n--;
		__atomic_store_n(&t->cpu, id, __ATOMIC_RELAXED);
		return t;
	}
	return NULL;
}

void sched_set_cpus(struct task *t, u32 mask)
{
	unsigned id = lock_queue_of(t);
	bool runs = cpus[id].task == t;

	t->cpus = mask;
	if (runs && !may_run(t, id))
		cpus[id].need_resched = true;
	spin_unlock(&queues[id].lock);
	if (runs && id != this_cpu()->id)
		platform_kick(id);
}

/* Takes a task that waits on another CPU; returns false if there is none. */
static bool steal(void)
{
	unsigned me = this_cpu()->id;

	for (unsigned i = 1; i < nr_cpus; i++) {
		unsigned id = (me + i) % nr_cpus;
		struct run_queue *q = &queues[id];
		struct task *t = NULL;

		if (!__atomic_load_n(&q->n, __ATOMIC_RELAXED))
			continue;
		spin_lock(&q->lock);
		/* An idle CPU has been sent its first task and is about to run it. */
		if (q->n > (runs_idle(id) ? 1 : 0) && !reserved(id))
			t = take_for(q, me);
		spin_unlock(&q->lock);
		if (!t)
			continue;
		spin_lock(&my_queue()->lock);
		enqueue(my_queue(), t);
		spin_unlock(&my_queue()->lock);
		return true;
	}
	return false;
}

void idle_loop(void)
{
	unsigned long bit = 1UL << this_cpu()->id, idle;

	for (;;) {
		schedule();
		if (reserved(this_cpu()->id)) {
			platform_idle();
			continue;
		}
		if (steal())
			continue;
		idle = __atomic_or_fetch(&idle_cpus, bit, __ATOMIC_SEQ_CST);
		/* A waker that missed our idle bit has already queued its task, so check again. */
		if (!__atomic_load_n(&my_queue()->n, __ATOMIC_RELAXED)) {
			count(sched_idle);
			if (idle == (1UL << nr_cpus) - 1)
				count(sched_all_idle);
			platform_idle();
		}
		__atomic_and_fetch(&idle_cpus, ~bit, __ATOMIC_SEQ_CST);
	}
}
