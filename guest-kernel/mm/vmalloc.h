/* SPDX-License-Identifier: MIT */
/*
 * Kernel memory that is contiguous in virtual addresses only: single pages, mapped next to
 * each other in a kernel area (VMALLOC_BASE). Every CPU sees it, whatever tree it has
 * loaded.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include "lib/types.h"

void vmalloc_init(void);
/*
 * At least `bytes` of memory with undefined contents, page-aligned, followed by a page
 * that is not mapped. NULL if memory or addresses are exhausted, or bytes is 0.
 */
void *vmalloc(size_t bytes);
/*
 * The pages are free on return. The addresses are reused only after a flush of every TLB,
 * which is done for many areas at once. NULL is fine.
 */
void vfree(void *p);
/* Does that flush now, and frees the addresses of all freed areas. */
void vmalloc_purge(void);

/* Number of areas that are allocated. */
unsigned long vmalloc_areas(void);
/* Number of the area's page-table pages; they are never freed. */
unsigned long vmalloc_tables(void);

#endif
