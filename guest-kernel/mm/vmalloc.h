/* SPDX-License-Identifier: MIT */
/*
 * Kernel memory that is contiguous in addresses only: single pages, mapped side by
 * side into an area of the kernel's own (VMALLOC_BASE). Every CPU sees it, whatever
 * tree it has loaded.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include "lib/types.h"

void vmalloc_init(void);
/*
 * At least `bytes` of memory with undefined contents, page-aligned, followed by a page
 * that is not mapped. NULL when memory or addresses are exhausted, or bytes is 0.
 */
void *vmalloc(size_t bytes);
/*
 * The pages are free on return. The addresses are not used again until every TLB has
 * been flushed, which is done for many areas at once. NULL is fine.
 */
void vfree(void *p);
/* Does that flush now, so that nothing is left of areas that were freed. */
void vmalloc_purge(void);

/* Areas allocated and not freed. */
unsigned long vmalloc_areas(void);
/* Page-table pages of the area; they are never given back. */
unsigned long vmalloc_tables(void);

#endif
