// SPDX-License-Identifier: MIT
/*
 * Removing pages from address spaces, and removing access to them. A page may be reused
 * only when no CPU has it in its TLB any more. So the pages of a loaded tree are
 * collected, flushed together, and only then released. The flush goes into the same batch
 * as the entries.
 */
#include "lib/bug.h"
#include "mm/mm.h"
#include "mmu/ptlock.h"
#include "mmu/update.h"
#include "mmu/walk.h"

#define GATHER 256

struct zap {
	struct mm *mm;
	bool any; /* pages were released */
	unsigned n;
	struct page *pages[GATHER];
};

static void release_gathered(struct zap *z)
{
	if (!z->n)
		return;
	z->any = true;
	if (!mutant(zap_no_flush))
		pt_flush(&z->mm->pt);
	if (!mutant(release_early))
		hv_sync();
	for (unsigned i = 0; i < z->n; i++)
		page_put(z->pages[i]);
	__atomic_sub_fetch(&z->mm->resident, z->n, __ATOMIC_RELAXED);
	z->n = 0;
}

static __always_inline void zap_visit(const struct pt_visit *v, void *arg)
{
	struct zap *z = arg;
	unsigned long va = v->va;
	unsigned i;

	if (v->level != 1)
		return;
	pte_lock(&z->mm->pt, v->page);
	/* A table has either no entries, which is common, or mostly used ones. */
	i = pt_next_used(v->table, v->first, v->end);
	va += (unsigned long)(i - v->first) * PAGE_SIZE;
	hv_lazy_enter();
	for (; i < v->end; i++, va += PAGE_SIZE) {
		pte_t e = v->table[i];

		if (!e.v)
			continue;
		pt_set(&z->mm->pt, va, &v->table[i], (pte_t){0}, HV_NO_FLUSH);
		z->pages[z->n++] = entry_page(e);
		if (z->n == GATHER)
			release_gathered(z);
	}
	release_gathered(z); /* in one batch with the entries */
	hv_lazy_leave();
	pte_unlock(&z->mm->pt, v->page);
}

bool zap_pages(struct mm *mm, unsigned long start, unsigned long end)
{
	struct zap z;

	z.mm = mm;
	z.any = false;
	z.n = 0;
	pt_walk(mm->pt.root, start, end, 1, zap_visit, NULL, &z);
	return z.any;
}

/*
 * A search for empty tables would read each table completely. A table that lost no entry
 * here can be empty only because of MADV_DONTNEED. It is freed with a range that contains
 * it, or at exit.
 */
void zap_range(struct mm *mm, unsigned long start, unsigned long end)
{
	bool whole = ALIGN_UP(start, PT_SPAN(2)) < ALIGN_DOWN(end, PT_SPAN(2));

	if (zap_pages(mm, start, end) || whole)
		pgtable_trim(&mm->pt, start, end);
}

static __always_inline void zap_private_visit(const struct pt_visit *v, void *arg)
{
	unsigned n = 0, leaked = 0, i;
	struct mm *mm = arg;

	if (v->level != 1)
		return;
	pte_lock(&mm->pt, v->page);
	for_each_used (i, v->table, v->first, v->end) {
		pte_t e = v->table[i];
		struct page *p;

		v->table[i].v = 0;
		n++;
		p = entry_page(e);
		if (mutant(leak_page) && p->refs == 1 && !leaked++)
			continue;
		if (mutant(leak_file_ref) && p->refs > 1 && !leaked++)
			continue;
		page_put(p);
	}
	pte_unlock(&mm->pt, v->page);
	count_n(CNT_mmu_entries_plain, n);
}

void zap_private(struct mm *mm)
{
	BUG_ON(mm->pt.published);
	pt_walk(mm->pt.root, 0, USER_TOP, 1, zap_private_visit, NULL, mm);
}

/* The same test as in fault.c, before it makes a page writable in place. */
static bool only_user(const struct page *p)
{
	return __atomic_load_n(&p->refs, __ATOMIC_ACQUIRE) == 1;
}

struct protect {
	struct mm *mm;
	unsigned flags;
};

static __always_inline void protect_visit(const struct pt_visit *v, void *arg)
{
	struct protect *p = arg;
	unsigned long va = v->va;
	bool changed = false;

	if (v->level != 1)
		return;
	pte_lock(&p->mm->pt, v->page);
	hv_lazy_enter();
	for (unsigned i = v->first; i < v->end; i++, va += PAGE_SIZE) {
		pte_t e = v->table[i], new;

		if (!e.v)
			continue;
		new = pte_hidden(e) ? pte_unhide(e) : e;
		/* A write to a page that others use too must fault, so that the page is copied. */
		if (!(p->flags & VMA_WRITE))
			new.v &= ~PTE_WRITE;
		else if ((p->flags & VMA_SHARED) || only_user(pte_page(new)))
			new.v |= PTE_WRITE | PTE_DIRTY;
		if (p->flags & VMA_EXEC)
			new.v &= ~PTE_NX;
		else
			new.v |= PTE_NX;
		if (!(p->flags & VMA_ACCESS))
			new = pte_hide(new);
		if (new.v == e.v)
			continue;
		pt_set(&p->mm->pt, va, &v->table[i], new, HV_NO_FLUSH);
		changed = true;
	}
	if (changed && !mutant(protect_no_flush))
		pt_flush(&p->mm->pt);
	hv_lazy_leave();
	pte_unlock(&p->mm->pt, v->page);
}

void protect_range(struct mm *mm, unsigned long start, unsigned long end, unsigned flags)
{
	struct protect p = {.mm = mm, .flags = flags};

	pt_walk(mm->pt.root, start, end, 1, protect_visit, NULL, &p);
}
