// SPDX-License-Identifier: MIT
/*
 * Copying an address space for fork. fork copies entries, not pages: both sides lose write
 * access, and the first to write gets a copy. The child's tree is private while it is
 * filled, so its entries are plain stores. Removing write access from the parent goes
 * through Xen, since the parent's tree is live. The last step publishes the child, and
 * under `eager` pins it.
 */
#include "lib/bug.h"
#include "mm/mm.h"
#include "mmu/ptlock.h"
#include "mmu/update.h"
#include "mmu/walk.h"
#include "mm/inode.h"

struct copy {
	struct mm *from, *to;
	bool wrprotected; /* the parent's TLB has entries to flush */
	bool failed;
};

static __always_inline void copy_visit(const struct pt_visit *v, void *arg)
{
	struct copy *c = arg;
	unsigned long va = v->va;
	unsigned copied = 0;
	struct pte_at to;
	pte_t *ptep;

	if (v->level != 1 || c->failed)
		return;
	if (!pte_get(&c->to->pt, va, &to)) {
		c->failed = true;
		return;
	}
	ptep = to.ptep;
	pte_lock(&c->from->pt, v->page);
	hv_lazy_enter();
	for (unsigned i = v->first; i < v->end; i++, ptep++, va += PAGE_SIZE) {
		pte_t e = v->table[i];

		if (!e.v)
			continue;
		if (e.v & PTE_WRITE) {
			e.v &= ~PTE_WRITE;
			pt_set(&c->from->pt, va, &v->table[i], e, HV_NO_FLUSH);
			c->wrprotected = true;
		}
		page_get(entry_page(e));
		*ptep = e;
		copied++;
	}
	hv_lazy_leave();
	pte_unlock(&c->from->pt, v->page);
	pte_put(&c->to->pt, &to);
	c->to->resident += copied;
	count_n(CNT_mmu_entries_plain, copied);
}

static bool copy_vma(struct copy *c, const struct vma *v)
{
	struct vma *new = kmalloc(sizeof(*new));

	if (!new)
		return false;
	*new = *v;
	if (new->inode)
		inode_get(new->inode);
	list_add_tail(&new->link, &c->to->vmas);
	c->to->areas++;
	/* The child gets pages of files and shared memory by faults. */
	if (v->flags & VMA_HAS_ANON)
		pt_walk(c->from->pt.root, v->start, v->end, 1, copy_visit, NULL, c);
	return !c->failed;
}

struct mm *mm_fork(struct mm *old)
{
	struct copy c = {.from = old, .to = mm_alloc_child(old)};
	struct vma *v;
	bool ok = c.to;

	if (!ok)
		return NULL;
	write_lock(&old->lock);
	for_each_vma (v, old) {
		ok = copy_vma(&c, v);
		if (!ok)
			break;
	}
	if (c.wrprotected && !mutant(fork_no_flush))
		pt_flush(&old->pt);
	c.to->brk_start = old->brk_start;
	c.to->arg_start = old->arg_start;
	c.to->arg_end = old->arg_end;
	c.to->brk = old->brk;
	c.to->mmap_top = old->mmap_top;
	write_unlock(&old->lock);
	if (!ok) {
		mm_put(c.to);
		return NULL;
	}
	pgtable_publish(&c.to->pt);
	return c.to;
}
