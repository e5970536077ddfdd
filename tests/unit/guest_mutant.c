// SPDX-License-Identifier: MIT
/*
 * Builds with one deliberate bug (mmu/policy.h). One of the checks that the other tests
 * rely on must notice each bug. The unchanged policy runs the same story and passes, so
 * the story alone does not fail.
 */
#include "guest_world.h"

#include "mm/rmap.h"
#include "mmu/ptlock.h"

#define RW  (VMA_READ | VMA_WRITE)
#define A   0x400000UL
#define FAR (3UL << 39) /* shares the roots only */

/* Old mappings stay in the TLB until they are flushed. */
static void access_taken_away(struct mm *mm)
{
	struct mm *child;

	world_write(A + PAGE_SIZE, 2);
	child = mm_fork(mm);
	world_write(A + PAGE_SIZE, 3);
	world_run(child);
	CHECK_EQ(world_read(A), 1);
	CHECK_EQ(world_read(A + PAGE_SIZE), 2);
	world_run(mm);
	mm_put(child);
	CHECK_EQ(world_read(A + PAGE_SIZE), 3);

	CHECK_EQ(mm_protect(mm, A, 8 * PAGE_SIZE, VMA_READ), 0);
	CHECK(!world_may(A + PAGE_SIZE, CPU_WRITE));
	CHECK_EQ(mm_protect(mm, A, 8 * PAGE_SIZE, RW), 0);
}

/* Tables that join the loaded tree and leave it again. */
static void tables_come_and_go(struct mm *mm)
{
	struct pte_at at;

	CHECK_EQ(mm_map(mm, FAR, 8 * PAGE_SIZE, RW, NULL, 0, true), FAR);
	world_write(FAR, 4);
	/* One table that is needed in the middle of other work. */
	hv_lazy_enter();
	CHECK(pte_map(&mm->pt, FAR + PT_SPAN(2), &at));
	CHECK((at.page->flags & PAGE_TABLE) && at.page->level == 1);
	pte_unmap(&at);
	hv_lazy_leave();
	for (int i = 0; i < 8; i++)
		world_write(FAR + i * PAGE_SIZE, 4);
	CHECK_EQ(mm_unmap(mm, FAR, 8 * PAGE_SIZE), 0);
	CHECK(!world_may(FAR, CPU_READ));
}

static void note(struct pgtable *pt, const struct pte_at *at, void *arg)
{
	(void)pt, (void)at;
	++*(unsigned *)arg;
}

/* Memory has left its old address, and the new one is known. */
static void memory_moves(struct mm *mm)
{
	unsigned found = 0;

	world_write(A + 2 * PAGE_SIZE, 5);
	CHECK_EQ(mm_remap(mm, A + 2 * PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, REMAP_MAYMOVE | REMAP_FIXED,
			  A + 9 * PAGE_SIZE),
		 A + 9 * PAGE_SIZE);
	CHECK(!world_may(A + 2 * PAGE_SIZE, CPU_READ));
	rmap_for_each(pte_page(audit_leaf(mm, A + 9 * PAGE_SIZE)), note, &found);
	CHECK_EQ(found, 1);
	CHECK_EQ(world_read(A + 9 * PAGE_SIZE), 5);
}

/* A process runs, forks, changes its mappings, adds to the kernel's part, and ends. */
static void story(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = mm_alloc();

	(void)arg;
	CHECK_EQ(mm_map(mm, A, 8 * PAGE_SIZE, RW, NULL, 0, true), A);
	*(u8 *)mm_build_page(mm, A) = 1;
	pgtable_publish(&mm->pt);
	world_run(mm);
	access_taken_away(mm);
	tables_come_and_go(mm);
	memory_moves(mm);
	vfree(vmalloc(PAGE_SIZE));
	vmalloc_purge();
	world_mm = NULL;
	mm_put(mm);
	world_check_stock(before);
	world_audit();
}

static void test_mutant(void **state)
{
	/*
	 * The message of Xen or of a check; under the policy of that variant if the name matters.
	 */
	static const struct {
		enum mutant mutant;
		const char *variant;
		enum world_end end;
		const char *text;
	} ends[] = {
		{MUTANT_none, NULL, END_OK, NULL},
		{MUTANT_leave_pte_rw, "nopin", END_PANIC, "Xen refused to load root"},
		{MUTANT_leave_pte_rw, "eager", END_PANIC, "Xen refused to pin root"},
		{MUTANT_leave_root_rw, "nopin", END_PANIC, "Xen refused to load root"},
		{MUTANT_leave_root_rw, "eager", END_PANIC, "Xen refused to pin root"},
		{MUTANT_leak_page, NULL, END_FAILED, "now.free_pages"},
		{MUTANT_skip_propagation, NULL, END_PANIC, "Xen refused the entry for va"},
		{MUTANT_skip_unpin, NULL, END_PANIC, "writable: -22"},
		{MUTANT_pin_first, NULL, END_PANIC, "Xen refused to pin table"},
		{MUTANT_skip_pte_unpin, NULL, END_PANIC, "Xen refused call"},
		{MUTANT_keep_protected, NULL, END_PANIC, "(p->flags & PAGE_PROTECTED)"},
		{MUTANT_no_pin_lock, NULL, END_FAILED,
		 "no lock is held while a table of level 1 is made read-only"},
		{MUTANT_unlock_early, NULL, END_FAILED,
		 "no lock is held while a table of level 1 is made read-only"},
		{MUTANT_wrong_lock, NULL, END_FAILED,
		 "no lock is held while a table of level 1 is made read-only"},
		{MUTANT_fault_no_lock, NULL, END_FAILED,
		 "no lock is held while a table of level 1 is written to"},
		{MUTANT_join_writable, NULL, END_PANIC, "Xen refused an entry: level"},
		{MUTANT_trust_queue, NULL, END_FAILED, "at.page->flags & PAGE_TABLE"},
		{MUTANT_skip_twin, NULL, END_DIED, "faults again and again"},
		{MUTANT_fork_no_flush, NULL, END_FAILED, "world_read(A + PAGE_SIZE) is 0x3"},
		{MUTANT_zap_no_flush, NULL, END_DIED, "is freed while the TLB still maps it"},
		{MUTANT_release_early, NULL, END_DIED, "is freed while the TLB still maps it"},
		{MUTANT_move_no_flush, NULL, END_FAILED, "world_may(A + 2 * PAGE_SIZE, CPU_READ)"},
		{MUTANT_move_no_rmap, NULL, END_FAILED, "found is 0x0"},
		{MUTANT_protect_no_flush, NULL, END_FAILED, "world_may(A + PAGE_SIZE, CPU_WRITE)"},
		{MUTANT_keep_stray, NULL, END_PANIC, "Xen refused call"},
		{MUTANT_slot_rw, NULL, END_PANIC, "Xen refused to map pte page"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends[i].mutant == MUTANT &&
		    (!ends[i].variant || !strcmp(ends[i].variant, policy.name))) {
			world_expect(ends[i].end, ends[i].text, story, NULL);
			return;
		}
	fail_msg("nobody says how mutant %s of %s must end", MUTANT_NAME, policy.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutant)};

	world_boot_small();
	return WORLD_RUN(tests);
}
