// SPDX-License-Identifier: MIT
/*
 * The kernel's part of the roots. All trees share the tables below it, so nearly every
 * change of the kernel's mappings is visible in all trees at once. The exception is a new
 * entry in the root, when the kernel begins to use another 512 GiB of addresses. Each root
 * has its own copy of these entries, and must get the new one. Entries of the root are
 * added and never removed.
 *
 * Only a published tree may be loaded, so only a published tree needs the new entry at
 * once, and there it is written through the hypervisor. A private tree gets the entries
 * that it missed when it is published. Otherwise this code would have to handle trees that
 * are neither private nor published: another CPU has just made such a root read-only, or
 * has it validated, and then the root cannot be written at all.
 */
#include "lib/bug.h"
#include "lib/string.h"
#include "mmu/pgtable.h"

struct list_head pgtables = LIST_INIT(pgtables);
spinlock_t pgtables_lock;

static void set_root_entry(struct pgtable *pt, unsigned index, pte_t e)
{
	long rc = hv_update(pte_maddr(kernel_part_entry(pt, index)), e);

	if (rc)
		panic("Xen refused slot %u of root pfn %lx, from %" F64 "x to %" F64 "x: %ld",
		      index, virt_to_pfn(pt->root).v, kernel_part_entry(pt, index)->v, e.v, rc);
}

void kernel_part_set(unsigned index, pte_t e)
{
	static const unsigned first = KERNEL_PART_FIRST;
	struct pgtable *pt;

	BUG_ON(index < first);
	spin_lock(&pgtables_lock);
	set_root_entry(&kernel_pgtable, index, e);
	kernel_pgtable.kernel_part++;
	for_each_pgtable (pt) {
		if (!pt->published || mutant(skip_propagation))
			continue;
		set_root_entry(pt, index, e);
		pt->kernel_part = kernel_pgtable.kernel_part;
		count(mmu_propagated);
	}
	hv_sync(); /* the next owner of the lock copies the entry */
	spin_unlock(&pgtables_lock);
}

void kernel_part_join(struct pgtable *pt)
{
	spin_lock(&pgtables_lock);
	list_add_tail(&pt->link, &pgtables);
	memcpy(kernel_part_entry(pt, KERNEL_PART_FIRST),
	       kernel_part_entry(&kernel_pgtable, KERNEL_PART_FIRST),
	       (KERNEL_PART_END - KERNEL_PART_FIRST) * sizeof(pte_t));
	pt->kernel_part = kernel_pgtable.kernel_part;
	spin_unlock(&pgtables_lock);
}

void kernel_part_leave(struct pgtable *pt)
{
	spin_lock(&pgtables_lock);
	list_del(&pt->link);
	spin_unlock(&pgtables_lock);
}

void kernel_part_follow(struct pgtable *pt)
{
	hv_sync();
	spin_lock(&pgtables_lock);
	pt->published = true;
	if (unlikely(pt->kernel_part != kernel_pgtable.kernel_part)) {
		for (unsigned i = KERNEL_PART_FIRST; i < KERNEL_PART_END; i++)
			if (!pte_present(*kernel_part_entry(pt, i)) &&
			    pte_present(*kernel_part_entry(&kernel_pgtable, i)))
				set_root_entry(pt, i, *kernel_part_entry(&kernel_pgtable, i));
		hv_sync();
		pt->kernel_part = kernel_pgtable.kernel_part;
	}
	spin_unlock(&pgtables_lock);
}

void kernel_part_ignore(struct pgtable *pt)
{
	spin_lock(&pgtables_lock);
	pt->published = false;
	spin_unlock(&pgtables_lock);
}
