// SPDX-License-Identifier: MIT
/*
 * Pte pages without a permanent mapping: the zone that they come from, the slots in which
 * they are mapped, and the fate of mappings that are not used any more. Built for the
 * variant highpte. The fake keeps high memory out of the direct map, so a touch of it
 * there is a fault.
 */
#include "guest_world.h"

#include "mmu/audit.h"
#include "mmu/ptlock.h"
#include "mmu/update.h"

#define A  0x400000UL
#define RW (VMA_READ | VMA_WRITE)

/* A process with a page at A and one a pte page further on. */
static struct mm *small(void)
{
	struct mm *mm = mm_alloc();

	CHECK_EQ(mm_map(mm, A, 4 * PT_SPAN(2), RW, NULL, 0, true), A);
	CHECK(mm_build_page(mm, A));
	CHECK(mm_build_page(mm, A + PT_SPAN(2)));
	return mm;
}

static struct page *pte_page_of(struct mm *mm, unsigned n)
{
	struct page *p = pte_page_find(&mm->pt, A + n * PT_SPAN(2));

	CHECK(p && page_is_high(p));
	return p;
}

/* -- the zone ---------------------------------------------------------------------- */

static void test_zone(void *arg)
{
	unsigned long high = 0;
	struct page *p;

	(void)arg;
	world_boot_small();
	world_audit();
	CHECK_EQ(high_start.v, boot_info.nr_pages - FAKE_HIGH_PAGES);
	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn++) {
		pte_t *ptep = pgtable_lookup(&kernel_pgtable, (unsigned long)pfn_to_virt(PFN(pfn)));
		bool is_high = page_is_high(pfn_to_page(PFN(pfn)));

		CHECK_EQ(ptep && pte_present(*ptep), !is_high);
		high += is_high;
	}
	CHECK_EQ(high, FAKE_HIGH_PAGES);
	/* They are counted as free, and allocated and freed like others. */
	high = pages_free_count();
	p = page_alloc_high();
	CHECK(p && page_is_high(p) && p->refs == 1);
	CHECK_EQ(pages_free_count(), high - 1);
	page_put(p);
	CHECK_EQ(pages_free_count(), high);
	for (unsigned long n = 0; n < 3000 && (p = page_alloc()); n++)
		CHECK(!page_is_high(p));
	CHECK_EQ(pages_free_count(), FAKE_HIGH_PAGES);
}

static void touch_high(void *arg)
{
	(void)arg;
	world_boot_small();
	*(volatile u8 *)page_to_virt(page_alloc_high()) = 1;
}

/* The builder mapped all memory. */
static void test_all_mapped(void *arg)
{
	(void)arg;
	world_boot(1500, 1500, 3);
	world_audit();
	for (unsigned long pfn = high_start.v; pfn < 1500; pfn++)
		CHECK_EQ(fake_frame(PFN(pfn))->refs, 0);
	mm_put(small());
	world_audit();
}

static void too_many(void *arg)
{
	(void)arg;
	fake_build(2048, 700, 1);
	pgtable_setup_start();
	pgtable_map_memory(2048 - 100);
}

static void test_ends(void **state)
{
	(void)state;
	world_expect(END_FAULT, NULL, touch_high, NULL);
	world_expect(END_PANIC, "high pages are too many", too_many, NULL);
}

static void expect_problem(const char *text)
{
	const struct audit_report *r = audit_run(world_holders);

	if (!r->problems || !strstr(r->text[0], text))
		world_failed(__FILE__, __LINE__, "%lu problems, first: %s; wanted: %s", r->problems,
			     r->text[0], text);
}

/* The guest's own audit notices mappings that must not exist. */
static void test_mapped_elsewhere(void *arg)
{
	unsigned long va, beyond = PTE_SLOT_BASE + PTE_ALL_SLOTS * PAGE_SIZE;
	pte_t e;

	(void)arg;
	world_boot_small();
	e = pte_make(PFN(high_start.v + 1), PTE_KERNEL_RO);
	va = (unsigned long)pfn_to_virt(PFN(high_start.v + 1));
	CHECK_EQ(hv_update_va(va, e, HV_NO_FLUSH, NULL), 0);
	expect_problem("is in the direct map");
	CHECK_EQ(hv_update_va(va, (pte_t){0}, HV_NO_FLUSH, NULL), 0);
	CHECK_EQ(hv_update_va(beyond, e, HV_NO_FLUSH, NULL), 0);
	expect_problem("no slot, maps high pfn");
	CHECK_EQ(hv_update_va(beyond, (pte_t){0}, HV_NO_FLUSH, NULL), 0);
	world_audit();
	/* A stray mapping that should have become read-only. */
	pte_page_unmap(pte_page_map(pfn_to_page(high_start)));
	pfn_to_page(high_start)->flags = PAGE_PROTECTED;
	expect_problem("maps pte page pfn");
}

