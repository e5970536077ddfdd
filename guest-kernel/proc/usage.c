// SPDX-License-Identifier: MIT
#include "proc/usage.h"

#include "proc/family.h"

u64 task_ticks_now(const struct task *t)
{
	const struct cpu *c = &cpus[__atomic_load_n(&t->cpu, __ATOMIC_RELAXED)];

	return c->task == t ? rdtsc() - c->since : 0;
}

static u64 ticks_of(const struct task *t)
{
	return t->ticks + task_ticks_now(t);
}

u64 thread_ticks(void)
{
	return ticks_of(current);
}

u64 process_ticks(void)
{
	struct task *leader = current->leader, *t;
	u64 ticks;

	spin_lock(&family_lock);
	ticks = ticks_of(leader) + leader->ticks_before;
	list_for_each_entry (t, &leader->threads, sibling)
		ticks += ticks_of(t);
	spin_unlock(&family_lock);
	return ticks;
}

u64 children_ticks(void)
{
	return current->leader->child_ticks;
}
