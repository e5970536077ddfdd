/* SPDX-License-Identifier: MIT */
/*
 * Page-table operations without Xen; mmu/backend.h says what each promises. An update
 * is a plain store. The processor uses a new entry when the old one has left its TLB.
 * Other CPUs flush their TLBs in a cross-call, and the caller waits for all of them. No
 * operation fails.
 */
#ifndef NATIVE_MMU_OPS_H
#define NATIVE_MMU_OPS_H

#include "arch/x86/cpu.h"
#include "arch/x86/types.h"
#include "native/cpu.h"

#define HV_PARAVIRT  0
#define HV_USER_ROOT 0
#if WORD_BITS == 64
#define HV_TAKES_TABLES 1
#define HV_LARGE_PAGES	0
#define HV_ROOT_CACHED	0
#else
#define HV_TAKES_TABLES 0
#define HV_LARGE_PAGES	1
#define HV_ROOT_CACHED	1
#endif

enum hv_flush {
	HV_NO_FLUSH,   /* none: the old entry was not present, or the caller flushes later */
	HV_FLUSH_PAGE, /* this page's entry, on the CPUs of a mask */
};

/* -- flush.c: flushes on the other CPUs of the mask ------------------------------ */

void flush_page_others(unsigned long va, unsigned long cpus);
void flush_tlb_others(unsigned long cpus);

static inline long hv_flush_page(unsigned long va, const unsigned long *cpus)
{
	unsigned long mask = *cpus & ~CPU_MORE, me = 1UL << this_cpu()->id;

	if (mask & me)
		invlpg(va);
	if (unlikely(mask & ~me))
		flush_page_others(va, mask);
	return 0;
}

static inline long hv_flush_tlb(const unsigned long *cpus)
{
	unsigned long mask = *cpus & ~CPU_MORE, me = 1UL << this_cpu()->id;

	if (mask & me)
		write_cr3(read_cr3());
	if (unlikely(mask & ~me))
		flush_tlb_others(mask);
	return 0;
}

static inline void hv_store(pte_t *ptep, pte_t e)
{
	count(mmu_entries_plain);
	entry_store(&ptep->v, e.v);
}

static inline void hv_clear_bits(pte_t *ptep, u64 bits)
{
#if WORD_BITS == 64
	__atomic_fetch_and(&ptep->v, ~bits, __ATOMIC_RELAXED);
#else
	u64 old = entry_load(&ptep->v);

	while (!entry_exchange(&ptep->v, &old, old & ~bits))
		;
#endif
}

/* The direct map shows all tables. */
static inline long hv_update(maddr_t at, pte_t e)
{
	hv_store((pte_t *)(DIRECT_MAP_BASE + (unsigned long)at.v), e);
	return 0;
}

static inline long hv_map_now(unsigned long va, pte_t *ptep, pte_t e, enum hv_flush flush,
			      const unsigned long *cpu)
{
	entry_store(&ptep->v, e.v);
	return flush == HV_FLUSH_PAGE ? hv_flush_page(va, cpu) : 0;
}

/* Also flushes the TLB. */
static inline long hv_load_root(mfn_t mfn)
{
	write_cr3(mfn.v << PAGE_SHIFT);
	return 0;
}

#if WORD_BITS == 64
#define hv_load_first_root(mfn) hv_load_root(mfn)
#else
/* 32/first_root.c */
long hv_load_first_root(mfn_t mfn);
#endif

/* -- lazy sections: operations are never queued ----------------------------------- */

static inline bool hv_lazy(void)
{
	return false;
}

static inline void hv_lazy_enter(void)
{
}

static inline void hv_lazy_leave(void)
{
}

static inline void hv_sync(void)
{
}

static inline unsigned hv_lazy_suspend(void)
{
	return 0;
}

static inline void hv_lazy_resume(unsigned nest)
{
	(void)nest;
}

static inline void hv_after(void (*fn)(void *arg), void *arg)
{
	fn(arg);
}

#define hv_reads_frame(pfn) false

/* -- for the audit: there is no second view of our frames ------------------------ */

#define HV_FRAME_TYPES_MAX 1024
#define HV_FRAME_PINNED	   0x10ul

static inline const char *hv_frame_types(unsigned long *frames, unsigned n)
{
	(void)frames, (void)n;
	return "there is no hypervisor";
}

/*
 * -- declared for code behind HV_PARAVIRT or an update policy, but not defined: if a
 * call is compiled in, the image does not link
 */
long hv_update_va(unsigned long va, pte_t e, enum hv_flush flush, const unsigned long *cpus);
long hv_pin(int level, mfn_t mfn);
long hv_unpin(mfn_t mfn);
long hv_load_user_root(mfn_t mfn);

#endif
