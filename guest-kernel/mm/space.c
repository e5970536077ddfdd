// SPDX-License-Identifier: MIT
/* Address spaces and their areas: mmap, munmap, mprotect, brk. */
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/inode.h"
#include "mm/rmap.h"

static unsigned long live;

unsigned long mm_live_count(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

struct mm *mm_alloc_child(struct mm *parent)
{
	struct mm *mm = kzalloc(sizeof(*mm));

	if (!mm)
		return NULL;
	if (!pgtable_init(&mm->pt))
		goto no_tables;
	mm->refs = 1;
	list_init(&mm->vmas);
	if (!rmap_join(mm, parent))
		goto no_lineage;
	__atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
	return mm;

no_lineage:
	pgtable_free(&mm->pt);
no_tables:
	kfree(mm);
	return NULL;
}

struct mm *mm_alloc(void)
{
	return mm_alloc_child(NULL);
}

static void vma_free(struct vma *v)
{
	if (v->inode)
		inode_put(v->inode);
	kfree(v);
}

void mm_put(struct mm *mm)
{
	struct vma *v, *next;

	if (__atomic_sub_fetch(&mm->refs, 1, __ATOMIC_ACQ_REL))
		return;
	if (mm->pt.published)
		pgtable_retire(&mm->pt);
	zap_private(mm);
	rmap_leave(mm);
	pgtable_free(&mm->pt);
	list_for_each_entry_safe (v, next, &mm->vmas, link)
		vma_free(v);
	kfree(mm);
	__atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
}

/*
 * Most look-ups are for the area of the last one. Threads that fault side by side
 * may overwrite each other's hint; areas only go while none of them is here.
 */
struct vma *vma_find(struct mm *mm, unsigned long va)
{
	struct vma *v = __atomic_load_n(&mm->found, __ATOMIC_RELAXED);

	if (v && va >= v->start && va < v->end)
		return v;
	for_each_vma (v, mm) {
		if (va >= v->end)
			continue;
		if (va < v->start)
			break;
		__atomic_store_n(&mm->found, v, __ATOMIC_RELAXED);
		return v;
	}
	return NULL;
}

/* Cuts v at `at`, strictly inside it; v keeps the lower part. False: no memory. */
static bool vma_split(struct vma *v, unsigned long at)
{
	struct vma *upper = kmalloc(sizeof(*upper));

	if (!upper)
		return false;
	*upper = *v;
	upper->start = at;
	upper->pgoff += (at - v->start) >> PAGE_SHIFT;
	if (upper->inode)
		inode_get(upper->inode);
	v->end = at;
	list_add(&upper->link, &v->link);
	return true;
}

/* Cuts areas so that none crosses start or end. */
static bool isolate(struct mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v;

	v = vma_find(mm, start);
	if (v && v->start < start && !vma_split(v, start))
		return false;
	v = vma_find(mm, end);
	return !v || v->start == end || vma_split(v, end);
}

static bool range_ok(unsigned long addr, unsigned long len)
{
	return !(addr & ~PAGE_MASK) && len && len <= USER_TOP && addr <= USER_TOP - len;
}

static long unmap_locked(struct mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v, *next;
	bool any = false;

	if (!isolate(mm, start, end))
		return -ENOMEM;
	mm->found = NULL;
	list_for_each_entry_safe (v, next, &mm->vmas, link) {
		if (v->start >= end)
			break;
		if (v->end <= start)
			continue;
		list_del(&v->link);
		vma_free(v);
		any = true;
	}
	if (any)
		zap_range(mm, start, end);
	return 0;
}

/* Highest gap of len bytes below MMAP_TOP; 0 if there is none. */
static unsigned long find_gap(struct mm *mm, unsigned long len)
{
	unsigned long top = MMAP_TOP;
	struct list_head *p;

	for (p = mm->vmas.prev; p != &mm->vmas; p = p->prev) {
		struct vma *v = list_entry(p, struct vma, link);

		if (v->start >= top)
			continue;
		if (v->end <= top && top - v->end >= len)
			break;
		top = v->start;
	}
	return top >= len + MMAP_MIN ? top - len : 0;
}

/* The list position before which an area at `start` belongs. */
static struct list_head *position(struct mm *mm, unsigned long start)
{
	struct vma *v;

	for_each_vma (v, mm)
		if (v->start > start)
			return &v->link;
	return &mm->vmas;
}

/* Anonymous private memory that continues the area below it needs no area of its own. */
static bool merge(struct mm *mm, unsigned long addr, unsigned long len, unsigned flags)
{
	struct list_head *next = position(mm, addr);
	struct vma *below = list_entry(next->prev, struct vma, link);

	if (next->prev == &mm->vmas || below->end != addr || below->inode ||
	    (below->flags & ~VMA_HAS_ANON) != flags || (flags & VMA_SHARED))
		return false;
	below->end += len;
	return true;
}

static long map_locked(struct mm *mm, unsigned long addr, unsigned long len, unsigned flags,
		       struct inode *inode, unsigned long pgoff)
{
	struct vma *v;

	if (!inode && merge(mm, addr, len, flags))
		return (long)addr;
	v = kzalloc(sizeof(*v));
	if (!v)
		return -ENOMEM;
	v->start = addr;
	v->end = addr + len;
	v->flags = flags;
	v->pgoff = pgoff;
	v->inode = inode;
	if (inode)
		inode_get(inode);
	list_add_tail(&v->link, position(mm, addr));
	return (long)addr;
}

long mm_map(struct mm *mm, unsigned long addr, unsigned long len, unsigned flags,
	    struct inode *inode, unsigned long pgoff, bool fixed)
{
	long rc = 0;

	if (!len || (fixed && (addr & ~PAGE_MASK)))
		return -EINVAL;
	len = ALIGN_UP(len, PAGE_SIZE); /* 0: it wrapped */
	if (!range_ok(fixed ? addr : 0, len))
		return -ENOMEM;
	if (fixed && addr < MMAP_MIN)
		return -EPERM;
	write_lock(&mm->lock);
	if (fixed) {
		rc = unmap_locked(mm, addr, addr + len);
	} else {
		addr = find_gap(mm, len);
		if (!addr)
			rc = -ENOMEM;
	}
	if (!rc)
		rc = map_locked(mm, addr, len, flags, inode, pgoff);
	write_unlock(&mm->lock);
	return rc;
}

long mm_unmap(struct mm *mm, unsigned long addr, unsigned long len)
{
	long rc;

	len = ALIGN_UP(len, PAGE_SIZE);
	if (!range_ok(addr, len))
		return -EINVAL;
	write_lock(&mm->lock);
	rc = unmap_locked(mm, addr, addr + len);
	write_unlock(&mm->lock);
	return rc;
}

long mm_protect(struct mm *mm, unsigned long addr, unsigned long len, unsigned access)
{
	unsigned long at = addr, end;
	struct vma *v;
	long rc = 0;

	len = ALIGN_UP(len, PAGE_SIZE);
	if (!len)
		return 0;
	if (!range_ok(addr, len))
		return -EINVAL;
	end = addr + len;
	write_lock(&mm->lock);
	for (; at < end && (v = vma_find(mm, at)); at = v->end) {
		if ((access & VMA_WRITE) && (v->flags & VMA_SHARED) && !v->inode->writable) {
			rc = -EACCES; /* it would write to the file */
			goto out;
		}
	}
	if (at < end || !isolate(mm, addr, end)) {
		rc = -ENOMEM; /* a hole, as POSIX has it */
		goto out;
	}
	for_each_vma (v, mm) {
		if (v->start >= end)
			break;
		if (v->end <= addr)
			continue;
		v->flags = (v->flags & ~VMA_ACCESS) | access;
		protect_range(mm, v->start, v->end, v->flags);
	}
out:
	write_unlock(&mm->lock);
	return rc;
}

unsigned long mm_brk(struct mm *mm, unsigned long brk)
{
	unsigned long old, new;
	struct vma *v;

	write_lock(&mm->lock);
	old = ALIGN_UP(mm->brk, PAGE_SIZE);
	new = ALIGN_UP(brk, PAGE_SIZE);
	if (brk < mm->brk_start || brk > MMAP_TOP)
		goto out;
	if (new < old) {
		if (unmap_locked(mm, new, old))
			goto out;
	} else if (new > old) {
		for_each_vma (v, mm)
			if (v->start < new && v->end > old)
				goto out;
		if (map_locked(mm, old, new - old, VMA_READ | VMA_WRITE, NULL, 0) < 0)
			goto out;
	}
	mm->brk = brk;
out:
	brk = mm->brk;
	write_unlock(&mm->lock);
	return brk;
}
