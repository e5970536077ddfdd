/* SPDX-License-Identifier: MIT */
/*
 * The reverse map: from a page of anonymous memory to all entries that map it.
 *
 * fork copies an address space to the same addresses. So a page is mapped at one
 * address only, in the address space that it was made for and in those forked from that
 * one since: its *lineage*. The page keeps both, and who looks for its entries tries the
 * address in each member. exec founds a new lineage. mremap, which moves memory within one
 * address space, tells the page its new address; if others map it too, there would be two,
 * and the page is let go from the reverse map (rmap_moved).
 *
 * An address space belongs to it from before its first entry until after its
 * last one, so also while fork fills its tables, while they are published and
 * pinned, and while exit takes them apart.
 *
 * Whoever looks (rmap_for_each) holds one lock for the whole reverse map, then
 * the entry's (mmu/ptlock.h). Nothing else is stopped, so much may be under way:
 *
 *  - The page is freed: its lineage is forgotten first. A use of an anonymous page
 *    ends before the address space that it was taken through, so when the
 *    last member leaves, no page names the lineage any more. Leaving takes the
 *    lock, hence a lineage that a page names under the lock exists.
 *  - The page is freed and becomes somebody else's between the reading of
 *    its address and of its lineage: the entry found there does not map the
 *    page, or does it rightly. One that maps it holds a use of it.
 *  - A member ends: it leaves, under the lock, before its tables are freed.
 *  - munmap frees tables: under page_table_lock, which pte_find_foreign() takes
 *    before the way down.
 *  - fork, mprotect, munmap, copy on write, publish and retire change entries or
 *    pte pages under the entry's lock.
 */
#ifndef MM_RMAP_H
#define MM_RMAP_H

#include "mm/mm.h"
#include "mmu/ptlock.h"

/* Makes an address space without entries a member: of parent's lineage, or, if that is NULL, of
 * one of its own. False when memory is exhausted. */
bool rmap_join(struct mm *mm, struct mm *parent);
/* Its entries are gone, its tables still there. */
void rmap_leave(struct mm *mm);

/* A new page is about to be mapped at va. */
static inline void rmap_set(struct page *p, const struct mm *mm, unsigned long va)
{
	__atomic_store_n(&p->anon_va, va, __ATOMIC_RELAXED);
	__atomic_store_n(&p->anon_lineage, (unsigned long)mm->lineage | PAGE_ANON,
			 __ATOMIC_RELAXED);
}

/*
 * A page is mapped at va now instead of where it was. If others map it too, they do so at the
 * old address; then it is not to be found any more.
 */
static inline void rmap_moved(struct page *p, const struct mm *mm, unsigned long va)
{
	if (!(__atomic_load_n(&p->anon_lineage, __ATOMIC_RELAXED) & PAGE_ANON))
		return;
	if (__atomic_load_n(&p->refs, __ATOMIC_ACQUIRE) == 1)
		rmap_set(p, mm, va);
	else
		__atomic_store_n(&p->anon_lineage, 0, __ATOMIC_RELAXED);
}

/*
 * Calls visit() for each present entry that maps the page, locked; not at all for
 * a page that is not anonymous. Returns in how many address spaces it was looked for.
 */
unsigned rmap_for_each(const struct page *p,
		       void (*visit)(struct pgtable *pt, const struct pte_at *at, void *arg),
		       void *arg);

#endif
