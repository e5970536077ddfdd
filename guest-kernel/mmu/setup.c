// SPDX-License-Identifier: MIT
/*
 * Takes over the tables that Xen's domain builder made, or native/start.c in its place.
 *
 * These tables are in use, under Xen pinned and read-only, and map the first megabytes of
 * our memory at the right addresses already. So they are not rebuilt. We copy the root,
 * add only missing tables below it, and load our root instead of the builder's. No struct
 * page exists at this time, so the tables are recorded afterwards.
 *
 * Without Xen, 32 bits begin on tables of the older format, with two levels and entries of
 * 32 bits. There is nothing to take over: the tree is built below our own root, with large
 * pages, and the switch to it is a switch to PAE.
 */
#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mmu/update.h"
#include "mmu/walk.h"

struct pgtable kernel_pgtable;

static IMAGE_TABLE(kernel_root);
static IMAGE_TABLE(kernel_part_table); /* the kernel's part, where that is a table of its own */
static unsigned long early_next;
pfn_t high_start;

void *early_alloc(unsigned long pages)
{
	void *va = pfn_to_virt(PFN(early_next));

	BUG_ON(mem_map || early_next + pages > high_start.v);
	early_next += pages;
	memset(va, 0, pages << PAGE_SHIFT);
	return va;
}

pfn_t early_end(void)
{
	return PFN(early_next);
}

/* Makes a new table page read-only so that Xen accepts it, or a former table writable. */
static void set_early(const void *va, u64 bits)
{
	long rc;

	if (!HV_PARAVIRT)
		return;
	rc = hv_update_va((unsigned long)va, pte_make(virt_to_pfn(va), bits), HV_NO_FLUSH, NULL);
	if (rc)
		panic("Xen refused a change of the direct map at %p: %ld", va, rc);
}

/* Fills an empty entry of a live table. */
static void add_early(pte_t *ptep, pfn_t pfn, u64 bits)
{
	long rc = hv_update(pte_maddr(ptep), pte_make(pfn, bits));

	if (rc)
		panic("Xen refused pfn %lx in the direct map: %ld", pfn.v, rc);
}

void pgtable_setup_start(void)
{
	early_next = boot_info.free_from.v;
	high_start = PFN(boot_info.nr_pages);
	kernel_pgtable.root = kernel_root;
	if (!HV_TAKES_TABLES) {
		boot_info.boot_root = kernel_root;
		return;
	}
	memcpy(kernel_root, boot_info.boot_root, PAGE_SIZE);
	/* The builder's low mappings, if any, are not used. */
	memset(kernel_root, 0, ROOT_USER_ENTRIES * sizeof(pte_t));
}

/*
 * The table below *ptep, an entry of that level in a live table. If it is missing, a new one is
 * made, and `fill` fills it before Xen sees it.
 */
static pte_t *early_table(pte_t *ptep, int level, void (*fill)(pte_t *, unsigned long),
			  unsigned long arg)
{
	pte_t *table;

	if (pte_present(*ptep))
		return pte_table(*ptep);
	table = early_alloc(1);
	if (fill)
		fill(table, arg);
	set_early(table, PTE_KERNEL_RO);
	add_early(ptep, virt_to_pfn(table), pte_table_bits(level));
	return table;
}

static void fill_direct(pte_t *table, unsigned long first_pfn)
{
	for (unsigned i = 0; i < PT_ENTRIES && first_pfn + i < high_start.v; i++)
		table[i] = pte_make(PFN(first_pfn + i), PTE_KERNEL);
}

/* The builder may have mapped part of the high memory, which must have no mapping. */
static void unmap_high(void)
{
	for (unsigned long pfn = high_start.v; pfn < boot_info.nr_pages; pfn++) {
		unsigned long va = (unsigned long)pfn_to_virt(PFN(pfn));
		pte_t *ptep = pgtable_lookup(&kernel_pgtable, va);
		long rc;

		if (!ptep || !pte_present(*ptep))
			continue;
		rc = hv_update(pte_maddr(ptep), (pte_t){0});
		if (rc)
			panic("Xen refused to unmap high pfn %lx: %ld", pfn, rc);
	}
}

static void map_slots(void)
{
	pte_t *table = boot_info.boot_root;

	for (int level = PT_LEVELS; level > 1; level--)
		table = early_table(&table[pt_index(PTE_SLOT_BASE, level)], level, NULL, 0);
	pte_slots_init(table);
}

