/* SPDX-License-Identifier: MIT */
/*
 * Which lock guards the entries of a pte page: under `mm` the page_table_lock of the tree,
 * under `split` the lock in the pte page's struct page. page_table_lock always guards the
 * tables above level 1. Such a table is freed only while the areas of the address space
 * are locked for writing. It is added under that lock or under page_table_lock (table.c).
 *
 * The lock of an entry is held while the entry changes and until the change takes effect,
 * so it is taken before a lazy section and released after it. Pinning a pte page needs the
 * lock too. After the page becomes read-only and before Xen knows it as a table, the page
 * cannot be written at all, not even through Xen's emulation.
 *
 * Lock order: the areas of an address space; then the reverse map's lock (mm/rmap.h); then
 * page_table_lock; then the lock of a pte page. The lock of a tree
 * that is being built comes before the lock of the tree that it is copied from.
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

/* A level-1 entry: its address, and the pte page that contains it. */
struct pte_at {
	pte_t *ptep;
	struct page *page;
};

/*
 * The entry for va, not locked, for a first look. pte_map() allocates missing tables,
 * pte_map_existing() does not. They return false if memory is exhausted, or if there is no
 * pte page. The areas must be locked, or the tree must be private to the caller: without
 * its lock, a page that becomes protected must not be mapped. Release with pte_unmap(), in
 * reverse order (ptemap.h).
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

/* The same with the entry's lock held, taken before the page is mapped. Release with pte_put(). */
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
 * The same for a caller that has not locked the areas, so that tables may be freed
 * meanwhile. page_table_lock is taken before the descent.
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
