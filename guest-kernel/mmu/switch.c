// SPDX-License-Identifier: MIT
/*
 * Loading roots. Under Xen there are two: one for kernel mode, one for user
 * mode, and Xen changes cr3 between them at each crossing. The kernel root goes
 * first: with unpinned trees it is the one that pays for the validation of the
 * new tree, and the old tree falls apart when its second root goes.
 *
 * A CPU that runs a kernel thread keeps the last user tree loaded (lazy TLB),
 * because coming back to it then costs nothing.
 */
#include "lib/bug.h"
#include "mmu/pgtable.h"

static void load(struct pgtable *pt)
{
	struct cpu *cpu = this_cpu();
	struct pgtable *old = cpu->loaded;
	unsigned long bit = 1UL << cpu->id;
	mfn_t user = MFN(0);
	long rc;

	BUG_ON(!pt->published);
	count(mmu_cr3_loads);
	if (pt->user_root) {
		user = pfn_to_mfn(virt_to_pfn(pt->user_root));
		if (!pt->pinned)
			count(mmu_validations);
	}
	/* On the new tree before it is loaded, off the old one after: flushes reach us. */
	__atomic_or_fetch(&pt->cpus, bit, __ATOMIC_SEQ_CST);
	cpu->loaded = pt;
	rc = hv_load_root(pfn_to_mfn(virt_to_pfn(pt->root)));
	if (rc)
		panic("Xen refused to load root pfn %lx: %ld", virt_to_pfn(pt->root).v, rc);
	rc = hv_load_user_root(user);
	if (rc)
		panic("Xen refused to load user root mfn %lx: %ld", user.v, rc);
	__atomic_and_fetch(&old->cpus, ~bit, __ATOMIC_SEQ_CST);
}

void pgtable_load(struct pgtable *pt)
{
	if (this_cpu()->loaded != pt)
		load(pt);
}

void pgtable_unload(void)
{
	pgtable_load(&kernel_pgtable);
}
