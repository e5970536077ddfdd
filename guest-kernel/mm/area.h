/* SPDX-License-Identifier: MIT */
/*
 * Areas of an address space, for the files that change the list: space.c, which owns it,
 * and mremap.c. The address space is locked for writing. Areas are sorted and do not
 * overlap. The tables contain a page only where there is an area.
 */
#ifndef MM_AREA_H
#define MM_AREA_H

#include "mm/mm.h"

/* Whether it is a range of user addresses, aligned and not empty. */
static inline bool range_ok(unsigned long addr, unsigned long len)
{
	return !(addr & ~PAGE_MASK) && len && len <= USER_TOP && addr <= USER_TOP - len;
}

/* An area to be filled in and inserted, or NULL: no memory, or too many areas. */
struct vma *vma_alloc(const struct mm *mm);
/* Cuts areas so that none crosses start or end. False: no memory. */
bool areas_isolate(struct mm *mm, unsigned long start, unsigned long end);
/* Removes all areas of the range and their pages. Returns 0, or -ENOMEM and changes nothing. */
long areas_unmap(struct mm *mm, unsigned long start, unsigned long end);
/* Whether there is no area in the range. */
bool areas_free(struct mm *mm, unsigned long start, unsigned long end);
/* Highest gap of len bytes below mmap_top; 0 if there is none. */
unsigned long areas_gap(struct mm *mm, unsigned long len);
/* Inserts an area, which must not overlap another, into the list. */
void area_insert(struct mm *mm, struct vma *v);
/* Removes it from the list and frees it. */
void area_remove(struct mm *mm, struct vma *v);

#endif
