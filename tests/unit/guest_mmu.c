// SPDX-License-Identifier: MIT
/*
 * The life of a tree, step by step, under this build's policy: the effect of each step on
 * each table page, in the direct map, in Xen and in its struct page. world_audit() checks
 * the general rule; the tests add the specific effects of the step.
 */
#include "guest_world.h"

#include "mmu/ptlock.h"
#include "mmu/update.h"

#define EAGER (policy.pin == PIN_eager)

/* Spread so that they share the root only, the level-3 table, and so on. */
static const unsigned long places[] = {0x400000,
				       0x401000,
				       0x600000,
				       0x400000 + (1UL << 30),
				       0x400000 + (1UL << 39),
				       USER_TOP - PAGE_SIZE};
/* Two roots, and below: 3 level-3, 4 level-2, 5 level-1 tables. */
#define PTE_PAGES_FOR_PLACES 5
#define TABLES_FOR_PLACES    (2 + 3 + 4 + PTE_PAGES_FOR_PLACES)

/* An address space with a page at each place; all of it is one area. */
static struct mm *filled(void)
{
	struct mm *mm = mm_alloc();

	CHECK(mm);
	CHECK_EQ(mm_map(mm, MMAP_MIN, USER_TOP - MMAP_MIN, VMA_READ | VMA_WRITE, NULL, 0, true),
		 MMAP_MIN);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		*(u8 *)mm_build_page(mm, places[i]) = (u8)(i + 1);
	return mm;
}

/* Writes an entry like the layers above, with its lock held. */
static void set(struct mm *mm, unsigned long va, pte_t e, enum hv_flush flush)
{
	struct pte_at at;

	CHECK(pte_find(&mm->pt, va, &at));
	pt_set(&mm->pt, va, at.ptep, e, flush);
	pte_put(&mm->pt, &at);
}

static void test_private(void *arg)
{
	struct stock before = world_stock();
	u64 calls = COUNTER(hypercalls_mmu_update) + COUNTER(hypercalls_update_va_mapping) +
		    COUNTER(hypercalls_mmuext_op);
	u64 plain = COUNTER(mmu_entries_plain), maps = COUNTER(mmu_slot_maps);
	struct mm *mm = filled();

	(void)arg;
	world_audit();
	CHECK_EQ(audit_tables(mm), TABLES_FOR_PLACES);
	/* Leaves, tables, and each level-3 table once more for the user root. */
	CHECK_EQ(COUNTER(mmu_entries_plain) - plain, ARRAY_SIZE(places) + 3 + 4 + 5 + 3);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct pte_at at;

		CHECK(pte_map_existing(&mm->pt, places[i] + 5, &at));
		CHECK_EQ(at.ptep->v, audit_leaf(mm, places[i]).v);
		CHECK_EQ(*(u8 *)page_to_virt(pte_page(*at.ptep)), i + 1);
		pte_unmap(&at);
	}
	CHECK(!pte_page_find(&mm->pt, 0x10000000));
	CHECK(!pte_page_find(&mm->pt, 5UL << 39));
	mm_put(mm);
	world_check_stock(before);
	world_audit();
	CHECK_EQ(COUNTER(hypercalls_mmu_update) + COUNTER(hypercalls_update_va_mapping) +
			 COUNTER(hypercalls_mmuext_op),
		 calls + COUNTER(mmu_slot_maps) - maps);
}

static void test_publish_retire(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = filled();
	/* Both roots, and under split locks each pte page. */
	unsigned long each = policy.ptl == PTL_split ? 2 + PTE_PAGES_FOR_PLACES : 2;

	(void)arg;
	for (int round = 0; round < 3; round++) {
		u64 pins = COUNTER(mmuext_pin), unpins = COUNTER(mmuext_unpin);
		u64 protected = COUNTER(mmu_protected);

		pgtable_publish(&mm->pt);
		world_audit();
		CHECK_EQ(COUNTER(mmuext_pin) - pins, EAGER ? each : 0);
		CHECK_EQ(COUNTER(mmu_protected) - protected, TABLES_FOR_PLACES);
		CHECK_EQ(pgtable_pinned_roots(), before.pinned_roots + (EAGER ? 2 : 0));
		CHECK_EQ(audit_tables(mm), TABLES_FOR_PLACES);
		/* Each level-3 table is in two roots, each other table in one table. */
		CHECK_EQ(fake_frame(virt_to_pfn(pte_table(mm->pt.root[0])))->types, EAGER ? 2 : 0);

		pgtable_retire(&mm->pt);
		world_audit();
		CHECK_EQ(COUNTER(mmuext_unpin) - unpins, EAGER ? each : 0);
		CHECK_EQ(COUNTER(mmu_protected), COUNTER(mmu_unprotected));
		CHECK_EQ(pgtable_pinned_roots(), before.pinned_roots);
	}
	mm_put(mm);
	world_check_stock(before);
}

