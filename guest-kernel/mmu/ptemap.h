/* SPDX-License-Identifier: MIT */
/*
 * Reaching the entries of a pte page. Under the policy pte=low that is the direct
 * map and costs nothing. Under pte=high, pte pages of processes come from a zone at
 * the end of memory that has no permanent mapping, as on 32-bit machines with more
 * memory than kernel addresses; on x86-64 the zone is our construction, made to
 * measure what the mechanism costs. Such a page is seen through a slot: one of a
 * few fixed kernel addresses that each CPU has for itself.
 *
 * Slots are a stack: who maps first unmaps last, without a task switch in between.
 * Unmapping leaves the mapping as it is, until the slot is wanted for another page,
 * since often it is wanted for the same one. Hence *stray* mappings, of pages that
 * nobody looks at. Xen accepts no table that is mapped writable anywhere, so
 *
 *	- a page is mapped writable only while it is not PAGE_PROTECTED;
 *	- before it becomes so, pte_page_protect() makes its stray mappings, on all
 *	  CPUs, read-only.
 *
 * Nobody uses a mapping of the page then, nor begins to: either its tree is known
 * to no other CPU, or others (the reverse map) come by the page's lock, which they
 * take before they map it, and which is held while the page becomes protected.
 * What other CPUs do meanwhile is to use their slots for other pages; each CPU's
 * slots have a lock for that.
 *
 * A free page may have stray mappings too. It will be a pte page again.
 */
#ifndef MMU_PTEMAP_H
#define MMU_PTEMAP_H

#include "mmu/frame.h"

#define PTE_SLOTS     4 /* of a CPU: fork needs two, who looks on from a callback one more */
#define PTE_ALL_SLOTS (NR_CPUS * PTE_SLOTS)

struct pte_slot {
	struct page *page; /* which it shows; NULL: none yet */
	u64 maddr;	   /* the page's machine address */
	bool writable;
};
/* Slot k of CPU c is number c * PTE_SLOTS + k, at PTE_SLOT_BASE + number * PAGE_SIZE. */
extern struct pte_slot pte_slots[PTE_ALL_SLOTS];

/* Once, at setup: `table`, the slots' own pte page, is part of all trees. */
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

/* Takes any entry of the page. */
static inline void pte_page_unmap(const pte_t *entry)
{
	if (pte_in_slot(entry))
		pte_slot_unmap(entry);
}

/* A high page is PAGE_PROTECTED from now on: no mapping of it stays writable. */
void pte_page_protect(struct page *p);

/* Where an entry lies in the machine: what mmu_update wants to know. */
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
