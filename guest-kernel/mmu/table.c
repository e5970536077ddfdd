// SPDX-License-Identifier: MIT
/*
 * Table pages: allocation and freeing. A page that joins a published tree is read-only
 * before Xen sees it. A page that leaves it becomes writable only after Xen has released
 * it.
 */
#include "lib/bug.h"
#include "lib/string.h"
#include "mmu/ptlock.h"
#include "mmu/update.h"
#include "mmu/walk.h"

/* The pte pages of processes are high pages, while there are free ones. */
static struct page *zeroed_page(const struct pgtable *pt, int level)
{
	struct page *p;
	pte_t *table;

	if (policy.pte == PTE_low || level > 1 || pt == &kernel_pgtable)
		return page_alloc_zeroed();
	p = page_alloc_high();
	if (!p) {
		count(mmu_high_fallbacks);
		return page_alloc_zeroed();
	}
	table = pte_page_map(p);
	memset(table, 0, PAGE_SIZE);
	pte_page_unmap(table);
	return p;
}

static struct page *table_alloc(const struct pgtable *pt, int level)
{
	struct page *p = zeroed_page(pt, level);

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

/* Beside its root a tree has one more table from the start: the user root, or the kernel's part. */
#define HAS_SECOND   (HV_USER_ROOT || KERNEL_PART_LEVEL < PT_LEVELS)
#define SECOND_LEVEL (HV_USER_ROOT ? PT_LEVELS : KERNEL_PART_LEVEL)

bool pgtable_init(struct pgtable *pt)
{
	struct page *root = table_alloc(pt, PT_LEVELS);
	struct page *second = HAS_SECOND ? table_alloc(pt, SECOND_LEVEL) : NULL;

	if (!root || (HAS_SECOND && !second)) {
		if (root)
			table_free(root);
		if (second)
			table_free(second);
		return false;
	}
	memset(pt, 0, sizeof(*pt));
	pt->root = page_to_virt(root);
	pt->user_root = HV_USER_ROOT ? page_to_virt(second) : NULL;
	if (KERNEL_PART_LEVEL < PT_LEVELS)
		pt->root[ROOT_KERNEL_FIRST] = pte_make(page_to_pfn(second), PTE_ROOT);
	kernel_part_join(pt);
	return true;
}

static __always_inline void free_visit(const struct pt_visit *v, void *arg)
{
	(void)arg;
	table_free(v->page);
}

void pgtable_free(struct pgtable *pt)
{
	BUG_ON(pt->published);
	kernel_part_leave(pt);
	if (KERNEL_PART_LEVEL < PT_LEVELS)
		table_free(virt_to_page(kernel_part(pt)));
	pt_walk_tables(pt->root, 0, USER_TOP, NULL, free_visit, NULL);
	if (pt->user_root)
		table_free(virt_to_page(pt->user_root));
	pt->root = pt->user_root = NULL;
}

/*
 * Adds a new table below *ptep, an entry of that level, unless another CPU was faster.
 * Returns false if memory is exhausted.
 */
static bool add_table(struct pgtable *pt, int level, pte_t *ptep)
{
	struct page *p = table_alloc(pt, level - 1);

	if (!p)
		return false;
	spin_lock(&pt->lock);
	if (unlikely(pte_present(*ptep))) {
		spin_unlock(&pt->lock);
		table_free(p);
		return true;
	}
	hv_lazy_enter();
	if (pt->published && !mutant(join_writable))
		table_attach(pt, p);
	pt_set_table(pt, level, ptep, pte_make(page_to_pfn(p), pte_table_bits(level)));
	hv_lazy_leave();
	if (!mutant(trust_queue))
		hv_sync(); /* the descent reads this entry, even inside a lazy section */
	spin_unlock(&pt->lock);
	return true;
}

/* The level-2 entry that points to va's pte page. With `alloc`, makes missing tables. */
static __always_inline pte_t *descend(struct pgtable *pt, unsigned long va, bool alloc)
{
	pte_t *table = pt->root;

	for (int level = PT_LEVELS;; level--) {
		pte_t *ptep = &table[pt_index(va, level)];

		if (!pte_present(*ptep) && (!alloc || !add_table(pt, level, ptep)))
			return NULL;
		if (level == 2)
			return ptep;
		table = pte_table(*ptep);
	}
}

struct page *pte_page_get(struct pgtable *pt, unsigned long va)
{
	pte_t *parent = descend(pt, va, true);

	return parent ? pte_page(*parent) : NULL;
}

struct page *pte_page_find(const struct pgtable *pt, unsigned long va)
{
	pte_t *parent = descend((struct pgtable *)pt, va, false);

	return parent ? pte_page(*parent) : NULL;
}

pte_t *pgtable_lookup(const struct pgtable *pt, unsigned long va)
{
	pte_t *parent = descend((struct pgtable *)pt, va, false);

	return parent && !pte_large(*parent, 2) ? &pte_table(*parent)[pt_index(va, 1)] : NULL;
}

static bool table_empty(const pte_t *table)
{
	return pt_next_used(table, 0, PT_ENTRIES) == PT_ENTRIES;
}

static __always_inline void trim_visit(const struct pt_visit *v, void *arg)
{
	struct pgtable *pt = arg;

	if (!v->parent || !table_empty(v->table))
		return;
	hv_lazy_enter();
	pt_set_table(pt, v->level + 1, v->parent, (pte_t){0});
	if (v->page->flags & PAGE_PROTECTED)
		table_detach(v->page);
	hv_lazy_leave();
	table_free(v->page);
}

void pgtable_trim(struct pgtable *pt, unsigned long start, unsigned long end)
{
	spin_lock(&pt->lock);
	pt_walk(pt->root, start, end, 1, NULL, trim_visit, pt);
	spin_unlock(&pt->lock);
}
