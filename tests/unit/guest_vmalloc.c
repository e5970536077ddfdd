// SPDX-License-Identifier: MIT
/*
 * vmalloc: every root gets a new entry of the kernel's part, whatever the state of its
 * tree; areas map pages of their own; and no memory is lost, wherever an allocation fails.
 */
#include "guest_world.h"

#include "mmu/ptlock.h"

#define SECOND_SLOT (VMALLOC_BASE + PT_SPAN(PT_LEVELS))

/* The page that the kernel maps at p + at, in the tables of this root. */
static struct page *mapped_in(const pte_t *root, const void *p, unsigned long at)
{
	unsigned long va = (unsigned long)p + at;
	const pte_t *table = root;
	pte_t e;

	for (int level = PT_LEVELS; level > 1; level--) {
		if (!pte_present(table[pt_index(va, level)]))
			return NULL;
		table = pte_table(table[pt_index(va, level)]);
	}
	e = table[pt_index(va, 1)];
	if (!e.v)
		return NULL;
	CHECK((e.v & (PTE_PRESENT | PTE_WRITE | PTE_NX)) == (PTE_PRESENT | PTE_WRITE | PTE_NX));
	return pte_page(e);
}

static struct page *mapped(const void *p, unsigned long at)
{
	return mapped_in(kernel_pgtable.root, p, at);
}

/* Each page is its own, and has no other user; the page behind the end is not mapped. */
static void check_area(const void *p, unsigned long pages)
{
	for (unsigned long i = 0; i < pages; i++) {
		struct page *page = mapped(p, i << PAGE_SHIFT);

		CHECK(page && page->refs == 1 && !page->flags);
		for (unsigned long j = 0; j < i; j++)
			CHECK(mapped(p, j << PAGE_SHIFT) != page);
	}
	CHECK(!mapped(p, pages << PAGE_SHIFT));
}

static void test_area(void *arg)
{
	struct stock before = world_stock();
	u8 *a, *b, *c;

	(void)arg;
	CHECK_EQ(vmalloc_tables(), 0);
	a = vmalloc(3 * PAGE_SIZE);
	CHECK_EQ(vmalloc_tables(), 3);
	CHECK_EQ((unsigned long)a, VMALLOC_BASE);
	check_area(a, 3);
	b = vmalloc(1);
	CHECK(b == a + 4 * PAGE_SIZE);
	check_area(b, 1);
	CHECK_EQ(vmalloc_areas(), 2);
	world_audit();

	/* Pages are freed at once, addresses not before a flush. */
	vfree(a);
	CHECK(!mapped(a, 0) && !mapped(a, 2 * PAGE_SIZE));
	CHECK_EQ(world_stock().free_pages, before.free_pages - 2 /* b's page, a slab of areas */);
	c = vmalloc(PAGE_SIZE);
	CHECK(c > b);
	vmalloc_purge();
	a = vmalloc(3 * PAGE_SIZE);
	CHECK_EQ((unsigned long)a, VMALLOC_BASE);
	check_area(a, 3);
	vfree(a);
	vfree(b);
	vfree(c);
	vfree(NULL);
	CHECK_EQ(vmalloc_areas(), 0);
	vmalloc_purge();
	world_check_stock(before);
	world_audit();

	CHECK(!vmalloc(0));
	CHECK(!vmalloc(VMALLOC_END - VMALLOC_BASE)); /* no room for the guard page */
	CHECK(!vmalloc(-1UL));
	world_check_stock(before);
}

/* An area across the borders of pte pages. */
static void test_borders(void *arg)
{
	struct stock before = world_stock();
	u8 *p = vmalloc(2 * PT_SPAN(2) + 5 * PAGE_SIZE);

	(void)arg;
	CHECK_EQ(vmalloc_tables(), 5);
	for (unsigned long at = 0; at < 2 * PT_SPAN(2) + 5 * PAGE_SIZE; at += PAGE_SIZE)
		CHECK(mapped(p, at));
	world_audit();
	vfree(p);
	vmalloc_purge();
	world_check_stock(before);
}

