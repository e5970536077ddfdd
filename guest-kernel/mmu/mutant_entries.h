/* SPDX-License-Identifier: MIT */
/*
 * Deliberate bugs that break no rule of Xen's and disturb no program, so that only the
 * audit can find them: entries that should not exist. They are added to a tree just before
 * it is published, and removed when it is private again. A build that is not such a mutant
 * contains no code of this.
 */
#ifndef MMU_MUTANT_ENTRIES_H
#define MMU_MUTANT_ENTRIES_H

#include "arch/x86/platform.h"
#include "mmu/pgtable.h"

/* The last entry of the lowest pte page: beyond the heap of any program that we run. */
static inline pte_t *stray_entry(const struct pgtable *pt)
{
	pte_t *table = pt->root;

	for (int level = PT_LEVELS; level > 1; level--) {
		unsigned i = 0;

		while (!pte_present(table[i]))
			i++;
		table = pte_table(table[i]);
	}
	return &table[PT_ENTRIES - 1];
}

/* A free page that will not be allocated soon. */
static inline pfn_t stray_page(void)
{
	unsigned long pfn = boot_info.nr_pages - 1;

	while (!(mem_map[pfn].flags & PAGE_FREE))
		pfn--;
	return PFN(pfn);
}

static inline void mutant_entries_add(struct pgtable *pt)
{
	if (mutant(stray_kernel_slot))
		kernel_part(pt)[KERNEL_PART_END - 1] = kernel_part(pt)[KERNEL_PART_FIRST];
	if (mutant(stray_user_slot))
		pt->user_root[1] = pt->user_root[0];
	if (mutant(stray_leaf))
		*stray_entry(pt) = pte_make(stray_page(), PTE_KERNEL_RO | PTE_NX);
}

static inline void mutant_entries_remove(struct pgtable *pt)
{
	if (mutant(stray_kernel_slot))
		kernel_part(pt)[KERNEL_PART_END - 1].v = 0;
	if (mutant(stray_user_slot))
		pt->user_root[1].v = 0;
	if (mutant(stray_leaf))
		stray_entry(pt)->v = 0;
}

#endif
