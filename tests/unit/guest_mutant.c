// SPDX-License-Identifier: MIT
/*
 * Builds with one deliberate bug (mmu/policy.h): each must be noticed by a check
 * that the other tests rely on. The unchanged policy runs the same story, so that
 * the story alone is not what ends badly.
 */
#include "guest_world.h"

/* A process that writes memory, forks, makes the kernel's part grow, and both end. */
static void story(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = mm_alloc(), *child;

	(void)arg;
	CHECK_EQ(mm_map(mm, 0x400000, 8 * PAGE_SIZE, VMA_READ | VMA_WRITE, NULL, 0, true),
		 0x400000);
	*(u8 *)mm_build_page(mm, 0x400000) = 1;
	pgtable_publish(&mm->pt);
	world_run(mm);
	world_write(0x401000, 2);
	child = mm_fork(mm);
	world_run(child);
	CHECK_EQ(world_read(0x400000), 1);
	world_run(mm);
	vfree(vmalloc(PAGE_SIZE));
	vmalloc_purge();
	mm_put(child);
	world_mm = NULL;
	mm_put(mm);
	world_check_stock(before);
	world_audit();
}

static void test_mutant(void **state)
{
	static const struct {
		enum mutant mutant;
		enum world_end end;
		const char *none, *eager; /* what is said under either policy */
	} ends[] = {
		{MUTANT_none, END_OK, NULL, NULL},
		{MUTANT_leave_pte_rw, END_PANIC, "Xen refused to load root",
		 "Xen refused to pin root"},
		{MUTANT_leave_root_rw, END_PANIC, "Xen refused to load root",
		 "Xen refused to pin root"},
		{MUTANT_leak_page, END_FAILED, "now.free_pages", "now.free_pages"},
		{MUTANT_skip_propagation, END_PANIC, "Xen refused the entry for va",
		 "Xen refused the entry for va"},
		{MUTANT_skip_unpin, END_PANIC, "writable: -22", "writable: -22"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends[i].mutant == MUTANT) {
			world_expect(ends[i].end,
				     policy.pin == PIN_eager ? ends[i].eager : ends[i].none, story,
				     NULL);
			return;
		}
	fail_msg("nobody says how mutant %s must end", MUTANT_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutant)};

	world_boot_small();
	return WORLD_RUN(tests);
}
