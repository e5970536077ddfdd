/* SPDX-License-Identifier: MIT */
/*
 * The reverse map: from a page of anonymous memory to all entries that map it.
 *
 * fork copies an address space to the same addresses. So a page has one address only, in
 * the address space that it was made for and in those forked from it since: its *lineage*.
 * The page stores both, and a search for its entries tries the address in each member.
 * exec starts a new lineage. mremap moves memory within one address space, and updates the
 * page's address. If others map the page too, it would have two addresses, and it is
 * removed from the reverse map (rmap_moved).
 *
 * An address space is a member from before its first entry until after its last one. So it
 * is a member while fork fills its tables, while they are published and pinned, and while
 * exit frees them.
 *
 * A search (rmap_for_each) holds one lock for the complete reverse map, then the entry's
 * lock (mmu/ptlock.h). Other code is not stopped, so it may run at the same time:
 *
 *  - The page is freed. Its lineage is cleared first. A use of an anonymous page ends before
 *    the address space that it belongs to, so when the last member leaves, no page names the
 *    lineage any more. Leaving takes the lock, so a lineage that a page names under the lock
 *    exists.
 *  - The page is freed and reused after its address was read and before its lineage is read.
 *    The entry found there either does not map the page, or maps it correctly. An entry that
 *    maps the page holds a use of it.
 *  - A member ends. It leaves, under the lock, before its tables are freed.
 *  - munmap frees tables, under page_table_lock, which pte_find_foreign() takes before the
 *    descent.
 *  - fork, mprotect, munmap, copy on write, publish and retire change entries or pte pages
 *    under the entry's lock.
 */
#ifndef MM_RMAP_H
#define MM_RMAP_H

#include "mm/mm.h"
#include "mmu/ptlock.h"

/*
 * Makes an address space without entries a member of parent's lineage or, if parent is
 * NULL, of a new one. Returns false if memory is exhausted.
 */
bool rmap_join(struct mm *mm, struct mm *parent);
/* Call when the entries of mm are gone, and its tables still exist. */
void rmap_leave(struct mm *mm);

/* Call before a new page is mapped at va. */
static inline void rmap_set(struct page *p, const struct mm *mm, unsigned long va)
{
	__atomic_store_n(&p->anon_va, va, __ATOMIC_RELAXED);
	__atomic_store_n(&p->anon_lineage, (unsigned long)mm->lineage | PAGE_ANON,
			 __ATOMIC_RELAXED);
}

/*
 * Call when a page has moved to va. If others map it too, they map it at the old address;
 * then the page is removed from the reverse map.
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
 * Calls visit() for each present entry that maps the page, with the entry locked. Does
 * nothing for a page that is not anonymous. Returns the number of address spaces searched.
 */
unsigned rmap_for_each(const struct page *p,
		       void (*visit)(struct pgtable *pt, const struct pte_at *at, void *arg),
		       void *arg);

#endif
