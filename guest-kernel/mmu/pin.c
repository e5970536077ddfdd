// SPDX-License-Identifier: MIT
/*
 * Publishing and pinning.
 *
 * With one lock for the tree, the guest pins the roots only. Xen then validates
 * all tables below, and takes a reference on every frame that a leaf maps.
 * Unpinning drops these references. Both roots of a process are pinned; they
 * share the tables below, so the second one costs little. With a lock in each
 * pte page, each pte page is pinned by itself, before the roots.
 *
 * A tree unpins *first* when it is retired. As long as Xen holds its pages to be
 * tables, each cleared entry would be a hypercall, and no page could be made
 * writable.
 *
 * Each page changes its state under the lock of its entries. attach_visit() says why;
 * pins_page_by_page() says which lock it is.
 */
#include "arch/x86/smp.h"
#include "lib/bug.h"
#include "mmu/mutant_entries.h"
#include "mmu/ptlock.h"
#include "mmu/walk.h"

static unsigned long pinned_roots;

unsigned long pgtable_pinned_roots(void)
{
	return __atomic_load_n(&pinned_roots, __ATOMIC_RELAXED);
}

static void set_direct_map(struct page *p, u64 bits)
{
	pfn_t pfn = page_to_pfn(p);
	unsigned long va = (unsigned long)pfn_to_virt(pfn);
	/*
	 * No flush. Read-only: Xen itself flushes when the frame's type changes.
	 * Writable: a stale entry costs one spurious fault.
	 */
	long rc = hv_update_va(va, pte_make(pfn, bits), HV_NO_FLUSH, NULL);

	if (rc)
		panic("Xen refused to make table pfn %lx (level %u) %s: %ld", pfn.v, p->level,
		      bits & PTE_WRITE ? "writable" : "read-only", rc);
}

static void protect(struct page *p)
{
	BUG_ON(p->flags & PAGE_PROTECTED);
	p->flags |= PAGE_PROTECTED;
	count(mmu_protected);
	if (mutant(leave_pte_rw) && p->level == 1)
		return;
	if (mutant(leave_root_rw) && p->level == PT_LEVELS)
		return;
	if (page_is_high(p))
		pte_page_protect(p);
	else
		set_direct_map(p, PTE_KERNEL_RO);
}

static void unprotect(struct page *p)
{
	BUG_ON(!(p->flags & PAGE_PROTECTED));
	p->flags &= mutant(keep_protected) ? ~PAGE_PINNED : ~(PAGE_PROTECTED | PAGE_PINNED);
	count(mmu_unprotected);
	if (mutant(count_less))
		this_cpu()->counters[hv_lazy() ? CNT_queued_update_va_mapping
					       : CNT_hypercalls_update_va_mapping]--;
	if (!page_is_high(p))
		set_direct_map(p, PTE_KERNEL);
}

/*
 * The lock policy: whether each pte page is locked and, under `eager`, pinned by itself.
 * If not, one lock is held for the complete tree, and only the roots are pinned.
 */
static bool pins_page_by_page(void)
{
	return policy.ptl == PTL_split;
}

/* Its lock is held meanwhile. */
static bool pinned_by_itself(const struct page *p)
{
	return policy.pin == PIN_eager && pins_page_by_page() && p->level == 1;
}

static const char *kind(const struct page *p)
{
	return p->level == PT_LEVELS ? "root" : "table";
}

static void pin(struct page *p)
{
	long rc = hv_pin(p->level, pfn_to_mfn(page_to_pfn(p)));

	if (rc)
		panic("Xen refused to pin %s pfn %lx: %ld", kind(p), page_to_pfn(p).v, rc);
}

static void unpin(struct page *p)
{
	long rc = hv_unpin(pfn_to_mfn(page_to_pfn(p)));

	if (rc)
		panic("Xen refused to unpin %s pfn %lx: %ld", kind(p), page_to_pfn(p).v, rc);
}

void table_attach(const struct pgtable *pt, struct page *p)
{
	if (!HV_PARAVIRT)
		return;
	if (pt->pinned && !mutant(forget_pinned))
		p->flags |= PAGE_PINNED;
	if (mutant(pin_first))
		pin(p);
	protect(p);
	if (pinned_by_itself(p))
		pin(p);
}

void table_detach(struct page *p)
{
	if (!HV_PARAVIRT)
		return;
	if (pinned_by_itself(p) && !mutant(skip_pte_unpin))
		unpin(p);
	unprotect(p);
}

static void pin_root(pte_t *root)
{
	pin(virt_to_page(root));
	__atomic_add_fetch(&pinned_roots, 1, __ATOMIC_RELAXED);
}

static void unpin_root(pte_t *root)
{
	if (mutant(skip_unpin))
		return;
	unpin(virt_to_page(root));
	__atomic_sub_fetch(&pinned_roots, 1, __ATOMIC_RELAXED);
}

