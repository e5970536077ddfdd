// SPDX-License-Identifier: MIT
#include "arch/x86/smp.h"

#include "arch/x86/platform.h"
#include "lib/bug.h"

/* The current cross-call. There is one at a time: a caller waits until all others have finished. */
static struct call {
	void (*fn)(void *arg);
	void *arg;
	unsigned long waiting; /* CPUs that have not finished yet */
} calls[NR_CPUS];

static bool answering[NR_CPUS];

void smp_answer(void)
{
	struct cpu *cpu = this_cpu();
	u32 from = __atomic_exchange_n(&cpu->calls, 0, __ATOMIC_ACQUIRE);

	answering[cpu->id] = true;
	while (from) {
		struct call *c = &calls[__builtin_ctz(from)];

		from &= from - 1;
		c->fn(c->arg);
		__atomic_and_fetch(&c->waiting, ~(1UL << cpu->id), __ATOMIC_RELEASE);
	}
	answering[cpu->id] = false;
}

void smp_call(unsigned long mask, void (*fn)(void *arg), void *arg)
{
	unsigned me = this_cpu()->id;
	struct call *c = &calls[me];

	mask &= ~(1UL << me);
	BUG_ON(answering[me] || mask >> nr_cpus);
	c->fn = fn;
	c->arg = arg;
	c->waiting = mask;
	for (; mask; mask &= mask - 1) {
		unsigned id = (unsigned)__builtin_ctzl(mask);

		count(smp_calls);
		__atomic_or_fetch(&cpus[id].calls, 1u << me, __ATOMIC_RELEASE);
		platform_kick(id);
	}
	while (__atomic_load_n(&c->waiting, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static u32 stopped;

static void note_busy(void *busy)
{
	if (!this_cpu()->at_rest)
		__atomic_store_n((bool *)busy, true, __ATOMIC_RELAXED);
}

/* The CPUs stand still only if none of them was in the kernel. */
static bool try_to_stop(void)
{
	bool busy = false;

	__atomic_store_n(&stopped, 1, __ATOMIC_SEQ_CST);
	smp_call((1UL << nr_cpus) - 1, note_busy, &busy);
	if (busy)
		__atomic_store_n(&stopped, 0, __ATOMIC_RELEASE);
	return !busy;
}

static u32 stopping;

bool smp_stop_others(void)
{
	if (__atomic_exchange_n(&stopping, 1, __ATOMIC_ACQUIRE))
		return false;
	while (!try_to_stop())
		cpu_relax();
	return true;
}

void smp_release_others(void)
{
	__atomic_store_n(&stopped, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&stopping, 0, __ATOMIC_RELEASE);
}

void smp_rest(void)
{
	struct cpu *cpu = this_cpu();

	cpu->at_rest = true;
	smp_answer();
	cpu->at_rest = false;
	while (__atomic_load_n(&stopped, __ATOMIC_ACQUIRE))
		cpu_relax();
}
