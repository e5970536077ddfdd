// SPDX-License-Identifier: MIT
/*
 * Executing a batch. A single call is made directly, since a multicall around it would
 * only cost. A debug build of Xen overwrites executed entries (with 0xaa), so only the
 * result is read afterwards, unless a call has failed.
 */
#include "xen/multicall.h"

#include "lib/bug.h"
#include "lib/print.h"

struct mc_queue mc_queues[MC_ON ? NR_CPUS : 1];

static void print_entry(const struct mc_queue *q, unsigned i)
{
	const struct multicall_entry *e = &q->entry[i];
	unsigned long at = e->args[0] - (unsigned long)q->args, room = sizeof(q->args);

	print("  %u: call %lu(%lx, %lx, %lx, %lx) = %ld, queued at %p\n", i, (unsigned long)e->op,
	      e->args[0], e->args[1], e->args[2], e->args[3], (long)e->result, q->from[i]);
	/* If Xen refused a call, it may have changed the arguments (mmuext_op). */
	if (at >= room || e->args[1] > (room - at) / sizeof(struct mmu_update))
		return;
	if (e->op == __HYPERVISOR_mmu_update) {
		const struct mmu_update *u = (const struct mmu_update *)e->args[0];

		for (unsigned long k = 0; k < e->args[1]; k++)
			print("     entry at maddr %" F64 "x := %" F64 "x\n", u[k].ptr, u[k].val);
	} else if (e->op == __HYPERVISOR_mmuext_op) {
		const struct mmuext_op *o = (const struct mmuext_op *)e->args[0];

		for (unsigned long k = 0; k < e->args[1]; k++)
			print("     mmuext operation %u on %lx\n", o[k].cmd,
			      (unsigned long)o[k].arg1.mfn);
	}
}

static void refused(const struct mc_queue *q, unsigned n)
{
	unsigned bad = 0;

	while (bad < n && (long)q->entry[bad].result >= 0)
		bad++;
	print("Xen refused part of a batch of %u:\n", n);
	for (unsigned i = 0; i < n; i++)
		print_entry(q, i);
	panic("Xen refused call %u of a batch of %u, queued at %p: %ld", bad, n, q->from[bad],
	      (long)q->entry[bad].result);
}

/* The call was counted as one in a multicall. */
#define COUNT_ALONE(queued, call) (count_n(CNT_##queued, (u64)-1), count(call))

static long make_single(const struct multicall_entry *e)
{
	switch (e->op) {
	case __HYPERVISOR_mmu_update: COUNT_ALONE(queued_mmu_update, hypercalls_mmu_update); break;
	case __HYPERVISOR_mmuext_op: COUNT_ALONE(queued_mmuext_op, hypercalls_mmuext_op); break;
	case __HYPERVISOR_update_va_mapping:
		COUNT_ALONE(queued_update_va_mapping, hypercalls_update_va_mapping);
		break;
	case __HYPERVISOR_stack_switch: COUNT_ALONE(queued_other, hypercalls_stack_switch); break;
	case __HYPERVISOR_set_segment_base:
		COUNT_ALONE(queued_other, hypercalls_set_segment_base);
		break;
	default: COUNT_ALONE(queued_other, hypercalls_other);
	}
	return hypercall_by_number(e->op, e->args[0], e->args[1], e->args[2], e->args[3]);
}

static void count_batch(const struct mc_queue *q, enum mc_reason why)
{
	u64 *counters = this_cpu()->counters;
	/* Buckets 1, 2, 3-4, 5-8, ... */
	unsigned bucket = q->ops > 1 ? 32 - (unsigned)__builtin_clz(q->ops - 1) : 0;

	counters[CNT_batch_size_1 + bucket]++;
	counters[CNT_batch_flush_leave + why]++;
}

void mc_flush(enum mc_reason why)
{
	struct mc_queue *q = mc_queue();
	unsigned n = q->entries, callbacks = q->callbacks;

	if (n) {
		bool ok = true;

		count_batch(q, why);
		if (n == 1) {
			long rc = make_single(&q->entry[0]);

			q->entry[0].result = (unsigned long)rc;
			ok = rc >= 0;
		} else {
			long rc = hyp_multicall(q->entry, n);

			if (rc)
				panic("Xen refused a multicall: %ld", rc);
			for (unsigned i = 0; i < n; i++)
				ok &= (long)q->entry[i].result >= 0;
		}
		if (unlikely(!ok))
			refused(q, n);
	}
	q->entries = q->callbacks = q->ops = q->used = 0;
	for (unsigned i = 0; i < callbacks; i++)
		q->callback[i].fn(q->callback[i].arg);
}