/* Loading and leaving a tree, and loading it again: which CPU or pin keeps its tables valid. */
static void test_load(void *arg)
{
	struct stock before = world_stock();
	struct mm *a = filled(), *b = filled();
	struct fake_frame *f = fake_frame(virt_to_pfn(pte_table(a->pt.root[0])));
	u64 loads = COUNTER(mmu_cr3_loads), validations = COUNTER(mmu_validations);

	(void)arg;
	pgtable_publish(&a->pt);
	pgtable_publish(&b->pt);
	pgtable_load(&a->pt);
	world_audit();
	/* Two loaded roots point to it; they are the pinned ones if they are pinned. */
	CHECK_EQ(f->types, 2);
	CHECK_EQ(fake_frame(virt_to_pfn(a->pt.root))->types, EAGER ? 2 : 1);
	CHECK_EQ(COUNTER(mmu_cr3_loads) - loads, 1);
	CHECK_EQ(COUNTER(mmu_validations) - validations, EAGER ? 0 : 1);
	pgtable_load(&a->pt); /* no work */
	CHECK_EQ(COUNTER(mmu_cr3_loads) - loads, 1);

	world_run(a);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CHECK_EQ(world_read(places[i]), i + 1);
		world_write(places[i], (u8)(i + 101));
	}
	world_run(b);
	world_audit();
	CHECK_EQ(f->types, EAGER ? 2 : 0);
	CHECK_EQ(a->pt.cpus, 0);
	CHECK_EQ(b->pt.cpus, 1);
	CHECK_EQ(world_read(places[0]), 1);
	CHECK_EQ(COUNTER(mmu_validations) - validations, EAGER ? 0 : 2);

	pgtable_unload();
	world_audit();
	CHECK(this_cpu()->loaded == &kernel_pgtable);
	CHECK_EQ(fake_user_root.v, 0);
	CHECK_EQ(COUNTER(mmu_validations) - validations, EAGER ? 0 : 2);
	CHECK_EQ(COUNTER(mmu_cr3_loads) - loads, 3);
	pgtable_unload();
	CHECK_EQ(COUNTER(mmu_cr3_loads) - loads, 3);

	/* When a loaded tree is retired, this CPU leaves it. */
	world_run(a);
	CHECK_EQ(world_read(places[0]), 101);
	world_mm = NULL;
	mm_put(a);
	CHECK(this_cpu()->loaded == &kernel_pgtable);
	world_audit();
	mm_put(b);
	world_check_stock(before);
}

/* The two may be mapped in different slots. */
static bool same_entry(const struct pte_at *a, const struct pte_at *b)
{
	return a->page == b->page && pte_maddr(a->ptep).v == pte_maddr(b->ptep).v;
}

/* Tables that join a published tree, loaded and not. */
static void test_get_live(void *arg)
{
	struct stock before = world_stock();

	(void)arg;
	for (int loaded = 0; loaded < 2; loaded++) {
		struct mm *mm = mm_alloc();

		pgtable_publish(&mm->pt);
		if (loaded)
			pgtable_load(&mm->pt);
		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			struct pte_at at, again;

			CHECK(pte_map(&mm->pt, places[i], &at) && !at.ptep->v);
			CHECK(at.page == pte_page_find(&mm->pt, places[i]));
			CHECK(pte_map_existing(&mm->pt, places[i], &again));
			CHECK(same_entry(&again, &at));
			pte_unmap(&again);
			CHECK(pte_get(&mm->pt, places[i], &again) && same_entry(&again, &at));
			CHECK(pte_lockptr(&mm->pt, at.page)->held);
			pte_put(&mm->pt, &again);
			pte_unmap(&at);
			world_audit();
		}
		CHECK_EQ(audit_tables(mm), TABLES_FOR_PLACES);
		pgtable_trim(&mm->pt, 0, USER_TOP);
		CHECK_EQ(audit_tables(mm), 2);
		world_audit();
		mm_put(mm);
		world_check_stock(before);
	}
}