/* -- slots -------------------------------------------------------------------------- */

static u64 maps, hits, flushed;

static void note_counters(void)
{
	maps = COUNTER(mmu_slot_maps);
	hits = COUNTER(mmu_slot_hits);
	flushed = COUNTER(mmu_stray_flushed);
}

static void check_counters(u64 more_maps, u64 more_hits, u64 more_flushed)
{
	CHECK_EQ(COUNTER(mmu_slot_maps) - maps, more_maps);
	CHECK_EQ(COUNTER(mmu_slot_hits) - hits, more_hits);
	CHECK_EQ(COUNTER(mmu_stray_flushed) - flushed, more_flushed);
	note_counters();
}

static void test_nesting(void *arg)
{
	struct page *p[PTE_SLOTS];
	pte_t *at[PTE_SLOTS];

	(void)arg;
	world_boot_small();
	for (unsigned i = 0; i < PTE_SLOTS; i++)
		p[i] = page_alloc_high();
	note_counters();
	for (unsigned i = 0; i < PTE_SLOTS; i++) {
		at[i] = pte_page_map(p[i]);
		CHECK_EQ((unsigned long)at[i], PTE_SLOT_BASE + i * PAGE_SIZE);
		at[i][i].v = i + 1;
		CHECK_EQ(pte_maddr(&at[i][i]).v,
			 ((u64)pfn_to_mfn(page_to_pfn(p[i])).v << PAGE_SHIFT) + i * sizeof(pte_t));
	}
	for (unsigned i = 0; i < PTE_SLOTS; i++)
		CHECK_EQ(fake_read(pfn_to_mfn(page_to_pfn(p[i])), i).v, i + 1);
	check_counters(PTE_SLOTS, 0, 0);
	for (unsigned i = PTE_SLOTS; i--;)
		pte_page_unmap(&at[i][i + 7]);
	check_counters(0, 0, 0);
	/* The same page in the same slot costs nothing; another page, or another slot, does. */
	CHECK(pte_page_map(p[0]) == at[0]);
	CHECK(pte_page_map(p[1]) == at[1]);
	check_counters(0, 2, 0);
	CHECK(pte_page_map(p[0]) == at[2]);
	CHECK_EQ(at[2][0].v, 1);
	check_counters(1, 0, 0);
	for (unsigned i = 3; i--;)
		pte_page_unmap(at[i]);
	/* A low page needs no slot. */
	CHECK((unsigned long)pte_page_map(page_alloc()) < PTE_SLOT_BASE);
	check_counters(0, 0, 0);
}

static void overflow(void *arg)
{
	struct page *p;

	(void)arg;
	world_boot_small();
	p = page_alloc_high();
	for (unsigned i = 0; i <= PTE_SLOTS; i++)
		pte_page_map(p);
}

static void wrong_order(void *arg)
{
	struct page *p;
	pte_t *first;

	(void)arg;
	world_boot_small();
	p = page_alloc_high();
	first = pte_page_map(p);
	pte_page_map(p);
	pte_page_unmap(first);
}

static void publish_in_use(void *arg)
{
	struct pte_at at;
	struct mm *mm;

	(void)arg;
	world_boot_small();
	mm = small();
	CHECK(pte_map(&mm->pt, A, &at));
	pgtable_publish(&mm->pt);
}

static void test_misuse(void **state)
{
	(void)state;
	world_expect(END_PANIC, "used == ", overflow, NULL);
	world_expect(END_PANIC, "pte_slot_number(entry) != ", wrong_order, NULL);
	world_expect(END_PANIC, "slots_of[cpu].used", publish_in_use, NULL);
}

/* -- stray mappings ------------------------------------------------------------------ */

