/* SPDX-License-Identifier: MIT */
/*
 * A page-table tree and its life.
 *
 * Xen lets a guest build its tables from its own frames, and the processor uses these
 * tables directly. In return, a frame that Xen regards as a table must not be mapped
 * writable anywhere, and its entries change only through Xen. A tree has these states:
 *
 *	private		no CPU can load it, and Xen does not know it. Its pages are
 *			writable and entries are plain stores. Cheap to build and to
 *			take apart.
 *	published	every page is read-only in the direct map, and entries are
 *			written through Xen. It may be loaded. Under the pin policy
 *			`eager` it is pinned too: Xen validates it once and keeps it
 *			valid, loaded or not. Under `none` Xen validates the complete
 *			tree at each load, and releases it when the CPU loads another.
 *
 * fork and exec build a private tree and publish it. exit begins by retiring it, so that
 * taking it apart is plain stores again.
 *
 * Without Xen, published only means that the tree may be loaded. Its entries are still
 * plain stores, but the processor may have the old ones in its TLB.
 *
 * The kernel's part of every root points to the same level-3 tables, those of
 * kernel_pgtable. So a page that becomes read-only there is read-only in all trees. When
 * the kernel adds to its part later, it adds the entry to each published root
 * (kernel_part.c).
 *
 * Reading order: policy.h, pgtable.h, walk.h, update.c, pin.c, table.c, switch.c, setup.c.
 *
 * Linux does the same work under these names:
 *
 *	here				Linux
 *	struct pgtable			mm_struct: pgd, page_table_lock, cpumask
 *	user_root			xen_get_user_pgd()
 *	pgtables, pgtables_lock		pgd_list, pgd_lock
 *	pgtable_publish			xen_enter_mmap + xen_pgd_pin
 *	pgtable_retire			xen_exit_mmap + xen_drop_mm_ref, xen_pgd_unpin
 *	pgtable_load, _unload		switch_mm + xen_write_cr3, leave_mm
 *	table_attach, table_detach	xen_alloc_pte, xen_release_pte, and those of other levels
 *	kernel_part_set			sync_global_pgds
 *	pt_set				set_pte_at, xen_set_pte
 *	pt_set_table			set_pmd, set_pud, set_p4d (xen_set_p4d: both roots)
 *	pt_clear_bits			ptep_test_and_clear_young
 *	pte_get, pte_put		pte_alloc_map_lock, pte_unmap_unlock
 *	pte_page_map (ptemap.h)		kmap_atomic_pte, of kernels with CONFIG_HIGHPTE
 *	hv_lazy_enter, _leave		arch_enter_lazy_mmu_mode, arch_leave_lazy_mmu_mode
 *	hv_sync				xen_mc_flush
 *	hv_after			xen_mc_callback
 *	PAGE_PINNED			PG_pinned
 */
#ifndef MMU_PGTABLE_H
#define MMU_PGTABLE_H

#include "mmu/ptemap.h"

struct pgtable {
	pte_t *root;	  /* user and kernel part; loaded in kernel mode */
	pte_t *user_root; /* user part only; loaded in user mode. NULL: kernel_pgtable, or none */
	bool published;
	bool pinned;
	u32 kernel_part; /* how many changes of the kernel's part its root has; kernel_part.c */
	unsigned long
		cpus; /* mask of CPUs that have it loaded, lazy TLB included; see pgtable_share() */
	spinlock_t lock;       /* page_table_lock; see ptlock.h */
	struct list_head link; /* in pgtables */
};

extern struct pgtable kernel_pgtable;

/* The tree's own table with the slots of the kernel's part: its root, or one below. */
static inline pte_t *kernel_part(const struct pgtable *pt)
{
	return KERNEL_PART_LEVEL == PT_LEVELS ? pt->root : pte_table(pt->root[ROOT_KERNEL_FIRST]);
}

static inline pte_t *kernel_part_entry(const struct pgtable *pt, unsigned index)
{
	return &kernel_part(pt)[index];
}

/*
 * All trees from pgtable_init() to pgtable_free(), private ones too, but not
 * kernel_pgtable. The lock also guards the kernel's part of all roots. It may be taken
 * while a tree's lock is held, but not the other way round.
 */
extern struct list_head pgtables;
extern spinlock_t pgtables_lock;
#define for_each_pgtable(pt) list_for_each_entry (pt, &pgtables, link)

