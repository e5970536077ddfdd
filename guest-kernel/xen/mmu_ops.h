/* SPDX-License-Identifier: MIT */
/*
 * Page-table hypercalls, one function each. In a lazy section (xen/multicall.h)
 * they are queued and return 0; otherwise their effects are visible on return,
 * and they return 0 or Xen's negative errno. A refusal means that the guest
 * broke a rule of Xen's: the caller, or the flush, panics with what was tried.
 */
#ifndef XEN_MMU_OPS_H
#define XEN_MMU_OPS_H

#include "xen/multicall.h"

/* Tables belong to a hypervisor: read-only, pinned, and two roots for a process. */
#define HV_PARAVIRT 1

/* Which TLB entries go with an update of one entry. */
enum hv_flush {
	HV_NO_FLUSH,   /* the old entry was not present, or the caller flushes later */
	HV_FLUSH_PAGE, /* this page, on the CPUs of a mask */
};

/*
 * Masks of vCPUs to flush are read by Xen itself, after the entries before them in
 * a call or batch are written: a vCPU that comes to the tree meanwhile, when it
 * can still see old entries, is flushed too. So the mask must stay where it is
 * until the call is made. If only this vCPU is in it, and no other can come
 * (CPU_MORE), it need not be read.
 */
static inline bool hv_only_this_cpu(const unsigned long *cpus)
{
	unsigned long mask = *cpus, self = 1UL << this_cpu()->id;

	if (likely(mask == self))
		return true;
	if (mask & ~self & ~CPU_MORE)
		count(mmu_shootdowns);
	return false;
}

static inline long hv_queue_update_va(unsigned long va, pte_t e, enum hv_flush flush,
				      const unsigned long *cpus)
{
	struct mc_queue *q = mc_queue();
	unsigned long flags = UVMF_NONE;
	struct multicall_entry *call;

	mc_room(q, 0);
	if (flush == HV_FLUSH_PAGE) {
		flags = UVMF_INVLPG | UVMF_LOCAL;
		if (!hv_only_this_cpu(cpus))
			flags = UVMF_INVLPG | UVMF_MULTI | (unsigned long)cpus;
	}
	count(queued_update_va_mapping);
	call = mc_entry(q, __HYPERVISOR_update_va_mapping);
	call->args[0] = va;
	call->args[1] = e.v;
	call->args[2] = flags;
	return 0;
}

/* As hv_update_va(), but never queued. */
static inline long hv_update_va_now(unsigned long va, pte_t e, enum hv_flush flush,
				    const unsigned long *cpus)
{
	unsigned long flags = UVMF_NONE;

	count(mmu_entries_va);
	if (flush == HV_FLUSH_PAGE) {
		flags = UVMF_INVLPG | UVMF_LOCAL;
		if (!hv_only_this_cpu(cpus))
			flags = UVMF_INVLPG | UVMF_MULTI | (unsigned long)cpus;
	}
	return hyp_update_va_mapping(va, e, flags);
}

/*
 * Writes the level-1 entry that maps va in the tables this CPU has loaded. `cpus`
 * is the mask of vCPUs to flush, which must not move until the call is made.
 */
static inline long hv_update_va(unsigned long va, pte_t e, enum hv_flush flush,
				const unsigned long *cpus)
{
	if (hv_lazy()) {
		count(mmu_entries_va);
		return hv_queue_update_va(va, e, flush, cpus);
	}
	return hv_update_va_now(va, e, flush, cpus);
}

/*
 * Makes the kernel's address va map something else, at once, in a lazy section
 * too; its entry is *slot. `cpu` is the mask of the one CPU that uses va.
 */
static inline long hv_map_now(unsigned long va, pte_t *slot, pte_t e, enum hv_flush flush,
			      const unsigned long *cpu)
{
	(void)slot;
	return hv_update_va_now(va, e, flush, cpu);
}

/* Writes the entry at machine address `at`, whatever its level. Xen flushes for levels 2 to 4. */
static inline long hv_update(maddr_t at, pte_t e)
{
	struct mmu_update u = {.ptr = at.v | MMU_NORMAL_PT_UPDATE, .val = e.v};

	count(mmu_entries_mmu);
	if (hv_lazy()) {
		struct mc_queue *q = mc_queue();

		mc_room(q, sizeof(u));
		*(struct mmu_update *)mc_list_op(q, __HYPERVISOR_mmu_update, sizeof(u),
						 CNT_queued_mmu_update) = u;
		return 0;
	}
	return hyp_mmu_update(&u, 1);
}