void pgtable_map_memory(unsigned long high_pages)
{
	if (early_next + high_pages > boot_info.nr_pages)
		panic("%lu high pages are too many: of %lu, %lu hold something", high_pages,
		      boot_info.nr_pages, early_next);
	high_start = PFN(boot_info.nr_pages - high_pages);
	for (unsigned long pfn = 0; pfn < high_start.v; pfn += PT_ENTRIES) {
		unsigned long va = (unsigned long)pfn_to_virt(PFN(pfn));
		pte_t *table = boot_info.boot_root;
		unsigned i;

		for (int level = PT_LEVELS; level > 2; level--)
			table = early_table(&table[pt_index(va, level)], level, NULL, 0);
		if (HV_LARGE_PAGES && pfn + PT_ENTRIES <= high_start.v) {
			add_early(&table[pt_index(va, 2)], PFN(pfn), PTE_KERNEL | PTE_LARGE);
			continue;
		}
		table = early_table(&table[pt_index(va, 2)], 2, fill_direct, pfn);
		/* A pte page of the builder may be filled only in part. */
		for (i = 0; i < PT_ENTRIES && pfn + i < high_start.v; i++)
			if (!pte_present(table[i]))
				add_early(&table[i], PFN(pfn + i), PTE_KERNEL);
	}
	if (policy.pte == PTE_high) {
		unmap_high();
		map_slots();
	}
}

/* Slots of the kernel's part, with those that the direct map has added to the boot tables
 * meanwhile. */
static void take_kernel_part(pte_t *boot_root)
{
	const bool apart = KERNEL_PART_LEVEL < PT_LEVELS;
	const pte_t *from = apart ? pte_table(boot_root[ROOT_KERNEL_FIRST]) : boot_root;
	pte_t *to = apart ? kernel_part_table : kernel_root;

	if (apart)
		kernel_root[ROOT_KERNEL_FIRST] = pte_make(virt_to_pfn(kernel_part_table), PTE_ROOT);
	memcpy(&to[KERNEL_PART_FIRST], &from[KERNEL_PART_FIRST],
	       (KERNEL_PART_END - KERNEL_PART_FIRST) * sizeof(pte_t));
	if (apart)
		set_early(kernel_part_table, PTE_KERNEL_RO);
}

/* Tables that were the boot root's own are none any more, like it. */
static void let_go_of_boot_slots(void)
{
	const pte_t *boot_root = boot_info.boot_root;

	for (unsigned i = 0; KERNEL_PART_LEVEL < PT_LEVELS && i <= ROOT_KERNEL_FIRST; i++)
		if (pte_present(boot_root[i]))
			set_early(pte_table(boot_root[i]), PTE_KERNEL);
}

void pgtable_setup_done(void)
{
	pte_t *boot_root = boot_info.boot_root;
	mfn_t mfn = pfn_to_mfn(virt_to_pfn(kernel_root));
	long rc;

	if (HV_TAKES_TABLES)
		take_kernel_part(boot_root);
	set_early(kernel_root, PTE_KERNEL_RO);
	rc = HV_PARAVIRT ? hv_pin(PT_LEVELS, mfn) : 0;
	if (rc)
		panic("Xen refused to pin the kernel's root: %ld", rc);
	rc = hv_load_first_root(mfn);
	if (rc)
		panic("Xen refused to load the kernel's root: %ld", rc);
	rc = HV_PARAVIRT ? hv_unpin(pfn_to_mfn(virt_to_pfn(boot_root))) : 0;
	if (rc)
		panic("Xen refused to unpin the boot root: %ld", rc);
	set_early(boot_root, PTE_KERNEL);
	let_go_of_boot_slots();

	kernel_pgtable.published = true;
	kernel_pgtable.pinned = HV_PARAVIRT;
	kernel_pgtable.cpus = 1;
	this_cpu()->loaded = &kernel_pgtable;
}

static __always_inline void mark_visit(const struct pt_visit *v, void *arg)
{
	struct page *p = v->page;

	(void)arg;
	p->flags |= PAGE_TABLE | PAGE_RESERVED;
	if (HV_PARAVIRT)
		p->flags |= PAGE_PROTECTED | PAGE_PINNED;
	p->level = (u8)v->level;
}

void pgtable_mark_boot_tables(void)
{
	pt_walk_tables(kernel_root, DIRECT_MAP_BASE, KERNEL_END, NULL, mark_visit, NULL);
}
