/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU data, and the few instructions that have no C.
 *
 * GS points to the CPU's own struct cpu in the kernel (Xen swaps it at each crossing
 * between user and kernel). The kernel runs with events masked from entry to exit and is
 * not preempted, so a CPU may use its own struct without locks.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include "abi/counters.h"
#include "arch/x86/insn.h"
#include "arch/x86/tls.h"
#include "arch/x86/types.h"

#define NR_CPUS 8

/* An additional bit in a mask of CPUs: other CPUs may join at any time. No CPU has this bit. */
#define CPU_MORE (1UL << NR_CPUS)

struct task;
struct pgtable;

struct cpu {
	struct cpu *self;		  /* must be first: read through the segment */
	unsigned long kernel_sp, user_sp; /* native/entry.S: where a system call switches stacks */
	unsigned id;
	bool need_resched;
	bool emergency; /* may use the memory kept in reserve (mm/alloc.h) */
	bool at_rest;	/* answers calls in a consistent state: out of user mode or idle */
	u32 calls;	/* mask of CPUs that wait for an answer to their cross-calls; see smp.h */
	u8 lazy;	/* nested sections in which hypercalls are queued (xen/multicall.h) */
	struct task *task; /* the running task */
	struct task *idle;
	struct pgtable *loaded; /* its roots are in cr3; kernel threads keep the last one */
	tls_t tls;		/* the value in the hardware now */
	u64 since;		/* when the task came here, in ticks of the TSC */
	u64 counters[PVMMU_NR_COUNTERS];
};

extern struct cpu cpus[NR_CPUS];
extern unsigned nr_cpus; /* number of running CPUs */

#ifdef PVMMU_HOSTED
/* Unit tests on the host: one CPU, no segment. */
static inline struct cpu *this_cpu(void)
{
	return &cpus[0];
}

/* Unit tests: the loop would wait for ever, because there is no other CPU. */
void hosted_relax(void);

static inline void count_n(enum pvmmu_counter c, u64 n)
{
	cpus[0].counters[c] += n;
}
#else
static inline struct cpu *this_cpu(void)
{
	return per_cpu_self();
}

/* One instruction, so that counting disturbs the measured code as little as possible. */
static __always_inline void count_n(enum pvmmu_counter c, u64 n)
{
	per_cpu_add(offsetof(struct cpu, counters) + 8 * c, n);
}
#endif

#define count(group_name) count_n(CNT_##group_name, 1)

#define current (this_cpu()->task)

#define for_each_cpu(c) for (struct cpu *c = cpus; c < cpus + nr_cpus; c++)

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

/* The processor's features, as programs are told them (AT_HWCAP). */
#define FEATURE_PAE (1u << 6)
#define FEATURE_SEP (1u << 11)
static inline u32 cpu_features(void)
{
	u32 leaf = 1, b, c = 0, features;

	asm volatile("cpuid" : "+a"(leaf), "=b"(b), "+c"(c), "=d"(features));
	return features;
}

/* Answers the cross-calls that wait for this CPU. */
void smp_answer(void);

/* QEMU's TCG ends the vCPU's slice here, so that another vCPU runs. */
static inline void cpu_pause(void)
{
	asm volatile("pause" ::: "memory");
}

/*
 * Call in every spin loop. A CPU that waits must still answer cross-calls, or two CPUs
 * would wait for each other (smp.h).
 */
static inline void cpu_relax(void)
{
#ifdef PVMMU_HOSTED
	hosted_relax();
#endif
	cpu_pause();
	if (unlikely(__atomic_load_n(&this_cpu()->calls, __ATOMIC_RELAXED)))
		smp_answer();
}

#define barrier() asm volatile("" ::: "memory")

#endif
