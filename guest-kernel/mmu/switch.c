// SPDX-License-Identifier: MIT
/*
 * Loading roots. Under Xen there are two: one for kernel mode, one for user
 * mode, and Xen changes cr3 between them at each crossing. The kernel root goes
 * first: with unpinned trees it is the one that pays for the validation of the
 * new tree, and the old tree falls apart when its second root goes. Without Xen
 * there is one, and loading it is writing cr3.
 *
 * In a lazy section, such as a task switch's, the load is queued, and the CPU
 * counts as being on both trees until it is carried out.
 *
 * A CPU that runs a kernel thread keeps the last user tree loaded (lazy TLB),
 * because coming back to it then costs nothing.
 */
#include "lib/bug.h"
#include "mmu/pgtable.h"

/* This CPU is off the tree, in Xen's eyes too. */
static void left(void *arg)
{
	struct pgtable *old = arg;

	__atomic_and_fetch(&old->cpus, ~(1UL << this_cpu()->id), __ATOMIC_SEQ_CST);
}

static void unlock(void *lock)
{
	spin_unlock(lock);
}

static void load(struct pgtable *pt)
{
	/*
	 * Validating the tree, Xen wants its pages as tables; writing an entry of a page that
	 * is none yet, Xen wants it as a writable one, and refuses whichever comes second.
	 */
	const bool validates = HV_PARAVIRT && policy.pin == PIN_none && !pt->pinned;
	struct cpu *cpu = this_cpu();
	struct pgtable *old = cpu->loaded;
	mfn_t user = MFN(0);
	long rc;

	BUG_ON(!pt->published);
	count(mmu_cr3_loads);
	if (pt->user_root) {
		user = pfn_to_mfn(virt_to_pfn(pt->user_root));
		if (!pt->pinned)
			count(mmu_validations);
	}
	if (validates)
		spin_lock(&pt->lock);
	/* On the new tree before it is loaded, off the old one after: flushes reach us. */
	__atomic_or_fetch(&pt->cpus, 1UL << cpu->id, __ATOMIC_SEQ_CST);
	cpu->loaded = pt;
	rc = hv_load_root(pfn_to_mfn(virt_to_pfn(pt->root)));
	if (rc)
		panic("Xen refused to load root pfn %lx: %ld", virt_to_pfn(pt->root).v, rc);
	if (HV_PARAVIRT) {
		rc = hv_load_user_root(user);
		if (rc)
			panic("Xen refused to load user root mfn %lx: %ld", user.v, rc);
	}
	hv_after(left, old);
	if (validates)
		hv_after(unlock, &pt->lock);
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
