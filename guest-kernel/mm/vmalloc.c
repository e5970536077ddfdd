// SPDX-License-Identifier: MIT
/*
 * At boot the vmalloc area has no tables. They are made when they are first needed, in
 * kernel_pgtable, where they are live from the start, and are never freed. The first one
 * adds an entry to every root (mmu/kernel_part.c).
 *
 * Freeing has two halves, because a TLB flush on all CPUs costs more than all the rest,
 * and one flush serves any number of areas. vfree() clears the entries and frees the
 * pages. A CPU may still have the old translations, but no code has a pointer to use them.
 * Only the addresses must wait. They are collected until LAZY_PAGES are waiting; then all
 * TLBs are flushed once and all addresses freed. The CPU that frees the last of these
 * areas pays for that.
 */
#include "mm/vmalloc.h"

#include "lib/bug.h"
#include "mm/alloc.h"
#include "mm/vmap_tree.h"
#include "mmu/ptlock.h"
#include "mmu/update.h"
#include "mmu/walk.h"

/* Pages of addresses that may wait for a flush: 32 MiB, as on a Linux with one CPU. */
#define LAZY_PAGES 8192

#define GUARD PAGE_SIZE

struct area {
	struct vmap_node range; /* including the guard page */
	struct list_head link;	/* in the list of waiting areas */
};

static spinlock_t lock; /* guards all of these */
static struct vmap_tree tree;
static struct list_head waiting;
static unsigned long waiting_pages, live;

void vmalloc_init(void)
{
	vmap_init(&tree, VMALLOC_BASE, VMALLOC_END);
	list_init(&waiting);
}

static bool take_addresses(struct area *a, size_t bytes)
{
	bool found;

	spin_lock(&lock);
	found = vmap_insert(&tree, &a->range, bytes + GUARD);
	live += found;
	spin_unlock(&lock);
	return found;
}

static struct area *area_new(size_t bytes)
{
	struct area *a = kmalloc(sizeof(*a));

	if (!a)
		return NULL;
	a->link.next = NULL;
	if (take_addresses(a, bytes))
		return a;
	vmalloc_purge();
	if (take_addresses(a, bytes))
		return a;
	kfree(a);
	return NULL;
}

/*
 * Maps new pages from *va to the end of one pte page, and advances *va. Returns false if
 * memory is exhausted.
 */
static bool map_part(unsigned long *va, unsigned long end)
{
	struct pte_at at;
	pte_t *ptep;
	bool many;

	end = min_ul(end, ALIGN_DOWN(*va, PT_SPAN(2)) + PT_SPAN(2));
	if (!pte_get(&kernel_pgtable, *va, &at))
		return false;
	many = end - *va > PAGE_SIZE; /* no batch for a single page */
	if (many)
		hv_lazy_enter();
	for (ptep = at.ptep; *va < end; *va += PAGE_SIZE, ptep++) {
		struct page *p = page_alloc();

		if (!p)
			break;
		pt_set(&kernel_pgtable, *va, ptep, pte_make(page_to_pfn(p), PTE_KERNEL | PTE_NX),
		       HV_NO_FLUSH);
	}
	if (many)
		hv_lazy_leave();
	pte_put(&kernel_pgtable, &at);
	return *va == end;
}

static __always_inline void unmap_visit(const struct pt_visit *v, void *arg)
{
	struct list_head *pages = arg;
	unsigned long va = v->va;
	bool many = v->end - v->first > 1;

	if (v->level != 1)
		return;
	pte_lock(&kernel_pgtable, v->page);
	if (many)
		hv_lazy_enter();
	for (unsigned i = v->first; i < v->end; i++, va += PAGE_SIZE) {
		pte_t e = v->table[i];

		if (!e.v)
			continue;
		pt_set(&kernel_pgtable, va, &v->table[i], (pte_t){0}, HV_NO_FLUSH);
		list_add(&pte_page(e)->link, pages);
	}
	if (many)
		hv_lazy_leave();
	pte_unlock(&kernel_pgtable, v->page);
}

/* Clears the area's entries, frees its pages, and makes its addresses wait for a flush. */
static void area_free(struct area *a)
{
	unsigned long addresses = (a->range.end - a->range.start) >> PAGE_SHIFT;
	struct page *p, *next;
	struct list_head unmapped;
	bool enough;

	BUG_ON(a->link.next); /* freed already */
	list_init(&unmapped);
	pt_walk(kernel_pgtable.root, a->range.start, a->range.end - GUARD, 1, unmap_visit, NULL,
		&unmapped);
	/* Free pages only after their entries are cleared: a page may become a table at once. */
	list_for_each_entry_safe (p, next, &unmapped, link)
		page_put(p);

	spin_lock(&lock);
	list_add(&a->link, &waiting);
	waiting_pages += addresses;
	enough = waiting_pages > LAZY_PAGES;
	live--;
	spin_unlock(&lock);
	if (enough)
		vmalloc_purge();
}

void vmalloc_purge(void)
{
	unsigned long all = (1UL << nr_cpus) - 1;
	struct list_head freed;
	struct area *a, *next;

	list_init(&freed);
	spin_lock(&lock);
	if (!list_empty(&waiting)) {
		list_insert(&freed, waiting.prev, waiting.next);
		list_init(&waiting);
	}
	waiting_pages = 0;
	spin_unlock(&lock);
	if (list_empty(&freed))
		return;
	hv_flush_tlb(&all);
	list_for_each_entry_safe (a, next, &freed, link) {
		spin_lock(&lock);
		vmap_remove(&tree, &a->range);
		spin_unlock(&lock);
		kfree(a);
	}
}

void *vmalloc(size_t bytes)
{
	unsigned long va, end;
	struct area *a;

	if (!bytes || bytes > VMALLOC_END - VMALLOC_BASE)
		return NULL;
	bytes = ALIGN_UP(bytes, PAGE_SIZE);
	a = area_new(bytes);
	if (!a)
		return NULL;
	for (va = a->range.start, end = va + bytes; va < end;) {
		if (!map_part(&va, end)) {
			area_free(a);
			return NULL;
		}
	}
	return (void *)a->range.start;
}

void vfree(void *p)
{
	struct vmap_node *range;

	if (!p)
		return;
	spin_lock(&lock);
	range = vmap_find(&tree, (unsigned long)p);
	spin_unlock(&lock);
	BUG_ON(!range);
	area_free(container_of(range, struct area, range));
}

unsigned long vmalloc_areas(void)
{
	unsigned long n;

	spin_lock(&lock);
	n = live;
	spin_unlock(&lock);
	return n;
}

static __always_inline void count_visit(const struct pt_visit *v, void *arg)
{
	if (v->parent)
		++*(unsigned long *)arg;
}

unsigned long vmalloc_tables(void)
{
	unsigned long n = 0;

	spin_lock(&kernel_pgtable.lock);
	pt_walk(kernel_pgtable.root, VMALLOC_BASE, VMALLOC_END, 1, count_visit, NULL, &n);
	spin_unlock(&kernel_pgtable.lock);
	return n;
}
