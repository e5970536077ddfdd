// SPDX-License-Identifier: MIT
/*
 * Taking over the builder's tables, in domains of several shapes: memory that ends in the
 * middle of a pte page, and builders that map little, much, or all of it.
 */
#include "guest_world.h"

struct shape {
	unsigned long nr_pages, mapped;
	u64 seed;
};

static void check_takeover(void *arg)
{
	const struct shape *s = arg;
	unsigned long free_from, map_pages, tables, free = 0, marked = 0;
	void *boot_root;

	world_boot(s->nr_pages, s->mapped, s->seed);
	world_audit();
	free_from = boot_info.free_from.v;
	boot_root = boot_info.boot_root;

	/* Only missing memory was allocated: pte pages, mem_map, the notes of the audit. */
	map_pages = (ALIGN_UP(s->nr_pages * sizeof(struct page), PAGE_SIZE) +
		     ALIGN_UP(s->nr_pages * sizeof(u32), PAGE_SIZE)) >>
		    PAGE_SHIFT;
	tables = ALIGN_UP(s->nr_pages, PT_ENTRIES) / PT_ENTRIES -
		 ALIGN_UP(s->mapped, PT_ENTRIES) / PT_ENTRIES;
	CHECK_EQ(early_end().v, free_from + tables + map_pages);

	CHECK(kernel_pgtable.published && kernel_pgtable.pinned && !kernel_pgtable.user_root);
	CHECK_EQ(kernel_pgtable.cpus, 1);
	CHECK(this_cpu()->loaded == &kernel_pgtable);
	CHECK_EQ(virt_to_pfn(kernel_pgtable.root).v, HOSTED_IMAGE_PFN);
	CHECK_EQ(fake_kernel_root.v, pfn_to_mfn(PFN(HOSTED_IMAGE_PFN)).v);
	CHECK(fake_frame(PFN(HOSTED_IMAGE_PFN))->pinned);
	for (unsigned i = 0; i < ROOT_USER_ENTRIES; i++)
		CHECK_EQ(kernel_pgtable.root[i].v, 0);

	/* The builder's root is not used any more. */
	CHECK(!fake_frame(virt_to_pfn(boot_root))->pinned);
	CHECK(fake_direct_writable(virt_to_pfn(boot_root)));
	CHECK(!(virt_to_page(boot_root)->flags & PAGE_TABLE));

	for (unsigned long pfn = 0; pfn < s->nr_pages; pfn++) {
		const struct page *p = pfn_to_page(PFN(pfn));
		pte_t *ptep = pgtable_lookup(&kernel_pgtable, (unsigned long)pfn_to_virt(PFN(pfn)));
		bool reserved = !pfn || (pfn >= HOSTED_IMAGE_PFN && pfn < early_end().v);

		CHECK(ptep && pte_present(*ptep));
		CHECK_EQ(pte_mfn(*ptep).v, pfn_to_mfn(PFN(pfn)).v);
		CHECK_EQ(!!(p->flags & PAGE_RESERVED), reserved);
		marked += !!(p->flags & PAGE_TABLE);
		free += !reserved;
	}
	/* Root, one table each of levels 3 and 2, pte pages. */
	CHECK_EQ(marked, 3 + ALIGN_UP(s->nr_pages, PT_ENTRIES) / PT_ENTRIES);
	CHECK_EQ(pages_free_count(), free - 1); /* the zero page */
	CHECK_EQ(pgtable_pinned_roots(), 0);
}

static void test_shapes(void **state)
{
	static struct shape shapes[] = {
		{2048, 700, 1}, {2048 + 37, 1024, 2}, {1500, 1500, 3},
		{1025, 513, 4}, {4096, 512, 5},	      {1023, 600, 6},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		world_expect_ok(check_takeover, &shapes[i]);
}

/* Memory is too small by only the pages of mem_map: the guest must notice its end. */
static void too_small(void *arg)
{
	(void)arg;
	world_boot(278, 278, 1);
}

static void early_after_init(void *arg)
{
	(void)arg;
	world_boot_small();
	early_alloc(1);
}

static void early_is_zeroed(void *arg)
{
	u8 *p;

	(void)arg;
	fake_build(2048, 700, 1);
	pgtable_setup_start();
	p = early_alloc(3);
	CHECK_EQ(virt_to_pfn(p).v, boot_info.free_from.v);
	for (size_t i = 0; i < 3 * PAGE_SIZE; i++)
		CHECK_EQ(p[i], 0);
	CHECK_EQ(early_end().v, boot_info.free_from.v + 3);
}

/* A frame of the new tables is mapped a second time, writable: Xen must refuse, and we panic. */
static void refused_table(void *arg)
{
	pte_t *l2;

	(void)arg;
	fake_build(2048, 700, 1);
	pgtable_setup_start();
	/* The entry for the first missing pte page holds something else. */
	l2 = pte_table(((pte_t *)boot_info.boot_root)[pt_index(DIRECT_MAP_BASE, 4)]);
	l2 = pte_table(l2[pt_index(DIRECT_MAP_BASE, 3)]);
	CHECK(!pte_present(l2[2]));
	/* Beyond the end of memory: entries for frames that p2m does not know. */
	p2m_list[1100] = 3;
	pgtable_map_memory(0);
}

static void test_ends(void **state)
{
	(void)state;
	world_expect(END_PANIC, "BUG_ON(mem_map", too_small, NULL);
	world_expect(END_PANIC, "BUG_ON(mem_map", early_after_init, NULL);
	world_expect_ok(early_is_zeroed, NULL);
	world_expect(END_PANIC, "in the direct map", refused_table, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_ends),
	};

	return WORLD_RUN(tests);
}