static void unlock(void *lock)
{
	spin_unlock(lock);
}

static __always_inline void unlock_after(struct page *p)
{
	if (mutant(unlock_early))
		unlock(&p->lock);
	else
		hv_after(unlock, &p->lock);
}

static bool locks_pages(void)
{
	return pins_page_by_page() && !mutant(no_pin_lock);
}

static bool locks_tree(void)
{
	return !pins_page_by_page() && !mutant(no_pin_lock);
}

/*
 * Another CPU may want to write an entry of the tree at the same time: the reverse
 * map leads it there. The store works while the page is writable, and works again
 * when Xen knows the page as a table and emulates the store. Between the two it
 * would fault, so the lock of the entries keeps that CPU out.
 *
 * A lock in each pte page is taken page by page, and released when Xen has pinned
 * that page. If only the roots were pinned, all these locks would have to be held
 * until then. As many are held at a time as a batch has callbacks. This cannot
 * deadlock, because a tree is published or retired by one CPU at a time.
 */
static __always_inline void attach_visit(const struct pt_visit *v, void *arg)
{
	struct pgtable *pt = arg;

	if (locks_pages() && v->level == 1) {
		pte_lock(pt, v->page);
		table_attach(pt, v->page);
		unlock_after(v->page);
	} else {
		table_attach(pt, v->page);
	}
}

static __always_inline void detach_visit(const struct pt_visit *v, void *arg)
{
	if (locks_pages() && v->level == 1) {
		pte_lock(arg, v->page);
		table_detach(v->page);
		unlock_after(v->page);
	} else {
		table_detach(v->page);
	}
}

/* The single lock of a tree is held from the first page to the last, for the reason above. */
static void lock_tree(struct pgtable *pt)
{
	if (locks_tree())
		spin_lock(&pt->lock);
}

static void unlock_tree(struct pgtable *pt)
{
	if (locks_tree())
		spin_unlock(&pt->lock);
}

void pgtable_publish(struct pgtable *pt)
{
	BUG_ON(pt->published);
	mutant_entries_add(pt);
	if (!HV_PARAVIRT) {
		kernel_part_follow(pt);
		return;
	}
	lock_tree(pt);
	pt->pinned = policy.pin == PIN_eager;
	hv_lazy_enter();
	pt_walk_tables(pt->root, 0, USER_TOP, NULL, attach_visit, pt);
	if (HV_USER_ROOT)
		table_attach(pt, virt_to_page(pt->user_root));
	if (KERNEL_PART_LEVEL < PT_LEVELS)
		table_attach(pt, virt_to_page(kernel_part(pt)));
	if (pt->pinned) {
		pin_root(pt->root);
		if (HV_USER_ROOT)
			pin_root(pt->user_root);
	}
	hv_lazy_leave();
	kernel_part_follow(pt);
	unlock_tree(pt);
}

/* Runs on a CPU that may have the tree loaded, perhaps in a cross-call. */
static void leave_tree(void *pt)
{
	/* A load of another tree may be queued: execute it, and make ours immediate. */
	unsigned nest = hv_lazy_suspend();

	if (this_cpu()->loaded == pt) {
		pgtable_unload();
		count(mmu_moved_off);
	}
	hv_lazy_resume(nest);
}

void pgtable_retire(struct pgtable *pt)
{
	unsigned long others;

	BUG_ON(!pt->published);
	if (this_cpu()->loaded == pt)
		pgtable_unload();
	/*
	 * The tree has no owner any more, so no CPU will load it. But a CPU that ran it
	 * last, and no other process since, still has it loaded (lazy TLB). A CPU clears
	 * its bit only after it has loaded another tree.
	 */
	others = __atomic_and_fetch(&pt->cpus, ~CPU_MORE, __ATOMIC_SEQ_CST);
	if (others && !mutant(leave_lazy_cpu)) {
		smp_call(others, leave_tree, pt);
		BUG_ON(__atomic_load_n(&pt->cpus, __ATOMIC_SEQ_CST));
	}

	if (!HV_PARAVIRT) {
		kernel_part_ignore(pt);
		mutant_entries_remove(pt);
		return;
	}
	lock_tree(pt);
	hv_lazy_enter();
	kernel_part_ignore(pt);
	if (pt->pinned) {
		if (HV_USER_ROOT)
			unpin_root(pt->user_root);
		unpin_root(pt->root);
		pt->pinned = false;
	}
	pt_walk_tables(pt->root, 0, USER_TOP, NULL, detach_visit, pt);
	if (HV_USER_ROOT)
		table_detach(virt_to_page(pt->user_root));
	if (KERNEL_PART_LEVEL < PT_LEVELS)
		table_detach(virt_to_page(kernel_part(pt)));
	hv_lazy_leave();
	unlock_tree(pt);
	mutant_entries_remove(pt);
}