/*
 * A table in the kernel's image, which lies in the direct map. The image of a unit test
 * does not lie there, so the test uses a page of the direct map instead.
 */
#ifdef PVMMU_HOSTED
#define HOSTED_IMAGE_PFN 256UL
#define IMAGE_TABLE(name)                                                                          \
	pte_t *const name = (pte_t *)(DIRECT_MAP_BASE + HOSTED_IMAGE_PFN * PAGE_SIZE)
#else
#define IMAGE_TABLE(name) pte_t name[PT_ENTRIES] __aligned(PAGE_SIZE)
#endif

/* -- setup.c: once, in this order ------------------------------------------ */

/*
 * Takes over the tables we were started on: copies the root. Afterwards entries of the
 * kernel part are still changed under the old root.
 */
void pgtable_setup_start(void);
/*
 * Extends the direct map to high_start, which is `high_pages` before the end of memory.
 * Allocates only missing tables. If there are high pages, it also makes the tables of the
 * mapping slots.
 */
void pgtable_map_memory(unsigned long high_pages);
/* Publishes, pins and loads kernel_pgtable, and releases the boot root. */
void pgtable_setup_done(void);
/* Call when mem_map exists: records in it which frames are tables, and pinned. */
void pgtable_mark_boot_tables(void);
/* Zeroed contiguous frames. Only before page_init(). */
void *early_alloc(unsigned long pages);
/* First frame that early_alloc() has not given out. */
pfn_t early_end(void);
/* The first high frame (frame.h), or the end of memory if there is none. */
extern pfn_t high_start;

/* -- table.c ----------------------------------------------------------------- */

/* Makes a private tree with an empty user part. Returns false if memory is exhausted. */
bool pgtable_init(struct pgtable *pt);
/* Frees the tables; the tree must be private and without leaf entries. */
void pgtable_free(struct pgtable *pt);
/* The level-1 entry for an address of the kernel's part, or NULL if there is none. */
pte_t *pgtable_lookup(const struct pgtable *pt, unsigned long va);
/* The pte page for va, or NULL. pte_page_get() allocates missing tables; NULL: no memory. */
struct page *pte_page_get(struct pgtable *pt, unsigned long va);
struct page *pte_page_find(const struct pgtable *pt, unsigned long va);
/* Frees the empty tables between start and end. */
void pgtable_trim(struct pgtable *pt, unsigned long start, unsigned long end);

/* -- kernel_part.c: what all roots have in common --------------------------------- */

/*
 * Writes entry `index` of the kernel's part, in kernel_pgtable and in every published
 * tree. The caller holds kernel_pgtable's lock.
 */
void kernel_part_set(unsigned index, pte_t e);
/* Adds a new tree to pgtables, with the kernel's part as it is now. */
void kernel_part_join(struct pgtable *pt);
/* Removes the tree from pgtables. */
void kernel_part_leave(struct pgtable *pt);
/* The tree may be loaded from now on. It gets all entries that were added while it was private. */
void kernel_part_follow(struct pgtable *pt);
/* The tree is private from now on, and does not get new entries. */
void kernel_part_ignore(struct pgtable *pt);

/* -- pin.c ------------------------------------------------------------------- */

void pgtable_publish(struct pgtable *pt);
/*
 * Makes all CPUs that still have the tree loaded load another one, and makes the tree
 * private. No CPU may load it from now on. May wait for other CPUs.
 */
void pgtable_retire(struct pgtable *pt);
/*
 * table_attach: a table page joins a published tree. The page becomes read-only and, at
 * level 1 under split locks, pinned. table_detach: the reverse, for a page that has left
 * the tree. In a lazy section both take effect at its end.
 */
void table_attach(const struct pgtable *pt, struct page *p);
void table_detach(struct page *p);
/* Number of roots that are pinned now. A process counts twice: kernel root and user root. */
unsigned long pgtable_pinned_roots(void);

/*
 * More than one task will use the tree, so any CPU may load it at any time from now on.
 * Before, only the CPU that works on it can load it.
 */
static inline void pgtable_share(struct pgtable *pt)
{
	__atomic_or_fetch(&pt->cpus, CPU_MORE, __ATOMIC_SEQ_CST);
}

/* -- switch.c ---------------------------------------------------------------- */

/* Loads the tree on this CPU, if it is not loaded already. It must be published. */
void pgtable_load(struct pgtable *pt);
/* Makes this CPU load kernel_pgtable if it has a user tree loaded. */
void pgtable_unload(void);

#endif
