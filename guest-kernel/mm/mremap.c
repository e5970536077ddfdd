// SPDX-License-Identifier: MIT
/*
 * mremap: memory grows or shrinks in place, or moves to another address with its pages.
 * Moving copies no page: each entry is removed from one place of the tree and written to
 * another. A move cannot fail halfway, since the tables that it needs are made first.
 *
 * The reverse map stores one address for a page (rmap.h). If only this address space maps
 * the page, the page gets its new address. If relatives map it too, at the old address, it
 * has two addresses now, and is removed from the reverse map: it is not aged any more.
 */
#include "lib/errno.h"
#include "mm/area.h"
#include "mm/inode.h"
#include "mm/rmap.h"
#include "mmu/ptlock.h"
#include "mmu/update.h"

/* Number of bytes from there on, at most `left`, that lie in one pte page on both sides. */
static unsigned long piece(unsigned long from, unsigned long to, unsigned long left)
{
	unsigned long in_from = PT_SPAN(2) - (from & (PT_SPAN(2) - 1));
	unsigned long in_to = PT_SPAN(2) - (to & (PT_SPAN(2) - 1));

	return min_ul(left, min_ul(in_from, in_to));
}

/* Makes the tables at `to` for all tables at `from`. False: no memory. */
static bool make_tables(struct mm *mm, unsigned long from, unsigned long to, unsigned long len)
{
	for (unsigned long n; len; from += n, to += n, len -= n) {
		n = piece(from, to, len);
		if (pte_page_find(&mm->pt, from) && !pte_page_get(&mm->pt, to))
			return false;
	}
	return true;
}

/*
 * Locks two pte pages of one tree. The order does not matter: no other CPU locks two pte
 * pages of this tree while its areas are locked for writing.
 */
static void lock_both(struct pgtable *pt, struct page *a, struct page *b)
{
	pte_lock(pt, a);
	if (pte_lockptr(pt, b) != pte_lockptr(pt, a))
		pte_lock(pt, b);
}

static void unlock_both(struct pgtable *pt, struct page *a, struct page *b)
{
	if (pte_lockptr(pt, b) != pte_lockptr(pt, a))
		pte_unlock(pt, b);
	pte_unlock(pt, a);
}

/* Both pte pages are mapped and locked. */
static void move_entries(struct mm *mm, pte_t *source, pte_t *target, unsigned long from,
			 unsigned long to, unsigned n)
{
	bool any = false;

	hv_lazy_enter();
	for (unsigned i = 0; i < n; i++, from += PAGE_SIZE, to += PAGE_SIZE) {
		pte_t e = source[i];

		if (!e.v)
			continue;
		pt_set(&mm->pt, from, &source[i], (pte_t){0}, HV_NO_FLUSH);
		pt_set(&mm->pt, to, &target[i], e, HV_NO_FLUSH);
		if (!mutant(move_no_rmap))
			rmap_moved(entry_page(e), mm, to);
		any = true;
	}
	/* The next mapping at `from` must not meet the old entries. */
	if (any && !mutant(move_no_flush))
		pt_flush(&mm->pt);
	hv_lazy_leave();
}

/* Moves the pages that one pte page maps at `from`. */
static void move_piece(struct mm *mm, unsigned long from, unsigned long to, unsigned long len)
{
	struct page *source = pte_page_find(&mm->pt, from), *target;
	pte_t *s, *t;

	if (!source)
		return;
	target = pte_page_find(&mm->pt, to);
	lock_both(&mm->pt, source, target);
	s = pte_page_map(source);
	t = target == source ? s : pte_page_map(target);
	move_entries(mm, &s[pt_index(from, 1)], &t[pt_index(to, 1)], from, to,
		     (unsigned)(len >> PAGE_SHIFT));
	if (t != s)
		pte_page_unmap(t);
	pte_page_unmap(s);
	unlock_both(&mm->pt, source, target);
}

/* Moves the complete area v to `to`, which is free, and gives it the new length. */
static long move_area(struct mm *mm, struct vma *v, unsigned long to, unsigned long new_len,
		      bool keep)
{
	unsigned long from = v->start, len = v->end - v->start;
	struct vma *moved = vma_alloc(mm);

	if (!moved)
		return -ENOMEM;
	if (!make_tables(mm, from, to, len)) {
		pgtable_trim(&mm->pt, to, to + len);
		kfree(moved);
		return -ENOMEM;
	}
	*moved = *v;
	moved->start = to;
	moved->end = to + new_len;
	if (moved->inode)
		inode_get(moved->inode);
	for (unsigned long done = 0, n; done < len; done += n) {
		n = piece(from + done, to + done, len - done);
		move_piece(mm, from + done, to + done, n);
	}
	area_insert(mm, moved);
	if (!keep)
		area_remove(mm, v);
	pgtable_trim(&mm->pt, from, from + len);
	return (long)to;
}

