/* SPDX-License-Identifier: MIT */
/*
 * Which lock guards the entries of a pte page: under `mm` the one
 * page_table_lock of the tree, under `split` one in the pte page's struct page.
 * Tables above level 1 are always guarded by page_table_lock; they only come and
 * go while the address space's areas are locked for writing, or, coming, under
 * it (table.c).
 *
 * An entry's lock is held while the entry changes, and until the change is in
 * force: a lazy section lies within it. Pinning a pte page needs the lock too,
 * because between being read-only and being known to Xen as a table the page
 * can be written by nobody, not even through Xen's emulation.
 *
 * Order: an address space's areas before any of these; then the reverse map's
 * lock (mm/rmap.h); page_table_lock before a pte page's; of two trees, the one
 * that is being built before the one that it is copied from.
 */
#ifndef MMU_PTLOCK_H
#define MMU_PTLOCK_H

#include "mmu/pgtable.h"

static inline spinlock_t *pte_lockptr(struct pgtable *pt, struct page *pte_page)
{
	return policy.ptl == PTL_split && !mutant(wrong_lock) ? &pte_page->lock : &pt->lock;
}

static inline void pte_lock(struct pgtable *pt, struct page *pte_page)
{
	spin_lock(pte_lockptr(pt, pte_page));
}

static inline void pte_unlock(struct pgtable *pt, struct page *pte_page)
{
	spin_unlock(pte_lockptr(pt, pte_page));
}

/* An entry of level 1: where it is, and the pte page that it is in. */
struct pte_at {
	pte_t *ptep;
	struct page *page;
};

/*
 * The entry for va, not locked, for a first look. pte_map() allocates what is
 * missing, pte_map_existing() does not; false when memory is exhausted, or there
 * is no pte page. Areas are locked, or the tree is nobody else's: without its lock a
 * page that becomes protected must not be mapped. Given back by pte_unmap(),
 * the last one first (ptemap.h).
 */
static inline bool pte_map_in(struct page *p, unsigned long va, struct pte_at *at)
{
	if (!p)
		return false;
	at->page = p;
	at->ptep = pte_page_map(p) + pt_index(va, 1);
	return true;
}

static inline bool pte_map(struct pgtable *pt, unsigned long va, struct pte_at *at)
{
	return pte_map_in(pte_page_get(pt, va), va, at);
}

static inline bool pte_map_existing(struct pgtable *pt, unsigned long va, struct pte_at *at)
{
	return pte_map_in(pte_page_find(pt, va), va, at);
}

static inline void pte_unmap(const struct pte_at *at)
{
	pte_page_unmap(at->ptep);
}

/* The same with its lock held, and taken before the page is mapped; given back by pte_put(). */
static inline bool pte_get(struct pgtable *pt, unsigned long va, struct pte_at *at)
{
	struct page *p = pte_page_get(pt, va);

	if (p)
		pte_lock(pt, p);
	return pte_map_in(p, va, at);
}

static inline bool pte_find(struct pgtable *pt, unsigned long va, struct pte_at *at)
{
	struct page *p = pte_page_find(pt, va);

	if (p)
		pte_lock(pt, p);
	return pte_map_in(p, va, at);
}

static inline void pte_put(struct pgtable *pt, const struct pte_at *at)
{
	pte_unmap(at);
	pte_unlock(pt, at->page);
}

/*
 * The same for somebody who has not locked the areas, so that tables might go
 * meanwhile: page_table_lock is held from before the way down.
 */
static inline bool pte_find_foreign(struct pgtable *pt, unsigned long va, struct pte_at *at)
{
	struct page *p;

	spin_lock(&pt->lock);
	p = pte_page_find(pt, va);
	if (p && policy.ptl == PTL_split)
		pte_lock(pt, p);
	else if (!p)
		spin_unlock(&pt->lock);
	return pte_map_in(p, va, at);
}

static inline void pte_put_foreign(struct pgtable *pt, const struct pte_at *at)
{
	pte_unmap(at);
	if (policy.ptl == PTL_split)
		pte_unlock(pt, at->page);
	spin_unlock(&pt->lock);
}

#endif
