// SPDX-License-Identifier: MIT
/*
 * The kernel's part of the roots. Below its slots the tables are shared, so nearly
 * every change of the kernel's mappings is seen in all trees at once. The exception
 * is a new slot, when the kernel begins to use 512 GiB of addresses that it has not
 * used before: each root has a copy of the slots, and must get it. Slots are only
 * ever added.
 *
 * Only a published tree may be loaded, so only there it is urgent, and there an
 * entry is written through the hypervisor. A private tree gets what it has missed
 * when it is published. That spares this code the moments in which a tree is
 * neither private nor published and its root may be written in no way at all,
 * because another CPU has just had it made read-only or is having it validated.
 */
#include "lib/bug.h"
#include "lib/string.h"
#include "mmu/pgtable.h"

struct list_head pgtables = LIST_INIT(pgtables);
spinlock_t pgtables_lock;

static void set_root_entry(struct pgtable *pt, unsigned index, pte_t e)
{
	long rc = hv_update(pte_maddr(&pt->root[index]), e);

	if (rc)
		panic("Xen refused slot %u of root pfn %lx, from %lx to %lx: %ld", index,
		      virt_to_pfn(pt->root).v, pt->root[index].v, e.v, rc);
}

void kernel_part_set(unsigned index, pte_t e)
{
	struct pgtable *pt;

	BUG_ON(index < ROOT_KERNEL_FIRST);
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
	hv_sync(); /* who has the lock next copies what is there */
	spin_unlock(&pgtables_lock);
}

void kernel_part_join(struct pgtable *pt)
{
	spin_lock(&pgtables_lock);
	list_add_tail(&pt->link, &pgtables);
	memcpy(&pt->root[ROOT_KERNEL_FIRST], &kernel_pgtable.root[ROOT_KERNEL_FIRST],
	       (PT_ENTRIES - ROOT_KERNEL_FIRST) * sizeof(pte_t));
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
		for (unsigned i = ROOT_KERNEL_FIRST; i < PT_ENTRIES; i++)
			if (!pte_present(pt->root[i]) && pte_present(kernel_pgtable.root[i]))
				set_root_entry(pt, i, kernel_pgtable.root[i]);
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