static bool continues(const struct vma *a, const struct vma *b)
{
	return a->end == b->start && !((a->flags ^ b->flags) & ~VMA_HAS_ANON) &&
	       a->inode == b->inode &&
	       (!a->inode || a->pgoff + ((a->end - a->start) >> PAGE_SHIFT) == b->pgoff);
}

/*
 * The area that contains the complete range, or NULL. mprotect may have cut an area into
 * parts that are equal again; they are merged here, because only mremap needs that.
 */
static struct vma *area_of(struct mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(mm, start), *next;

	while (v && v->end < end) {
		if (v->link.next == &mm->vmas)
			return NULL;
		next = list_entry(v->link.next, struct vma, link);
		if (!continues(v, next))
			return NULL;
		v->end = next->end;
		v->flags |= next->flags;
		area_remove(mm, next);
	}
	return v;
}

/* Moves the range, which lies in one area, to `to` or, if that is 0, to a gap. */
static long move_range(struct mm *mm, unsigned long addr, unsigned long old_len,
		       unsigned long new_len, unsigned long to, bool keep)
{
	if (!to)
		to = areas_gap(mm, new_len);
	if (!to || !areas_isolate(mm, addr, addr + old_len))
		return -ENOMEM;
	return move_area(mm, vma_find(mm, addr), to, new_len, keep);
}

/* Moves to an address that the caller names. */
static long remap_fixed(struct mm *mm, unsigned long addr, unsigned long old_len,
			unsigned long new_len, unsigned long to, bool keep)
{
	long rc;

	if (!range_ok(to, new_len) || (addr < to + new_len && to < addr + old_len))
		return -EINVAL;
	if (to < MMAP_MIN)
		return -EPERM;
	rc = areas_unmap(mm, to, to + new_len);
	if (!rc && new_len < old_len) {
		rc = areas_unmap(mm, addr + new_len, addr + old_len);
		old_len = new_len;
	}
	if (rc)
		return rc;
	if (!area_of(mm, addr, addr + old_len))
		return -EFAULT;
	return move_range(mm, addr, old_len, new_len, to, keep);
}

static long remap_locked(struct mm *mm, unsigned long addr, unsigned long old_len,
			 unsigned long new_len, unsigned flags, unsigned long to)
{
	unsigned long end = addr + old_len;
	bool keep = flags & REMAP_DONTUNMAP;
	struct vma *v = area_of(mm, addr, end);
	long rc;

	if (!v)
		return -EFAULT;
	if (keep && (v->inode || (v->flags & VMA_SHARED)))
		return -EINVAL; /* it is unknown what the old area would map then */
	if (flags & REMAP_FIXED)
		return remap_fixed(mm, addr, old_len, new_len, to, keep);
	if (keep)
		return move_range(mm, addr, old_len, new_len, 0, keep);
	if (new_len <= old_len) {
		rc = new_len < old_len ? areas_unmap(mm, addr + new_len, end) : 0;
		return rc ? rc : (long)addr;
	}
	if (v->end == end && range_ok(addr, new_len) && areas_free(mm, end, addr + new_len)) {
		v->end = addr + new_len;
		return (long)addr;
	}
	if (flags & REMAP_MAYMOVE)
		return move_range(mm, addr, old_len, new_len, 0, false);
	return -ENOMEM;
}

long mm_remap(struct mm *mm, unsigned long addr, unsigned long old_len, unsigned long new_len,
	      unsigned flags, unsigned long to)
{
	long rc;

	if ((addr & ~PAGE_MASK) || !new_len || !old_len)
		return -EINVAL;
	if ((flags & (REMAP_FIXED | REMAP_DONTUNMAP)) && !(flags & REMAP_MAYMOVE))
		return -EINVAL;
	old_len = ALIGN_UP(old_len, PAGE_SIZE);
	new_len = ALIGN_UP(new_len, PAGE_SIZE);
	if ((flags & REMAP_DONTUNMAP) && old_len != new_len)
		return -EINVAL;
	if (!range_ok(addr, old_len))
		return -EFAULT;
	if (!range_ok(0, new_len))
		return flags & REMAP_FIXED ? -EINVAL : -ENOMEM;
	write_lock(&mm->lock);
	rc = remap_locked(mm, addr, old_len, new_len, flags, to);
	write_unlock(&mm->lock);
	return rc;
}
