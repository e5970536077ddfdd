/* SPDX-License-Identifier: MIT */
/*
 * Access to the entries of a pte page. Under the policy pte=low the direct map is used, at
 * no cost. Under pte=high the pte pages of processes come from a zone at the end of memory
 * that has no permanent mapping, as on 32-bit machines with more memory than kernel
 * addresses. On x86-64 this zone is artificial, made to measure the cost of the mechanism.
 * A high page is mapped in a slot: one of a few fixed kernel addresses that each CPU has
 * for itself.
 *
 * Slots are a stack: the last one mapped is unmapped first, and no task switch comes in
 * between. Unmapping does not change the mapping until the slot is needed for another
 * page, because the next page is often the same. The rest are *stray* mappings, of pages
 * that are not in use. Xen accepts no table that is mapped writable anywhere, so
 *
 *	- a page is mapped writable only while it is not PAGE_PROTECTED;
 *	- before it becomes so, pte_page_protect() makes its stray mappings, on all
 *	  CPUs, read-only.
 *
 * No CPU uses a mapping of the page at that time, or begins to. Either no other CPU knows
 * its tree, or other CPUs (the reverse map) take the page's lock before they map it, and
 * that lock is held while the page becomes protected. Other CPUs may use their slots for
 * other pages meanwhile, so each CPU's slots have a lock.
 *
 * A free page may have stray mappings too. It will be a pte page again.
 */
#ifndef MMU_PTEMAP_H
#define MMU_PTEMAP_H

#include "mmu/frame.h"

#define PTE_SLOTS     4 /* of a CPU: fork needs two, and a callback one more */
#define PTE_ALL_SLOTS (NR_CPUS * PTE_SLOTS)

struct pte_slot {
	struct page *page; /* the mapped page; NULL: none yet */
	u64 maddr;	   /* the page's machine address */
	bool writable;
};
/* Slot k of CPU c is number c * PTE_SLOTS + k, at PTE_SLOT_BASE + number * PAGE_SIZE. */
extern struct pte_slot pte_slots[PTE_ALL_SLOTS];

/* Call once, at setup. `table` is the pte page of the slots themselves, part of all trees. */
void pte_slots_init(pte_t *table);

/* For high pages; use pte_page_map() and pte_page_unmap(). */
pte_t *pte_slot_map(struct page *p);
void pte_slot_unmap(const pte_t *entry);

static inline bool pte_in_slot(const pte_t *entry)
{
	return policy.pte == PTE_high &&
	       (unsigned long)entry - PTE_SLOT_BASE < PTE_ALL_SLOTS * PAGE_SIZE;
}

static inline unsigned pte_slot_number(const pte_t *entry)
{
	return (unsigned)(((unsigned long)entry - PTE_SLOT_BASE) >> PAGE_SHIFT);
}

/* Entry 0 of a pte page; writable, unless the page is PAGE_PROTECTED. */
static inline pte_t *pte_page_map(struct page *p)
{
	return page_is_high(p) ? pte_slot_map(p) : page_to_virt(p);
}

/* Takes a pointer to any entry of the page. */
static inline void pte_page_unmap(const pte_t *entry)
{
	if (pte_in_slot(entry))
		pte_slot_unmap(entry);
}

/* Call when a high page becomes PAGE_PROTECTED: no mapping of it stays writable. */
void pte_page_protect(struct page *p);

/* The machine address of an entry, for mmu_update. */
static inline maddr_t pte_maddr(const pte_t *entry)
{
	unsigned long offset = (unsigned long)entry & ~PAGE_MASK;
	mfn_t mfn;

	if (pte_in_slot(entry))
		return (maddr_t){pte_slots[pte_slot_number(entry)].maddr | offset};
	mfn = pfn_to_mfn(virt_to_pfn(entry));
	return (maddr_t){((u64)mfn.v << PAGE_SHIFT) | offset};
}

#endif
