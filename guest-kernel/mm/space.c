// SPDX-License-Identifier: MIT
/* Address spaces and their areas: mmap, munmap, mprotect, brk. */
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/area.h"
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
	mm->mmap_top = MMAP_TOP;
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
 * Most look-ups are for the area of the last one, or for one not far above it. Threads
 * that fault at the same time may overwrite each other's hint. No area is freed while they
 * are here.
 */
static struct vma *hint(struct mm *mm)
{
	return __atomic_load_n(&mm->found, __ATOMIC_RELAXED);
}

/* The list position of the first area that ends above va, or the list's head if there is none. */
static struct list_head *first_above(struct mm *mm, unsigned long va)
{
	struct vma *v = hint(mm);
	struct list_head *p = v && v->start <= va ? &v->link : mm->vmas.next;

	while (p != &mm->vmas && list_entry(p, struct vma, link)->end <= va)
		p = p->next;
	return p;
}

struct vma *vma_find(struct mm *mm, unsigned long va)
{
	struct vma *v = hint(mm);
	struct list_head *p;

	if (v && va >= v->start && va < v->end)
		return v;
	p = first_above(mm, va);
	v = list_entry(p, struct vma, link);
	if (p == &mm->vmas || va < v->start)
		return NULL;
	__atomic_store_n(&mm->found, v, __ATOMIC_RELAXED);
	return v;
}

struct vma *vma_alloc(const struct mm *mm)
{
	return mm->areas < MAX_AREAS ? kmalloc(sizeof(struct vma)) : NULL;
}

/* Cuts v at `at`, strictly inside it; v keeps the lower part. False: no memory. */
static bool vma_split(struct mm *mm, struct vma *v, unsigned long at)
{
	struct vma *upper = vma_alloc(mm);

	if (!upper)
		return false;
	*upper = *v;
	upper->start = at;
	upper->pgoff += (at - v->start) >> PAGE_SHIFT;
	if (upper->inode)
		inode_get(upper->inode);
	v->end = at;
	mm->areas++;
	list_add(&upper->link, &v->link);
	return true;
}

bool areas_isolate(struct mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v;

	v = vma_find(mm, start);
	if (v && v->start < start && !vma_split(mm, v, start))
		return false;
	v = vma_find(mm, end);
	return !v || v->start == end || vma_split(mm, v, end);
}

void area_remove(struct mm *mm, struct vma *v)
{
	mm->found = NULL;
	mm->areas--;
	list_del(&v->link);
	vma_free(v);
}

long areas_unmap(struct mm *mm, unsigned long start, unsigned long end)
{
	struct list_head *p, *next;
	bool any = false;

	if (!areas_isolate(mm, start, end))
		return -ENOMEM;
	for (p = first_above(mm, start); p != &mm->vmas; p = next) {
		struct vma *v = list_entry(p, struct vma, link);

		if (v->start >= end)
			break;
		next = p->next;
		area_remove(mm, v);
		any = true;
	}
	if (any)
		zap_range(mm, start, end);
	return 0;
}

bool areas_free(struct mm *mm, unsigned long start, unsigned long end)
{
	struct list_head *p = first_above(mm, start);

	return p == &mm->vmas || list_entry(p, struct vma, link)->start >= end;
}

unsigned long areas_gap(struct mm *mm, unsigned long len)
{
	unsigned long top = mm->mmap_top;
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

void area_insert(struct mm *mm, struct vma *v)
{
	mm->areas++;
	list_add_tail(&v->link, first_above(mm, v->start));
}

/* Anonymous private memory that continues the area below it extends that area. */
static bool merge(struct mm *mm, unsigned long addr, unsigned long len, unsigned flags)
{
	struct list_head *next = first_above(mm, addr);
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
	v = vma_alloc(mm);
	if (!v)
		return -ENOMEM;
	*v = (struct vma){
		.start = addr, .end = addr + len, .flags = flags, .pgoff = pgoff, .inode = inode};
	if (inode)
		inode_get(inode);
	area_insert(mm, v);
	return (long)addr;
}

/* The address for a mapping that wants to be at addr, or a negative errno. */
static long place(struct mm *mm, unsigned long addr, unsigned long len, enum map_where where)
{
	long rc;

	switch (where) {
	case MAP_AT: rc = areas_unmap(mm, addr, addr + len); return rc ? rc : (long)addr;
	case MAP_AT_FREE: return areas_free(mm, addr, addr + len) ? (long)addr : -EEXIST;
	default: break;
	}
	addr = ALIGN_UP(addr, PAGE_SIZE);
	if (addr < MMAP_MIN || !range_ok(addr, len) || !areas_free(mm, addr, addr + len))
		addr = areas_gap(mm, len);
	return addr ? (long)addr : -ENOMEM;
}

long mm_map(struct mm *mm, unsigned long addr, unsigned long len, unsigned flags,
	    struct inode *inode, unsigned long pgoff, enum map_where where)
{
	bool fixed = where != MAP_ANYWHERE;
	long at;

	if (!len || (fixed && (addr & ~PAGE_MASK)))
		return -EINVAL;
	len = ALIGN_UP(len, PAGE_SIZE); /* 0: overflow */
	if (!range_ok(fixed ? addr : 0, len))
		return -ENOMEM;
	if (fixed && addr < MMAP_MIN)
		return -EPERM;
	write_lock(&mm->lock);
	at = place(mm, addr, len, where);
	if (IS_ADDRESS(at))
		at = map_locked(mm, (unsigned long)at, len, flags, inode, pgoff);
	write_unlock(&mm->lock);
	return at;
}

long mm_unmap(struct mm *mm, unsigned long addr, unsigned long len)
{
	long rc;

	len = ALIGN_UP(len, PAGE_SIZE);
	if (!range_ok(addr, len))
		return -EINVAL;
	write_lock(&mm->lock);
	rc = areas_unmap(mm, addr, addr + len);
	write_unlock(&mm->lock);
	return rc;
}

long mm_protect(struct mm *mm, unsigned long addr, unsigned long len, unsigned access)
{
	unsigned long at = addr, end;
	struct vma *v;
	long rc = 0;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	len = ALIGN_UP(len, PAGE_SIZE);
	if (!range_ok(addr, len))
		return -ENOMEM;
	end = addr + len;
	write_lock(&mm->lock);
	for (; at < end && (v = vma_find(mm, at)); at = v->end) {
		if ((access & VMA_WRITE) && (v->flags & VMA_READ_ONLY)) {
			rc = -EACCES;
			goto out;
		}
	}
	if (at < end || !areas_isolate(mm, addr, end)) {
		rc = -ENOMEM; /* a hole: an error for POSIX */
		goto out;
	}
	for (struct list_head *p = first_above(mm, addr); p != &mm->vmas; p = p->next) {
		v = list_entry(p, struct vma, link);
		if (v->start >= end)
			break;
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

	write_lock(&mm->lock);
	old = ALIGN_UP(mm->brk, PAGE_SIZE);
	new = ALIGN_UP(brk, PAGE_SIZE);
	if (brk < mm->brk_start || brk > mm->mmap_top)
		goto out;
	if (new < old) {
		if (areas_unmap(mm, new, old))
			goto out;
	} else if (new > old) {
		if (new - old > mm_most() || !areas_free(mm, old, new))
			goto out;
		if (IS_ERROR(map_locked(mm, old, new - old, VMA_READ | VMA_WRITE, NULL, 0)))
			goto out;
	}
	mm->brk = brk;
out:
	brk = mm->brk;
	write_unlock(&mm->lock);
	return brk;
}
