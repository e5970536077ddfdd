/* SPDX-License-Identifier: MIT */
/*
 * One struct page for each frame of the guest. The MMU layer stores here what it knows
 * about a frame that is part of a table. The allocator behind page_alloc() is mm/page.c.
 */
#ifndef MMU_FRAME_H
#define MMU_FRAME_H

#include "arch/x86/spinlock.h"
#include "lib/list.h"
#include "mmu/backend.h"
#include "mmu/policy.h"

enum page_flags {
	PAGE_FREE = 1 << 0,	 /* head of a free block of the buddy allocator */
	PAGE_RESERVED = 1 << 1,	 /* never allocated: the kernel, Xen's structures */
	PAGE_SLAB = 1 << 2,	 /* split into small objects by kmalloc */
	PAGE_TABLE = 1 << 3,	 /* part of a page-table tree, at `level` */
	PAGE_PROTECTED = 1 << 4, /* read-only in the direct map */
	PAGE_PINNED = 1 << 5,	 /* belongs to a tree that is pinned in Xen */
};

struct page {
	u32 refs;      /* users; 0 when free */
	u8 flags;      /* for the owner of the page, which is one at a time */
	u8 level;      /* PAGE_TABLE: 1 for a pte page */
	u8 order;      /* PAGE_FREE: of the block that starts with this page */
	u8 slab_class; /* PAGE_SLAB */
	union {
		struct list_head link; /* for the owner of the page */
		struct {	       /* anonymous memory; see mm/rmap.h */
			unsigned long anon_va;
			unsigned long anon_lineage; /* | PAGE_ANON */
		};
	};
	spinlock_t lock; /* PAGE_TABLE at level 1, under split pte locks */
	union {
		u16 slab_free; /* PAGE_SLAB: offset of the first free object, 0 if none */
		u16 slot_cpus; /* high pages: CPUs with slots that may map it writable (ptemap.h) */
	};
	u16 slab_used;
};

/*
 * A list's pointers are even, so this bit distinguishes anonymous pages from all others,
 * free pages included.
 */
#define PAGE_ANON 1UL

extern struct page *mem_map; /* indexed by pfn; NULL until page_init() */

/*
 * High frames: those from high_start to the end of memory. They have no address in
 * the direct map and serve as pte pages only (ptemap.h). They exist only under the
 * policy pte=high.
 */
extern const struct page *high_map; /* the struct page of high_start; mm/page.c */

static inline bool page_is_high(const struct page *p)
{
	return policy.pte == PTE_high && p >= high_map;
}

static inline struct page *pfn_to_page(pfn_t pfn)
{
	return &mem_map[pfn.v];
}

static inline pfn_t page_to_pfn(const struct page *p)
{
	return PFN(p - mem_map);
}

static inline void *page_to_virt(const struct page *p)
{
	return pfn_to_virt(page_to_pfn(p));
}

static inline struct page *virt_to_page(const void *va)
{
	return pfn_to_page(virt_to_pfn(va));
}

/* -- provided by the layer above, in mm/page.c: this layer allocates tables with it ---- */

/* One page with refs = 1 and undefined contents, or NULL if memory is exhausted. */
struct page *page_alloc(void);
struct page *page_alloc_zeroed(void);
/* The same for a high page. */
struct page *page_alloc_high(void);
/* Frees a page that has no users left. */
void page_free(struct page *p);

static inline void page_get(struct page *p)
{
	__atomic_add_fetch(&p->refs, 1, __ATOMIC_RELAXED);
}

static inline void page_put(struct page *p)
{
	if (__atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) == 0)
		page_free(p);
}

/* The page that a present leaf entry maps. The entry must map our own memory. */
static inline struct page *pte_page(pte_t e)
{
	return pfn_to_page(mfn_to_pfn(pte_mfn(e)));
}

static inline pte_t pte_make(pfn_t pfn, u64 bits)
{
	return pte_from_mfn(pfn_to_mfn(pfn), bits);
}

/* The table that an entry of level 2 or more points to. Not for a pte page that may be high. */
static inline pte_t *pte_table(pte_t e)
{
	return pfn_to_virt(mfn_to_pfn(pte_mfn(e)));
}

/* Whether an entry of that level maps memory itself. Only the direct map has such entries. */
#if HV_LARGE_PAGES
static inline bool pte_large(pte_t e, int level)
{
	return level == 2 && (e.v & PTE_LARGE);
}
#else
#define pte_large(e, level) false /* a function, even an empty one, changes measured code */
#endif

/*
 * Hides a leaf entry: the page is kept but must not be accessed (PROT_NONE). A hidden
 * entry is not present, and Xen requires that its address is harmless under speculation
 * (L1TF). So the frame number is stored inverted, and points far beyond memory.
 */
static inline pte_t pte_hide(pte_t e)
{
	return (pte_t){(~e.v & PTE_ADDR_MASK) | (e.v & ~PTE_ADDR_MASK & ~PTE_PRESENT)};
}

static inline bool pte_hidden(pte_t e)
{
	return e.v && !pte_present(e);
}

static inline pte_t pte_unhide(pte_t e)
{
	return (pte_t){(~e.v & PTE_ADDR_MASK) | (e.v & ~PTE_ADDR_MASK) | PTE_PRESENT};
}

/* The page of a leaf entry that is in use, hidden or not. */
static inline struct page *entry_page(pte_t e)
{
	return pte_page(pte_present(e) ? e : pte_unhide(e));
}

#endif
