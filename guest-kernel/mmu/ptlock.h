/* SPDX-License-Identifier: MIT */
/*
 * Which lock guards the entries of a pte page: under `mm` the one
 * page_table_lock of the tree.
 */
#ifndef MMU_PTLOCK_H
#define MMU_PTLOCK_H

#include "mmu/pgtable.h"

static inline void pt_lock(struct pgtable *pt)
{
	spin_lock(&pt->lock);
}

static inline void pt_unlock(struct pgtable *pt)
{
	spin_unlock(&pt->lock);
}

#endif
