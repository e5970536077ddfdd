/* SPDX-License-Identifier: MIT */
/* Memory for the kernel itself: blocks of pages and small objects. */
#ifndef MM_ALLOC_H
#define MM_ALLOC_H

#include "mmu/frame.h"

#define MAX_ORDER 10

/* Makes mem_map; all frames are reserved until pages_release(). */
void page_init(unsigned long nr_pages);
/* Gives frames first .. end - 1, which must be unused, to the allocator. */
void pages_release(pfn_t first, pfn_t end);

/* 2^order contiguous pages, undefined contents, or NULL. Not counted by refs. */
struct page *pages_alloc(unsigned order);
void pages_free(struct page *p, unsigned order);

/*
 * From now on so many pages are reserved for a CPU that has set `emergency`. For all
 * others memory is exhausted before.
 */
void page_reserve(unsigned long pages);

/*
 * Orders the free memory by the seed. Free blocks larger than 32 pages form again as pages
 * are freed.
 */
void page_shuffle(u64 seed);

/* Number of free frames, those in the CPUs' caches included. */
unsigned long pages_free_count(void);

/* Up to KMALLOC_MAX bytes, or NULL. Empty slabs are freed, so no page stays cached. */
#define KMALLOC_MAX 2048
void *kmalloc(size_t n);
void *kzalloc(size_t n);
void kfree(void *p); /* NULL is fine */

#endif
