// SPDX-License-Identifier: MIT
/*
 * Table pages: allocating them into a tree and freeing them again. A page that
 * joins a published tree is read-only before Xen sees it, and one that leaves
 * it becomes writable only after Xen has let go of it.
 */
#include "lib/bug.h"
#include "lib/string.h"
#include "mmu/update.h"
#include "mmu/walk.h"

struct list_head pgtables = LIST_INIT(pgtables);
spinlock_t pgtables_lock;

static struct page *table_alloc(int level)
{
	struct page *p = page_alloc_zeroed();

	if (!p)
		return NULL;
	count(mmu_tables_allocated);
	p->flags |= PAGE_TABLE;
	p->level = (u8)level;
	return p;
}

static void table_free(struct page *p)
{
	BUG_ON(!(p->flags & PAGE_TABLE) || (p->flags & PAGE_PROTECTED));
	p->flags &= ~PAGE_TABLE;
	page_put(p);
}

bool pgtable_init(struct pgtable *pt)
{
	struct page *root = table_alloc(PT_LEVELS), *user = table_alloc(PT_LEVELS);

	if (!root || !user) {
		if (root)
			table_free(root);
		if (user)
			table_free(user);
		return false;
	}
	memset(pt, 0, sizeof(*pt));
	pt->root = page_to_virt(root);
	pt->user_root = page_to_virt(user);
	spin_lock(&pgtables_lock);
	list_add_tail(&pt->link, &pgtables);
	memcpy(&pt->root[ROOT_KERNEL_FIRST], &kernel_pgtable.root[ROOT_KERNEL_FIRST],
	       (PT_ENTRIES - ROOT_KERNEL_FIRST) * sizeof(pte_t));
	spin_unlock(&pgtables_lock);
	return true;
}

static __always_inline void free_visit(const struct pt_visit *v, void *arg)
{
	(void)arg;
	table_free(virt_to_page(v->table));
}

void pgtable_free(struct pgtable *pt)
{
	BUG_ON(pt->published);
	spin_lock(&pgtables_lock);
	list_del(&pt->link);
	spin_unlock(&pgtables_lock);
	pt_walk(pt->root, 0, USER_TOP, 1, NULL, free_visit, NULL);
	table_free(virt_to_page(pt->user_root));
	pt->root = pt->user_root = NULL;
}

/* Steps down to the level-1 entry; with `alloc`, makes the tables on the way. */
static __always_inline pte_t *descend(struct pgtable *pt, unsigned long va, bool alloc)
{
	pte_t *table = pt->root;

	for (int level = PT_LEVELS; level > 1; level--) {
		pte_t *slot = &table[pt_index(va, level)];

		if (!pte_present(*slot)) {
			struct page *p;

			if (!alloc)
				return NULL;
			p = table_alloc(level - 1);
			if (!p)
				return NULL;
			if (pt->published) {
				if (pt->pinned)
					p->flags |= PAGE_PINNED;
				table_protect(p);
			}
			pt_set_table(pt, level, slot, pte_make(page_to_pfn(p), PTE_TABLE));
		}
		table = pte_table(*slot);
	}
	return &table[pt_index(va, 1)];
}

pte_t *pgtable_lookup(const struct pgtable *pt, unsigned long va)
{
	return descend((struct pgtable *)pt, va, false);
}

pte_t *pgtable_get(struct pgtable *pt, unsigned long va)
{
	return descend(pt, va, true);
}

static bool table_empty(const pte_t *table)
{
	for (unsigned i = 0; i < PT_ENTRIES; i++)
		if (table[i].v)
			return false;
	return true;
}

static __always_inline void trim_visit(const struct pt_visit *v, void *arg)
{
	struct pgtable *pt = arg;
	struct page *p = virt_to_page(v->table);

	if (!v->parent || !table_empty(v->table))
		return;
	pt_set_table(pt, v->level + 1, v->parent, (pte_t){0});
	if (p->flags & PAGE_PROTECTED)
		table_unprotect(p);
	table_free(p);
}

void pgtable_trim(struct pgtable *pt, unsigned long start, unsigned long end)
{
	pt_walk(pt->root, start, end, 1, NULL, trim_visit, pt);
}
