// SPDX-License-Identifier: MIT
/*
 * Out of memory, at every single allocation of a story: first only the k-th allocation
 * fails, then the k-th and all after it, for every k until the story ends without a
 * failure. After any failure the process can be ended and no memory is lost.
 */
#include "guest_world.h"

#include "lib/errno.h"

#define RW (VMA_READ | VMA_WRITE)
#define A  0x400000UL

static struct {
	bool failed; /* a call failed for lack of memory */
} story;

static bool ok(bool success)
{
	story.failed |= !success;
	return success;
}

/* A call may fail only with the error for lack of memory. */
static bool enough(long rc)
{
	if (rc < 0)
		CHECK_EQ(rc, (long)-ENOMEM);
	return ok(rc >= 0);
}

/* A program dies only for lack of memory. */
static void touch(unsigned long va, enum cpu_access access, u8 expect)
{
	u8 byte = expect;

	world_kill_oom = true;
	if (ok(cpu_touch(va, access, &byte)))
		CHECK_EQ(byte, expect);
	CHECK(world_kill_oom);
}

static void run_file(struct mm *mm)
{
	struct inode *file = inode_new(3 * PAGE_SIZE, true);

	if (!ok(file))
		return;
	ok(inode_fill(file, PAGE_SIZE - 2, "abcd", 4));
	enough(mm_map(mm, 3UL << 30, 3 * PAGE_SIZE, RW | VMA_SHARED, file, 0, true));
	enough(mm_map(mm, 4UL << 30, 3 * PAGE_SIZE, RW, file, 0, true));
	inode_put(file);
	if (story.failed)
		return;
	touch((3UL << 30) + PAGE_SIZE, CPU_READ, 'c');
	touch((4UL << 30) + PAGE_SIZE, CPU_WRITE, 9);
	touch((3UL << 30) + 2 * PAGE_SIZE, CPU_WRITE, 8);
}

static void run_process(struct mm *mm)
{
	struct mm *child;

	/* Pages while it is being built, then a published and loaded tree. */
	if (!enough(mm_map(mm, A, 16 * PAGE_SIZE, RW, NULL, 0, true)) || !ok(mm_build_page(mm, A)))
		return;
	*(u8 *)mm_build_page(mm, A) = 1;
	pgtable_publish(&mm->pt);
	world_run(mm);
	enough(mm_map(mm, 1UL << 39, PAGE_SIZE, RW, NULL, 0, true));
	if (story.failed)
		return;
	touch(A, CPU_READ, 1);
	touch(A + PAGE_SIZE, CPU_WRITE, 2);
	touch(A + 2 * PAGE_SIZE, CPU_READ, 0);
	touch(1UL << 39, CPU_WRITE, 3);
	enough(mm_protect(mm, A + PAGE_SIZE, PAGE_SIZE, VMA_READ));
	enough(mm_unmap(mm, A + 5 * PAGE_SIZE, PAGE_SIZE));
	/* To an address without tables; the area must be cut for it. */
	if (enough(mm_remap(mm, A + 2 * PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE,
			    REMAP_MAYMOVE | REMAP_FIXED, 5UL << 39))) {
		touch(5UL << 39, CPU_WRITE, 7);
		touch((5UL << 39) + PAGE_SIZE, CPU_READ, 0);
	} else {
		touch(A + 2 * PAGE_SIZE, CPU_READ, 0);
	}
	mm->brk_start = mm->brk = 2UL << 30;
	ok(mm_brk(mm, (2UL << 30) + PAGE_SIZE) != 2UL << 30);
	run_file(mm);
	child = mm_fork(mm);
	if (ok(child)) {
		touch(A, CPU_WRITE, 11);
		world_run(child);
		touch(A, CPU_WRITE, 21);
		world_run(mm);
		mm_put(child);
	}
	/* The parent is intact, though fork may have failed halfway. */
	if (!story.failed) {
		CHECK_EQ(world_read(A), 11);
		CHECK_EQ(world_read(A + PAGE_SIZE), 2);
	}
}

static void run_story(void)
{
	struct mm *mm = mm_alloc();

	story.failed = false;
	if (!ok(mm))
		return;
	run_process(mm);
	world_audit();
	world_mm = NULL;
	mm_put(mm);
}

/* Returns how many allocations were tried. */
static unsigned long fail_each(bool onwards)
{
	struct stock before = world_stock();
	unsigned long k = 0;

	do {
		world_fail_allocation(k++, onwards);
		run_story();
		world_check_stock(before);
		world_audit();
		/* Every failed allocation is reported to a caller. */
		CHECK_EQ(story.failed, world_allocations >= k);
		CHECK(k < 500);
	} while (world_allocations >= k);
	world_fail_none();
	return k;
}

static void test_one_fails(void *arg)
{
	(void)arg;
	/* The story has that many allocations: fewer would mean that it stopped early. */
	CHECK(fail_each(false) > 35);
}

static void test_all_fail_from(void *arg)
{
	(void)arg;
	CHECK(fail_each(true) > 35);
}

/* Without injection: a process uses all memory and dies, and all memory is free again. */
static void test_exhaustion(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = mm_alloc(), *child;
	unsigned long n = 0;
	u8 byte;

	(void)arg;
	CHECK_EQ(mm_map(mm, A, 1UL << 30, RW, NULL, 0, true), A);
	pgtable_publish(&mm->pt);
	world_run(mm);
	while (byte = 1, cpu_touch(A + n * PAGE_SIZE, CPU_WRITE, &byte)) {
		n++;
		if (!(n % 256))
			hv_flush_tlb(&mm->pt.cpus); /* the fake's TLB is not that large */
	}
	CHECK(world_kill_oom && world_kills == 1);
	/* High pages serve as pte pages only. */
	CHECK(n + 20 > before.free_pages - FAKE_HIGH_PAGES);
	CHECK(pages_free_count() <= FAKE_HIGH_PAGES);
	child = mm_fork(mm);
	CHECK(!child);
	world_audit();
	/* The parent's pages are its own again, writable in place. */
	world_write(A, 5);
	CHECK_EQ(world_read(A), 5);
	world_mm = NULL;
	mm_put(mm);
	world_check_stock(before);
	world_audit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_one_fails),
		WORLD_TEST(test_all_fail_from),
		WORLD_TEST(test_exhaustion),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