/*
 * Stores to an entry of a pte page that Xen knows as such: Xen takes the fault,
 * checks the entry and writes it (VMASST_TYPE_writable_pagetables). Never queued.
 */
static inline void hv_store(pte_t *slot, pte_t e)
{
	count(mmu_entries_emulated);
#ifdef PVMMU_HOSTED
	hosted_store(slot, e);
#else
	__atomic_store_n(&slot->v, e.v, __ATOMIC_RELAXED);
#endif
}

/*
 * Clears bits of an entry with one atomic instruction. The pte page is writable,
 * or one that Xen knows as such and emulates the cmpxchg for; in between it is a
 * fault. Never queued.
 */
static inline void hv_clear_bits(pte_t *slot, u64 bits)
{
#ifdef PVMMU_HOSTED
	hosted_clear_bits(slot, bits);
#else
	u64 old = __atomic_load_n(&slot->v, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(&slot->v, &old, old & ~bits, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
#endif
}

static inline long hv_mmuext(unsigned cmd, mfn_t mfn)
{
	struct mmuext_op op = {.cmd = cmd, .arg1.mfn = mfn.v};

	if (hv_lazy()) {
		struct mc_queue *q = mc_queue();

		mc_room(q, sizeof(op));
		*(struct mmuext_op *)mc_list_op(q, __HYPERVISOR_mmuext_op, sizeof(op),
						CNT_queued_mmuext_op) = op;
		return 0;
	}
	return hyp_mmuext_op(&op, 1);
}

/* level 1 to 4: Xen validates the tree below and keeps it valid. */
static inline long hv_pin(int level, mfn_t mfn)
{
	count(mmuext_pin);
	return hv_mmuext(MMUEXT_PIN_L1_TABLE + (unsigned)level - 1, mfn);
}

static inline long hv_unpin(mfn_t mfn)
{
	count(mmuext_unpin);
	return hv_mmuext(MMUEXT_UNPIN_TABLE, mfn);
}

/* The root used in kernel mode, from now on. Also flushes the TLB. */
static inline long hv_load_root(mfn_t mfn)
{
	count(mmuext_new_baseptr);
	return hv_mmuext(MMUEXT_NEW_BASEPTR, mfn);
}

/* The root used in user mode; mfn 0 for none. */
static inline long hv_load_user_root(mfn_t mfn)
{
	count(mmuext_new_user_baseptr);
	return hv_mmuext(MMUEXT_NEW_USER_BASEPTR, mfn);
}

/* A flush on the CPUs of a mask: `local` if that is just this one, else `multi`. */
static inline long hv_flush(struct mmuext_op op, unsigned local, unsigned multi,
			    const unsigned long *cpus)
{
	bool here = hv_only_this_cpu(cpus);

	op.cmd = here ? local : multi;
	if (!here)
		op.arg2.vcpumask.p = cpus;
	if (hv_lazy()) {
		struct mc_queue *q = mc_queue();

		mc_room(q, sizeof(op));
		*(struct mmuext_op *)mc_list_op(q, __HYPERVISOR_mmuext_op, sizeof(op),
						CNT_queued_mmuext_op) = op;
		return 0;
	}
	return hyp_mmuext_op(&op, 1);
}

static inline long hv_flush_tlb(const unsigned long *cpus)
{
	count(mmuext_tlb_flush);
	return hv_flush((struct mmuext_op){0}, MMUEXT_TLB_FLUSH_LOCAL, MMUEXT_TLB_FLUSH_MULTI,
			cpus);
}

static inline long hv_flush_page(unsigned long va, const unsigned long *cpus)
{
	count(mmuext_invlpg);
	return hv_flush((struct mmuext_op){.arg1.linear_addr = va}, MMUEXT_INVLPG_LOCAL,
			MMUEXT_INVLPG_MULTI, cpus);
}

/* -- frame_types.c ----------------------------------------------------------- */

#define HV_FRAME_TYPES_MAX 1024
/* A table's level, or 0 for anything else; the other two besides. */
#define HV_FRAME_PINNED 0x10ul
#define HV_FRAME_ALIEN	0x20ul /* not ours */
/*
 * For the audit: puts in place of each of n mfns what Xen holds that frame to be.
 * NULL, or, if Xen does not tell, why not; the frames are undefined then.
 */
const char *hv_frame_types(u64 *frames, unsigned n);

#endif
