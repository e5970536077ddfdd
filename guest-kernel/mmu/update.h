/* SPDX-License-Identifier: MIT */
/*
 * Writing entries. A private tree takes plain stores; a published one goes
 * through Xen in the way the variant's update policy says. The caller holds the
 * entry's lock (mmu/ptlock.h). In a lazy section a write to a published tree, and
 * a flush, are in force at its end.
 */
#ifndef MMU_UPDATE_H
#define MMU_UPDATE_H

#include "mmu/ptlock.h"

/* For published trees; use pt_set(). */
void pt_set_live(struct pgtable *pt, unsigned long va, pte_t *ptep, pte_t e, enum hv_flush flush);

/* Writes the level-1 entry for va. With HV_FLUSH_PAGE no CPU uses the old one afterwards. */
static inline void pt_set(struct pgtable *pt, unsigned long va, pte_t *ptep, pte_t e,
			  enum hv_flush flush)
{
	if (pt->published) {
		pt_set_live(pt, va, ptep, e, flush);
		return;
	}
	count(mmu_entries_plain);
	*ptep = e;
}

/* Writes an entry of level 2 or more; one of the root's user part goes into both roots. */
void pt_set_table(struct pgtable *pt, int level, pte_t *ptep, pte_t e);

/*
 * Clears bits of a level-1 entry of any tree, loaded or not, at once; no flush. For
 * bits that the processor sets, so the entry is read and written in one piece where
 * that can be had. The caller holds page_table_lock as well as the entry's. False: it
 * cannot be done now, which happens with unpinned trees.
 */
bool pt_clear_bits(const struct pte_at *at, u64 bits);

/* Drops all of the tree's TLB entries, on every CPU that has it loaded. */
void pt_flush(struct pgtable *pt);

#endif