/* One flush for many areas: when enough addresses wait. */
static void test_lazy(void *arg)
{
	struct stock before = world_stock();
	u64 flushes = COUNTER(mmuext_tlb_flush);
	unsigned n = 0;

	(void)arg;
	while (COUNTER(mmuext_tlb_flush) == flushes) {
		vfree(vmalloc(31 * PAGE_SIZE));
		n++;
		CHECK(n < 1000);
	}
	CHECK_EQ(n, 8192 / 32 + 1);
	/* All addresses were freed. */
	CHECK_EQ((unsigned long)vmalloc(PAGE_SIZE), VMALLOC_BASE);
	vfree((void *)VMALLOC_BASE);
	vmalloc_purge();
	CHECK_EQ(COUNTER(mmuext_tlb_flush) - flushes, 2);
	vmalloc_purge(); /* no area waits */
	CHECK_EQ(COUNTER(mmuext_tlb_flush) - flushes, 2);
	world_check_stock(before);
}

static void free_twice(void *arg)
{
	void *p = vmalloc(1);

	(void)arg;
	vfree(p);
	vfree(p);
}

static void free_nothing(void *arg)
{
	(void)arg;
	vfree((char *)vmalloc(2 * PAGE_SIZE) + PAGE_SIZE);
}

static void test_wrong_frees(void **state)
{
	(void)state;
	world_expect(END_PANIC, "vmalloc.c", free_twice, NULL);
	world_expect(END_PANIC, "vmalloc.c", free_nothing, NULL);
}

/* -- propagation --------------------------------------------------------------------- */

static struct mm *published(void)
{
	struct mm *mm = mm_alloc();

	CHECK(mm);
	pgtable_publish(&mm->pt);
	return mm;
}

static bool has(const struct mm *mm, const void *p)
{
	return mapped_in(mm->pt.root, p, 0) && mapped_in(mm->pt.root, p, 0) == mapped(p, 0);
}

/* Trees that are loaded, idle, private, and made later: all that may be loaded have it. */
static void test_propagation(void *arg)
{
	struct stock before = world_stock();
	struct mm *loaded = published(), *idle = published(), *private = mm_alloc(), *later;
	u64 propagated = COUNTER(mmu_propagated);
	void *p;

	(void)arg;
	world_run(loaded);
	world_audit();
	p = vmalloc(PAGE_SIZE);
	CHECK_EQ(COUNTER(mmu_propagated) - propagated, 2);
	CHECK(has(loaded, p) && has(idle, p));
	world_audit();
	/* A private tree gets it when it is published. */
	pgtable_publish(&private->pt);
	CHECK(has(private, p));
	world_audit();
	later = published();
	CHECK(has(later, p));
	world_audit();
	/* The fake dies if the kernel's part of a loaded root differs. */
	world_run(private);
	world_run(idle);
	world_run(later);
	pgtable_unload();
	world_mm = NULL;
	CHECK_EQ(COUNTER(mmu_propagated) - propagated, 2);
	mm_put(loaded);
	mm_put(idle);
	mm_put(private);
	mm_put(later);
	vfree(p);
	vmalloc_purge();
	world_check_stock(before);
	world_audit();
}

/* A tree that was published, retired, missed an entry, and is published again. */
static void test_missed(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = published();
	void *p;

	(void)arg;
	pgtable_retire(&mm->pt);
	p = vmalloc(PAGE_SIZE);
	CHECK(!has(mm, p));
	world_audit();
	pgtable_publish(&mm->pt);
	CHECK(has(mm, p));
	world_run(mm);
	world_audit();
	world_mm = NULL;
	mm_put(mm);
	vfree(p);
	vmalloc_purge();
	world_check_stock(before);
}