/* Trimming frees the empty tables in the range, from the leaves up, and no others. */
static void test_trim(void *arg)
{
	struct stock before = world_stock();

	(void)arg;
	for (int state = 0; state < 3; state++) { /* private, published, loaded */
		struct mm *mm = filled();
		struct page *pages[ARRAY_SIZE(places)];

		if (state > 0)
			pgtable_publish(&mm->pt);
		if (state > 1)
			pgtable_load(&mm->pt);
		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			pages[i] = pte_page(audit_leaf(mm, places[i]));
			if (i == 0)
				continue; /* this one stays */
			set(mm, places[i], (pte_t){0}, HV_FLUSH_PAGE);
			page_put(pages[i]);
		}
		/* Outside of the range no table is freed; the table of 0x400000 is still in use. */
		pgtable_trim(&mm->pt, 7UL << 39, 8UL << 39);
		CHECK_EQ(audit_tables(mm), TABLES_FOR_PLACES);
		pgtable_trim(&mm->pt, 0, 1UL << 21);
		CHECK_EQ(audit_tables(mm), TABLES_FOR_PLACES);
		pgtable_trim(&mm->pt, 0x400000, 0x800000);
		CHECK_EQ(audit_tables(mm), TABLES_FOR_PLACES - 1);
		pgtable_trim(&mm->pt, 0, 1UL << 39);
		CHECK_EQ(audit_tables(mm), TABLES_FOR_PLACES - 3);
		pgtable_trim(&mm->pt, 0, USER_TOP);
		CHECK_EQ(audit_tables(mm), 2 + 3);
		CHECK(pte_page(audit_leaf(mm, places[0])) == pages[0]);
		world_audit();
		mm_put(mm);
		world_check_stock(before);
	}
}

/* For entries of trees, without those of the slots in which they are mapped. */
#define VA_CALLS (COUNTER(mmu_entries_va) - COUNTER(mmu_slot_maps))

/* Leaf entries of a published tree: the hypercall and the flush. */
static void test_set(void *arg)
{
	struct mm *mm = filled();
	unsigned long va = places[0];
	pte_t old = audit_leaf(mm, va), ro = {old.v & ~PTE_WRITE};
	bool by_va = policy.update == UPDATE_va || policy.update == UPDATE_mmu_va;
	bool store = policy.update == UPDATE_emulate;
	u64 va_calls, mmu_calls, stores, invlpgs, plain;

	(void)arg;
	pgtable_publish(&mm->pt);
	va_calls = VA_CALLS;
	mmu_calls = COUNTER(mmu_entries_mmu);
	stores = COUNTER(mmu_entries_emulated);
	invlpgs = COUNTER(mmuext_invlpg);
	plain = fake_writable_updates;
	/* Not loaded: by machine address, or stored to, without a flush. */
	set(mm, va, ro, HV_FLUSH_PAGE);
	CHECK_EQ(audit_leaf(mm, va).v, ro.v);
	CHECK_EQ(VA_CALLS - va_calls, 0);
	CHECK_EQ(COUNTER(mmu_entries_mmu) - mmu_calls, !store);
	CHECK_EQ(COUNTER(mmu_entries_emulated) - stores, store);
	CHECK_EQ(COUNTER(mmuext_invlpg) - invlpgs, 0);
	/* Xen checks the new entry only if it knows the page as a table. */
	CHECK_EQ(fake_writable_updates - plain, EAGER ? 0 : 1);
	world_audit();

	/* Loaded on another CPU only: that CPU is told. */
	mm->pt.cpus = 2;
	set(mm, va, old, HV_NO_FLUSH);
	CHECK_EQ(COUNTER(mmuext_invlpg) - invlpgs, 0);
	set(mm, va, old, HV_FLUSH_PAGE);
	CHECK_EQ(COUNTER(mmuext_invlpg) - invlpgs, 1);
	CHECK_EQ(VA_CALLS - va_calls, 0);
	mm->pt.cpus = 0;

	world_run(mm);
	world_write(va, 9);
	va_calls = VA_CALLS;
	invlpgs = COUNTER(mmuext_invlpg);
	set(mm, va, ro, HV_FLUSH_PAGE);
	CHECK_EQ(VA_CALLS - va_calls, by_va ? 1 : 0);
	CHECK_EQ(COUNTER(mmuext_invlpg) - invlpgs, by_va ? 0 : 1);
	CHECK_EQ(fake_frame(page_to_pfn(pte_page(ro)))->tlb, 0);
	world_audit();
	CHECK_EQ(world_read(va), 9);

	/* A complete flush, and none if no CPU has the tree. */
	CHECK_EQ(fake_frame(page_to_pfn(pte_page(ro)))->tlb, 1);
	pt_flush(&mm->pt);
	CHECK_EQ(fake_frame(page_to_pfn(pte_page(ro)))->tlb, 0);
	pgtable_unload();
	va_calls = COUNTER(mmuext_tlb_flush);
	pt_flush(&mm->pt);
	CHECK_EQ(COUNTER(mmuext_tlb_flush), va_calls);
}

