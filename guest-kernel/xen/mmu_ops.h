/* SPDX-License-Identifier: MIT */
/*
 * Page-table hypercalls, one function each. All return 0 or Xen's negative
 * errno; a refusal means that the guest broke a rule of Xen's, and the caller
 * panics with what it tried to do. Effects are visible on return.
 */
#ifndef XEN_MMU_OPS_H
#define XEN_MMU_OPS_H

#include "xen/hypercall.h"

/* Which TLB entries go with an update of one entry. */
enum hv_flush {
	HV_NO_FLUSH,   /* the old entry was not present, or the caller flushes later */
	HV_FLUSH_PAGE, /* this page, on the CPUs of a mask */
};

/*
 * Writes the level-1 entry that maps va in the tables this CPU has loaded. `cpus`
 * is the mask of vCPUs to flush; it is read during the call only.
 */
static inline long hv_update_va(unsigned long va, pte_t e, enum hv_flush flush,
				const unsigned long *cpus)
{
	unsigned long flags = UVMF_NONE;

	count(mmu_entries_va);
	if (flush == HV_FLUSH_PAGE) {
		if (*cpus == 1UL << this_cpu()->id)
			flags = UVMF_INVLPG | UVMF_LOCAL;
		else
			flags = UVMF_INVLPG | UVMF_MULTI | (unsigned long)cpus;
	}
	return hyp_update_va_mapping(va, e, flags);
}

/* Writes the entry at machine address `at`, whatever its level. Xen flushes for levels 2 to 4. */
static inline long hv_update(maddr_t at, pte_t e)
{
	struct mmu_update u = {.ptr = at.v | MMU_NORMAL_PT_UPDATE, .val = e.v};

	count(mmu_entries_mmu);
	return hyp_mmu_update(&u, 1);
}

static inline long hv_mmuext(unsigned cmd, mfn_t mfn)
{
	struct mmuext_op op = {.cmd = cmd, .arg1.mfn = mfn.v};

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

static inline long hv_flush_tlb(const unsigned long *cpus)
{
	struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

	count(mmuext_tlb_flush);
	if (*cpus != 1UL << this_cpu()->id) {
		op.cmd = MMUEXT_TLB_FLUSH_MULTI;
		op.arg2.vcpumask.p = cpus;
	}
	return hyp_mmuext_op(&op, 1);
}

static inline long hv_flush_page(unsigned long va, const unsigned long *cpus)
{
	struct mmuext_op op = {.cmd = MMUEXT_INVLPG_LOCAL, .arg1.linear_addr = va};

	count(mmuext_invlpg);
	if (*cpus != 1UL << this_cpu()->id) {
		op.cmd = MMUEXT_INVLPG_MULTI;
		op.arg2.vcpumask.p = cpus;
	}
	return hyp_mmuext_op(&op, 1);
}

#endif