/* Two more entries, one after the other; trees have the one, the other, both or none. */
static void test_second_slot(void *arg)
{
	struct stock before = world_stock();
	struct mm *all = published(), *none = mm_alloc(), *one;
	struct pte_at at;
	void *p = vmalloc(PAGE_SIZE);

	(void)arg;
	one = mm_alloc();
	CHECK(pte_get(&kernel_pgtable, SECOND_SLOT, &at));
	pte_put(&kernel_pgtable, &at);
	CHECK_EQ(vmalloc_tables(), 6);
	world_audit();
	CHECK(has(all, p) && !has(none, p) && has(one, p));
	pgtable_publish(&none->pt);
	pgtable_publish(&one->pt);
	CHECK(has(none, p) && has(one, p));
	world_run(none);
	world_run(all);
	world_run(one);
	world_audit();
	world_mm = NULL;
	mm_put(all);
	mm_put(none);
	mm_put(one);
	vfree(p);
	vmalloc_purge();
	world_check_stock(before);
}

/* fork and exec go on while the kernel's part grows. */
static void test_fork(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = published(), *child;
	void *p;

	(void)arg;
	CHECK_EQ(mm_map(mm, 0x400000, PAGE_SIZE, VMA_READ | VMA_WRITE, NULL, 0, true), 0x400000);
	world_run(mm);
	world_write(0x400000, 1);
	child = mm_fork(mm);
	p = vmalloc(PAGE_SIZE);
	CHECK(has(mm, p) && has(child, p));
	mm_put(child);
	child = mm_fork(mm);
	CHECK(has(child, p));
	world_run(child);
	CHECK_EQ(world_read(0x400000), 1);
	world_audit();
	world_mm = NULL;
	mm_put(child);
	mm_put(mm);
	vfree(p);
	vmalloc_purge();
	world_check_stock(before);
}

/* -- running out ------------------------------------------------------------------------ */

/* One allocation fails, or all from that one on: tables, pages, the area itself. */
static void fail_each(bool onwards)
{
	unsigned long k = 0, tables = 0;
	void *p;

	do {
		struct stock before = world_stock();

		CHECK(vmalloc_tables() >= tables);
		tables = vmalloc_tables();
		world_fail_allocation(k++, onwards);
		p = vmalloc(5 * PAGE_SIZE);
		CHECK_EQ(!p, world_allocations >= k);
		world_fail_none();
		CHECK_EQ(vmalloc_areas(), p ? 1 : 0);
		if (p)
			check_area(p, 5);
		world_audit();
		vfree(p);
		vmalloc_purge();
		world_check_stock(before);
		CHECK(k < 100);
	} while (!p);
	/* The area and five pages; the tables stay, so each attempt needs one less. */
	CHECK(k >= 7);
}

static void test_one_fails(void *arg)
{
	(void)arg;
	fail_each(false);
}

static void test_all_fail_from(void *arg)
{
	(void)arg;
	fail_each(true);
}

/* More than all memory, while a process exists; its memory is not touched. */
static void test_exhaustion(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = published();
	void *p;

	(void)arg;
	world_run(mm);
	CHECK(!vmalloc(before.free_pages << PAGE_SHIFT));
	vmalloc_purge();
	world_audit();
	p = vmalloc((before.free_pages - 60) << PAGE_SHIFT);
	CHECK(p);
	world_audit();
	vfree(p);
	world_mm = NULL;
	mm_put(mm);
	vmalloc_purge();
	world_check_stock(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_area),	      WORLD_TEST(test_borders),
		WORLD_TEST(test_lazy),	      cmocka_unit_test(test_wrong_frees),
		WORLD_TEST(test_propagation), WORLD_TEST(test_missed),
		WORLD_TEST(test_second_slot), WORLD_TEST(test_fork),
		WORLD_TEST(test_one_fails),   WORLD_TEST(test_all_fail_from),
		WORLD_TEST(test_exhaustion),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
