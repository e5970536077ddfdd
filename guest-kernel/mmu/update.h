/* SPDX-License-Identifier: MIT */
/*
 * Writing entries. A private tree takes plain stores. A published tree is written through
 * Xen as the variant's update policy says. The caller holds the entry's lock
 * (mmu/ptlock.h). In a lazy section, a write to a published tree and a flush take effect
 * at its end.
 */
#ifndef MMU_UPDATE_H
#define MMU_UPDATE_H

#include "mmu/ptlock.h"

/* For published trees; use pt_set(). */
void pt_set_live(struct pgtable *pt, unsigned long va, pte_t *ptep, pte_t e, enum hv_flush flush);

/* Writes the level-1 entry for va. With HV_FLUSH_PAGE no CPU uses the old entry afterwards. */
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

/* Writes an entry of level 2 or more. An entry of the root's user part goes into both roots. */
void pt_set_table(struct pgtable *pt, int level, pte_t *ptep, pte_t e);

/*
 * Clears bits of a level-1 entry of any tree, loaded or not, at once and without a flush.
 * The processor sets these bits, so the entry is read and written atomically where that is
 * possible. The caller holds page_table_lock and the entry's lock. Returns false if the
 * bits cannot be cleared now, which happens with unpinned trees.
 */
bool pt_clear_bits(const struct pte_at *at, u64 bits);

/* Flushes all of the tree's TLB entries, on every CPU that has it loaded. */
void pt_flush(struct pgtable *pt);

#endif
