// SPDX-License-Identifier: MIT
/*
 * Loading roots. Under Xen a process has two: one for kernel mode, one for user mode. Xen
 * changes cr3 between them at each crossing. We load the kernel root first. If trees are
 * not pinned, this load validates the new tree. The old tree loses its types when its
 * second root is replaced. Without Xen there is one root, and loading it writes cr3.
 *
 * In a lazy section, for example during a task switch, the load is queued, and the CPU
 * counts as being on both trees until the load is executed.
 *
 * A CPU that runs a kernel thread keeps the last user tree loaded (lazy TLB), because
 * returning to that tree then costs nothing.
 */
#include "lib/bug.h"
#include "mmu/pgtable.h"

/* This CPU has left the tree, for Xen too. */
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
	 * While Xen validates the tree, it needs the pages as tables. While Xen writes an entry of
	 * a page that is not a table yet, it needs the page as writable. It refuses the second of
	 * these, so the lock keeps them apart.
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
	} else if (HV_PARAVIRT && !HV_USER_ROOT && !pt->pinned) {
		count(mmu_validations);
	}
	if (validates)
		spin_lock(&pt->lock);
	/* Set our bit before the load, and clear the old one after it, so that flushes reach us. */
	__atomic_or_fetch(&pt->cpus, 1UL << cpu->id, __ATOMIC_SEQ_CST);
	cpu->loaded = pt;
	rc = hv_load_root(pfn_to_mfn(virt_to_pfn(pt->root)));
	if (rc)
		panic("Xen refused to load root pfn %lx: %ld", virt_to_pfn(pt->root).v, rc);
	if (HV_USER_ROOT) {
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