/* Misuse is noticed. */
static void load_private(void *arg)
{
	(void)arg;
	pgtable_load(&filled()->pt);
}

static void publish_twice(void *arg)
{
	struct mm *mm = filled();

	(void)arg;
	pgtable_publish(&mm->pt);
	pgtable_publish(&mm->pt);
}

static void retire_private(void *arg)
{
	(void)arg;
	pgtable_retire(&filled()->pt);
}

static void free_published(void *arg)
{
	struct mm *mm = filled();

	(void)arg;
	pgtable_publish(&mm->pt);
	pgtable_free(&mm->pt);
}

static void retire_elsewhere(void *arg)
{
	struct mm *mm = filled();

	(void)arg;
	pgtable_publish(&mm->pt);
	mm->pt.cpus = 2;
	pgtable_retire(&mm->pt);
}

/* A leaf entry that maps one of our table pages, writable: Xen refuses, and the panic says so. */
static void map_own_table(void *arg)
{
	struct mm *mm = filled();
	pte_t evil = pte_make(page_to_pfn(pte_page_find(&mm->pt, places[0])), PTE_KERNEL);

	(void)arg;
	pgtable_publish(&mm->pt);
	world_run(mm);
	set(mm, places[0], evil, HV_NO_FLUSH);
}

static void store_to_published(void *arg)
{
	struct mm *mm = filled();
	struct pte_at at;

	(void)arg;
	pgtable_publish(&mm->pt);
	CHECK(pte_get(&mm->pt, places[0], &at));
	*at.ptep = (pte_t){0};
}

static void test_misuse(void **state)
{
	(void)state;
	world_expect(END_PANIC, "BUG_ON(!pt->published)", load_private, NULL);
	world_expect(END_PANIC, "BUG_ON(pt->published)", publish_twice, NULL);
	world_expect(END_PANIC, "BUG_ON(!pt->published)", retire_private, NULL);
	world_expect(END_PANIC, "BUG_ON(pt->published)", free_published, NULL);
	world_expect(END_PANIC, "BUG_ON(answering[me] || mask >> nr_cpus)", retire_elsewhere, NULL);
	if (policy.update == UPDATE_emulate)
		world_expect(END_DIED, "Xen refused an emulated store", map_own_table, NULL);
	else
		world_expect(END_PANIC,
			     policy.update == UPDATE_mmu ? "Xen refused an entry: level 1"
							 : "Xen refused the entry for va 400000",
			     map_own_table, NULL);
	world_expect(END_FAULT, NULL, store_to_published, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_private),      WORLD_TEST(test_publish_retire),
		WORLD_TEST(test_load),	       WORLD_TEST(test_get_live),
		WORLD_TEST(test_trim),	       WORLD_TEST(test_set),
		cmocka_unit_test(test_misuse),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
