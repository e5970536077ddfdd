// SPDX-License-Identifier: MIT
/*
 * Requests and questions of a program about ranges of its memory: to drop pages, to fetch
 * them now, and to tell which ones are present.
 */
#include "lib/errno.h"
#include "mm/area.h"
#include "mmu/ptlock.h"

/* Whether the range has no hole. Areas locked. */
static bool whole(struct mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v = NULL;

	for (; start < end; start = v->end) {
		v = vma_find(mm, start);
		if (!v)
			return false;
	}
	return true;
}

long mm_check_mapped(struct mm *mm, unsigned long addr, unsigned long len)
{
	bool ok;

	read_lock(&mm->lock);
	ok = range_ok(addr, len) && whole(mm, addr, addr + len);
	read_unlock(&mm->lock);
	return ok ? 0 : -ENOMEM;
}

/*
 * The tables stay, because they will be needed again. Not concurrent with faults, which
 * could use the page of an entry after it has been dropped.
 */
long mm_discard(struct mm *mm, unsigned long addr, unsigned long len)
{
	struct vma *v;
	bool ok;

	if (!range_ok(addr, len))
		return -ENOMEM;
	write_lock(&mm->lock);
	for_each_vma (v, mm) {
		unsigned long start = max_ul(addr, v->start), end = min_ul(addr + len, v->end);

		if (start < end)
			zap_pages(mm, start, end);
	}
	ok = whole(mm, addr, addr + len);
	write_unlock(&mm->lock);
	return ok ? 0 : -ENOMEM;
}

/* Areas locked. */
static bool is_present(struct mm *mm, unsigned long va)
{
	struct pte_at at;
	bool present;

	if (!pte_map_existing(&mm->pt, va, &at))
		return false;
	present = at.ptep->v;
	pte_unmap(&at);
	return present;
}

/* The access with which to fault the page at va in: 0 if it is present, or cannot be. */
static unsigned wanted_access(struct mm *mm, unsigned long va)
{
	const struct vma *v;
	unsigned access;

	read_lock(&mm->lock);
	v = vma_find(mm, va);
	if (!v) /* leads to FAULT_SEGV */
		access = VMA_READ;
	else if (is_present(mm, va))
		access = 0;
	else if ((v->flags & VMA_WRITE) && !(v->flags & VMA_SHARED))
		access = VMA_WRITE;
	else
		access = v->flags & VMA_ACCESS;
	read_unlock(&mm->lock);
	return access;
}

long mm_populate(struct mm *mm, unsigned long addr, unsigned long len)
{
	if (!range_ok(addr, len))
		return -ENOMEM;
	for (unsigned long va = addr; va < addr + len; va += PAGE_SIZE) {
		unsigned access = wanted_access(mm, va);

		switch (access ? mm_fault(mm, va, access) : FAULT_OK) {
		case FAULT_OK: break;
		case FAULT_BUS: return -EFAULT;
		default: return -ENOMEM;
		}
	}
	return 0;
}

long mm_present(struct mm *mm, unsigned long addr, unsigned n, u8 *present)
{
	long rc = -ENOMEM;

	read_lock(&mm->lock);
	if (!range_ok(addr, n * PAGE_SIZE) || !whole(mm, addr, addr + n * PAGE_SIZE))
		goto out;
	for (unsigned i = 0; i < n; i++)
		present[i] = is_present(mm, addr + i * PAGE_SIZE);
	rc = 0;
out:
	read_unlock(&mm->lock);
	return rc;
}
