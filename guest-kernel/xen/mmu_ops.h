/* SPDX-License-Identifier: MIT */
/*
 * Page-table hypercalls, one function each. mmu/backend.h says what each promises.
 * In a lazy section (xen/multicall.h) they are queued and return 0, and an error
 * shows at the flush.
 *
 * Several functions here look alike, on purpose. This is measured inline code and
 * stays as it is: merging the twin lines was tried, and pin.o grew from 884 to 1,000
 * instructions.
 */
#ifndef XEN_MMU_OPS_H
#define XEN_MMU_OPS_H

#include "xen/multicall.h"
#if WORD_BITS == 32
#include "xen/32/segments.h"
#endif

#define HV_PARAVIRT	1
#define HV_USER_ROOT	PV_USER_ROOT
#define HV_TAKES_TABLES 1
#define HV_LARGE_PAGES	0
#define HV_ROOT_CACHED	0 /* Xen loads it again */

/* Which TLB entries an update of one entry flushes. */
enum hv_flush {
	HV_NO_FLUSH,   /* none: the old entry was not present, or the caller flushes later */
	HV_FLUSH_PAGE, /* this page's entry, on the CPUs of a mask */
};

/*
 * Xen itself reads the mask of vCPUs to flush, after it has written the entries that
 * come before the flush in the call or batch. So Xen also flushes a vCPU that loads the
 * tree in the meantime and may have cached old entries. The mask must therefore stay
 * valid until the call is made. If the mask holds this vCPU only, and no other can
 * join (CPU_MORE), a local flush does.
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
	put_halves(&call->args[1], e.v);
	call->args[1 + NR_HALVES] = flags;
	return 0;
}

/* The same as hv_update_va(), but never queued. */
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

/* `cpus` must stay valid until the call is made. */
static inline long hv_update_va(unsigned long va, pte_t e, enum hv_flush flush,
				const unsigned long *cpus)
{
	if (hv_lazy()) {
		count(mmu_entries_va);
		return hv_queue_update_va(va, e, flush, cpus);
	}
	return hv_update_va_now(va, e, flush, cpus);
}

/* Xen finds the entry by va; `cpu` is the mask of the one CPU that uses va. */
static inline long hv_map_now(unsigned long va, pte_t *ptep, pte_t e, enum hv_flush flush,
			      const unsigned long *cpu)
{
	(void)ptep;
	return hv_update_va_now(va, e, flush, cpu);
}

/* Xen itself flushes the TLB for entries of levels 2 to 4. */
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
 * A store to a pte page that Xen knows as one faults. Xen checks the entry and
 * writes it (VMASST_TYPE_writable_pagetables).
 */
static inline void hv_store(pte_t *ptep, pte_t e)
{
	count(mmu_entries_emulated);
#ifdef PVMMU_HOSTED
	hosted_store(ptep, e);
#else
	entry_store(&ptep->v, e.v);
#endif
}

/*
 * Works if the pte page is writable, and if Xen knows it as a pte page and emulates
 * the cmpxchg. It faults if the page is read-only and Xen does not know it yet.
 */
static inline void hv_clear_bits(pte_t *ptep, u64 bits)
{
#ifdef PVMMU_HOSTED
	hosted_clear_bits(ptep, bits);
#else
	u64 old = entry_load(&ptep->v);

	while (!entry_exchange(&ptep->v, &old, old & ~bits))
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

/* level: 1 to 4 */
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

/* Also flushes the TLB. */
static inline long hv_load_root(mfn_t mfn)
{
	count(mmuext_new_baseptr);
	return hv_mmuext(MMUEXT_NEW_BASEPTR, mfn);
}

#define hv_load_first_root(mfn) hv_load_root(mfn)

static inline long hv_load_user_root(mfn_t mfn)
{
	count(mmuext_new_user_baseptr);
	return hv_mmuext(MMUEXT_NEW_USER_BASEPTR, mfn);
}

/* Flushes on the CPUs of a mask: by `local` if that is this CPU only, else by `multi`. */
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

#if WORD_BITS == 64
#define hv_reads_frame(pfn) false
#else
#define hv_reads_frame(pfn) segments_hold(pfn)
#endif

/* -- frame_types.c ----------------------------------------------------------- */

#define HV_FRAME_TYPES_MAX 1024
/* A frame's type: the level of a table, or 0 for anything else; and these flags. */
#define HV_FRAME_PINNED 0x10ul
#define HV_FRAME_ALIEN	0x20ul /* not ours */
/*
 * For the audit: replaces each of n mfns by the type that Xen has for that frame.
 * Returns NULL, or the reason why Xen does not tell; then the frames are undefined.
 */
const char *hv_frame_types(unsigned long *frames, unsigned n);

#endif
