// SPDX-License-Identifier: MIT
/*
 * Publishing and pinning.
 *
 * Pinning is asked for the root only: Xen then validates all that hangs below,
 * taking a reference on every frame that a leaf maps. Unpinning gives these
 * back. Both roots of a process are pinned; they share the tables below, so the
 * second one costs little.
 *
 * Retiring unpins *first*: as long as Xen holds the pages to be tables, each
 * entry cleared would be a hypercall, and none could be made writable.
 */
#include "lib/bug.h"
#include "mmu/pgtable.h"
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
	 * No flush: towards read-only, Xen itself flushes when the frame's type
	 * changes; towards writable, a stale entry means one spurious fault.
	 */
	long rc = hv_update_va(va, pte_make(pfn, bits), HV_NO_FLUSH, NULL);

	if (rc)
		panic("Xen refused to make table pfn %lx (level %u) %s: %ld", pfn.v, p->level,
		      bits & PTE_WRITE ? "writable" : "read-only", rc);
}

void table_protect(struct page *p)
{
	BUG_ON(p->flags & PAGE_PROTECTED);
	p->flags |= PAGE_PROTECTED;
	count(mmu_protected);
	if (mutant(leave_pte_rw) && p->level == 1)
		return;
	if (mutant(leave_root_rw) && p->level == PT_LEVELS)
		return;
	set_direct_map(p, PTE_KERNEL_RO);
}

void table_unprotect(struct page *p)
{
	BUG_ON(!(p->flags & PAGE_PROTECTED));
	p->flags &= ~(PAGE_PROTECTED | PAGE_PINNED);
	count(mmu_unprotected);
	set_direct_map(p, PTE_KERNEL);
}

static void pin_root(pte_t *root)
{
	struct page *p = virt_to_page(root);
	long rc = hv_pin(PT_LEVELS, pfn_to_mfn(page_to_pfn(p)));

	if (rc)
		panic("Xen refused to pin root pfn %lx: %ld", page_to_pfn(p).v, rc);
	p->flags |= PAGE_PINNED;
	__atomic_add_fetch(&pinned_roots, 1, __ATOMIC_RELAXED);
}

static void unpin_root(pte_t *root)
{
	struct page *p = virt_to_page(root);
	long rc;

	if (mutant(skip_unpin))
		return;
	rc = hv_unpin(pfn_to_mfn(page_to_pfn(p)));
	if (rc)
		panic("Xen refused to unpin root pfn %lx: %ld", page_to_pfn(p).v, rc);
	p->flags &= ~PAGE_PINNED;
	__atomic_sub_fetch(&pinned_roots, 1, __ATOMIC_RELAXED);
}

static __always_inline void protect_visit(const struct pt_visit *v, void *arg)
{
	struct page *p = virt_to_page(v->table);

	(void)arg;
	if (policy.pin == PIN_eager)
		p->flags |= PAGE_PINNED;
	table_protect(p);
}

static __always_inline void unprotect_visit(const struct pt_visit *v, void *arg)
{
	(void)arg;
	table_unprotect(virt_to_page(v->table));
}

void pgtable_publish(struct pgtable *pt)
{
	BUG_ON(pt->published);
	pt_walk(pt->root, 0, USER_TOP, 1, NULL, protect_visit, NULL);
	table_protect(virt_to_page(pt->user_root));
	pt->published = true;

	if (policy.pin == PIN_eager) {
		pin_root(pt->root);
		pin_root(pt->user_root);
		pt->pinned = true;
	}
}

void pgtable_retire(struct pgtable *pt)
{
	BUG_ON(!pt->published);
	if (this_cpu()->loaded == pt)
		pgtable_unload();
	BUG_ON(pt->cpus); /* other CPUs are moved off by the caller */

	if (pt->pinned) {
		unpin_root(pt->user_root);
		unpin_root(pt->root);
		pt->pinned = false;
	}
	pt->published = false;
	pt_walk(pt->root, 0, USER_TOP, 1, NULL, unprotect_visit, NULL);
	table_unprotect(virt_to_page(pt->user_root));
}