static void test_stray(void *arg)
{
	struct mm *mm;
	struct pte_at at;
	struct page *p;

	(void)arg;
	world_boot_small();
	mm = small();
	p = pte_page_of(mm, 1);
	/* Slot 0 maps the last used page, writable. */
	CHECK(pte_slots[0].page == p && pte_slots[0].writable);
	note_counters();
	pgtable_publish(&mm->pt);
	check_counters(0, 0, 1);
	CHECK(pte_slots[0].page == p && !pte_slots[0].writable && !p->slot_cpus);
	CHECK(pte_map(&mm->pt, A + PT_SPAN(2), &at));
	pte_unmap(&at);
	check_counters(0, 1, 0); /* still there, read-only */
	pgtable_retire(&mm->pt);
	check_counters(0, 0, 0);
	CHECK(pte_map(&mm->pt, A + PT_SPAN(2), &at));
	at.ptep[1].v = 0;
	pte_unmap(&at);
	check_counters(1, 0, 0);
	/* A page that was not mapped since has no stray mapping; an existing one is found once. */
	pgtable_publish(&mm->pt);
	check_counters(0, 0, 1);
	pgtable_retire(&mm->pt);
	pgtable_publish(&mm->pt);
	check_counters(0, 0, 0);
	mm_put(mm);
	world_audit();
}

/* A stray mapping of another CPU. */
static void test_stray_elsewhere(void *arg)
{
	struct pte_slot *there = &pte_slots[3 * PTE_SLOTS];
	unsigned long remote;
	struct mm *mm;
	struct pte_at at;

	(void)arg;
	world_boot_small();
	mm = small();
	this_cpu()->id = 3;
	CHECK(pte_map(&mm->pt, A, &at));
	CHECK(pte_in_slot(at.ptep) && pte_slot_number(at.ptep) == 3 * PTE_SLOTS);
	pte_unmap(&at);
	this_cpu()->id = 0;
	CHECK(there->page == pte_page_of(mm, 0) && there->writable);
	CHECK_EQ(there->page->slot_cpus & 8, 8);
	note_counters();
	remote = fake_remote_flushes;
	pgtable_publish(&mm->pt);
	check_counters(0, 0, 2);
	CHECK(!there->writable);
	CHECK_EQ(fake_remote_flushes, remote + 1);
	world_audit();
	mm_put(mm);
}

/* A page moves from one tree to another with its stray mapping. */
static void test_reused(void *arg)
{
	struct mm *mm;
	struct page *p;

	(void)arg;
	world_boot_small();
	mm = small();
	p = pte_page_of(mm, 1);
	mm_put(mm);
	CHECK(pte_slots[0].page);
	world_audit();
	mm = small();
	CHECK(pte_page_of(mm, 0) == p || pte_page_of(mm, 1) == p);
	pgtable_publish(&mm->pt);
	world_audit();
	mm_put(mm);
}

/* More pte pages than the zone has: both kinds in one tree, in fork too. */
static void test_fallback(void *arg)
{
	unsigned n = FAKE_HIGH_PAGES + 10;
	struct mm *mm, *child;
	struct stock before;

	(void)arg;
	world_boot_small();
	before = world_stock();
	mm = mm_alloc();
	CHECK_EQ(mm_map(mm, A, n * PT_SPAN(2), RW, NULL, 0, true), A);
	CHECK(mm_build_page(mm, A));
	pgtable_publish(&mm->pt);
	world_run(mm);
	for (unsigned i = 0; i < n; i++)
		world_write(A + i * PT_SPAN(2), (u8)(i + 1));
	CHECK(COUNTER(mmu_high_fallbacks) >= 10);
	world_audit();
	child = mm_fork(mm);
	CHECK(child && COUNTER(mmu_high_fallbacks) >= 10 + n);
	world_run(child);
	for (unsigned i = 0; i < n; i++) {
		CHECK_EQ(world_read(A + i * PT_SPAN(2)), i + 1);
		world_write(A + i * PT_SPAN(2), (u8)(i + 2));
	}
	world_audit();
	world_run(mm);
	mm_put(child);
	for (unsigned i = 0; i < n; i++)
		CHECK_EQ(world_read(A + i * PT_SPAN(2)), i + 1);
	CHECK_EQ(mm_unmap(mm, A, n * PT_SPAN(2)), 0);
	world_audit();
	world_mm = NULL;
	mm_put(mm);
	world_check_stock(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_zone),
		cmocka_unit_test(test_ends),
		WORLD_TEST(test_mapped_elsewhere),
		WORLD_TEST(test_all_mapped),
		WORLD_TEST(test_nesting),
		cmocka_unit_test(test_misuse),
		WORLD_TEST(test_stray),
		WORLD_TEST(test_stray_elsewhere),
		WORLD_TEST(test_reused),
		WORLD_TEST(test_fallback),
	};

	return WORLD_RUN(tests);
}
