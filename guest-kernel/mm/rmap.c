// SPDX-License-Identifier: MIT
#include "mm/rmap.h"

struct lineage {
	struct list_head members;
};

/* Guards all lineages, their lists of members, and their existence. */
static spinlock_t rmap_lock;

bool rmap_join(struct mm *mm, struct mm *parent)
{
	struct lineage *l = parent ? parent->lineage : kmalloc(sizeof(*l));

	if (!l)
		return false;
	if (!parent)
		list_init(&l->members);
	mm->lineage = l;
	spin_lock(&rmap_lock);
	list_add_tail(&mm->kin, &l->members);
	spin_unlock(&rmap_lock);
	return true;
}

void rmap_leave(struct mm *mm)
{
	struct lineage *l = mm->lineage;
	bool last;

	spin_lock(&rmap_lock);
	list_del(&mm->kin);
	last = list_empty(&l->members);
	spin_unlock(&rmap_lock);
	if (last)
		kfree(l);
}

static struct lineage *lineage_of(const struct page *p)
{
	unsigned long v = __atomic_load_n(&p->anon_lineage, __ATOMIC_RELAXED);

	return v & PAGE_ANON ? (struct lineage *)(v & ~PAGE_ANON) : NULL;
}

unsigned rmap_for_each(const struct page *p,
		       void (*visit)(struct pgtable *pt, const struct pte_at *at, void *arg),
		       void *arg)
{
	unsigned looked = 0;
	struct lineage *l;
	unsigned long va;
	struct pte_at at;
	struct mm *mm;

	if (!lineage_of(p))
		return 0;
	spin_lock(&rmap_lock);
	va = __atomic_load_n(&p->anon_va, __ATOMIC_RELAXED);
	l = lineage_of(p); /* read again: only under the lock it is sure to stay */
	if (!l || va >= USER_TOP)
		goto out;
	list_for_each_entry (mm, &l->members, kin) {
		looked++;
		if (!pte_find_foreign(&mm->pt, va, &at))
			continue;
		if (pte_present(*at.ptep) && pte_page(*at.ptep) == p)
			visit(&mm->pt, &at, arg);
		pte_put_foreign(&mm->pt, &at);
	}
out:
	spin_unlock(&rmap_lock);
	return looked;
}
