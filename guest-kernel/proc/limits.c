// SPDX-License-Identifier: MIT
#include "proc/limits.h"

#include "lib/errno.h"
#include "mm/alloc.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "sys/file.h"

struct limits {
	u32 refs;
	struct rlimit of[NR_LIMITS];
};

/* The limits of a process for which none were set. */
static struct rlimit by_default(unsigned which)
{
	switch (which) {
	case RLIMIT_STACK: return (struct rlimit){STACK_SIZE, LIMIT_NONE};
	case RLIMIT_CORE: return (struct rlimit){0, LIMIT_NONE};
	case RLIMIT_NPROC: return (struct rlimit){MAX_TASKS, MAX_TASKS};
	case RLIMIT_NOFILE: return (struct rlimit){MAX_FDS, MAX_FDS};
	default: return (struct rlimit){LIMIT_NONE, LIMIT_NONE};
	}
}

struct rlimit limits_get(const struct task *leader, unsigned which)
{
	return leader->limits ? leader->limits->of[which] : by_default(which);
}

u64 task_limit(unsigned which)
{
	const struct task *leader = current->leader;
	u64 now;

	if (likely(!__atomic_load_n(&leader->limits, __ATOMIC_RELAXED)))
		return by_default(which).now;
	spin_lock(&family_lock); /* another thread may be replacing them */
	now = limits_get(leader, which).now;
	spin_unlock(&family_lock);
	return now;
}

static void put(struct limits *l)
{
	if (l && !__atomic_sub_fetch(&l->refs, 1, __ATOMIC_ACQ_REL))
		kfree(l);
}

long limits_set(struct task *leader, unsigned which, const struct rlimit *new)
{
	struct limits *l = leader->limits, *own = l;

	if (!l || __atomic_load_n(&l->refs, __ATOMIC_ACQUIRE) > 1) {
		own = kmalloc(sizeof(*own));
		if (!own)
			return -ENOMEM;
		for (unsigned i = 0; i < NR_LIMITS; i++)
			own->of[i] = limits_get(leader, i);
		own->refs = 1;
		put(l);
		leader->limits = own;
	}
	own->of[which] = *new;
	return 0;
}

void limits_inherit(struct task *child)
{
	struct limits *l;

	if (likely(!current->leader->limits))
		return;
	spin_lock(&family_lock);
	l = current->leader->limits;
	__atomic_add_fetch(&l->refs, 1, __ATOMIC_RELAXED);
	child->limits = l;
	spin_unlock(&family_lock);
}

void limits_free(struct task *t)
{
	put(t->limits);
}
