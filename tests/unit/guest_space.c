// SPDX-License-Identifier: MIT
/*
 * Address spaces: areas, faults and fork, with a user program's accesses made by the
 * fake's CPU, through its TLB. After each step everything is audited.
 */
#include "guest_world.h"

#include "lib/errno.h"

#define RW   (VMA_READ | VMA_WRITE)
#define A    0x400000UL /* where most tests map */
#define P(n) (A + (n)*PAGE_SIZE)

static struct mm *start(void)
{
	struct mm *mm = mm_alloc();

	CHECK(mm);
	pgtable_publish(&mm->pt);
	world_run(mm);
	return mm;
}

static void end(struct mm *mm)
{
	if (world_mm == mm)
		world_mm = NULL;
	mm_put(mm);
	world_audit();
}

static unsigned areas(struct mm *mm)
{
	struct vma *v;
	unsigned n = 0;

	for_each_vma (v, mm)
		n++;
	return n;
}

static void map(unsigned long va, unsigned long pages, unsigned flags)
{
	CHECK_EQ(mm_map(world_mm, va, pages * PAGE_SIZE, flags, NULL, 0, true), va);
}

/* How much a counter grows over an expression. */
#define GROWS(name, by, ...)                                                                       \
	do {                                                                                       \
		u64 before_ = COUNTER(name);                                                       \
		__VA_ARGS__;                                                                       \
		CHECK_EQ(COUNTER(name) - before_, by);                                             \
		world_audit();                                                                     \
	} while (0)

static void test_anonymous(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start();
	unsigned long free;

	(void)arg;
	map(A, 4, RW);
	GROWS(faults_demand_zero, 1, world_write(P(0) + 5, 1));
	CHECK_EQ(world_read(P(0) + 5), 1);
	CHECK_EQ(world_read(P(0) + 4), 0);
	/* A read takes no page; two reads share one; a write then takes its own. */
	free = pages_free_count();
	GROWS(faults_zero_read, 2, CHECK_EQ(world_read(P(1)) + world_read(P(2)), 0));
	CHECK_EQ(pages_free_count(), free);
	CHECK_EQ(audit_leaf(mm, P(1)).v, audit_leaf(mm, P(2)).v);
	GROWS(faults_cow_copy, 1, world_write(P(1), 2));
	CHECK_EQ(world_read(P(1)), 2);
	CHECK_EQ(world_read(P(2)), 0);
	/* Outside of the area, and without permission. */
	CHECK(!world_may(P(4), CPU_READ) && !world_may(P(0) - 1, CPU_WRITE));
	CHECK(world_kill_why == FAULT_SEGV);
	CHECK(!world_may(P(0), CPU_EXEC));
	CHECK(world_kill_why == FAULT_ACCESS);
	GROWS(faults_bad, 1, CHECK(!world_may(USER_TOP, CPU_READ)));
	end(mm);
	world_check_stock(before);
}

static void test_unmap(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start();

	(void)arg;
	map(A, 600, RW); /* over two pte pages */
	for (int i = 0; i < 600; i++)
		world_write(P(i), (u8)i);
	CHECK_EQ(audit_tables(mm), 2 + 2 + 2);
	CHECK_EQ(mm_unmap(mm, P(100), 200 * PAGE_SIZE), 0);
	world_audit();
	CHECK_EQ(areas(mm), 2);
	CHECK(world_may(P(99), CPU_READ) && !world_may(P(100), CPU_READ));
	CHECK(!world_may(P(299), CPU_WRITE) && world_may(P(300), CPU_WRITE));
	CHECK_EQ(world_read(P(300)), 300 & 255);
	/* Fills the hole: old contents must not come back. */
	map(P(100), 200, RW);
	CHECK_EQ(areas(mm), 2);
	CHECK_EQ(world_read(P(150)), 0);
	/* The second pte page is freed with its last page. */
	CHECK_EQ(mm_unmap(mm, P(512), 88 * PAGE_SIZE), 0);
	world_audit();
	CHECK_EQ(audit_tables(mm), 2 + 2 + 1);
	CHECK_EQ(mm_unmap(mm, A, 600 * PAGE_SIZE), 0);
	CHECK_EQ(areas(mm), 0);
	CHECK_EQ(audit_tables(mm), 2);
	world_audit();
	end(mm);
	world_check_stock(before);
}

static void test_map_arguments(void *arg)
{
	struct mm *mm = start();
	long high, low;

	(void)arg;
	CHECK_EQ(mm_map(mm, A + 1, PAGE_SIZE, RW, NULL, 0, true), (long)-EINVAL);
	CHECK_EQ(mm_map(mm, A, 0, RW, NULL, 0, true), (long)-EINVAL);
	CHECK_EQ(mm_map(mm, USER_TOP, PAGE_SIZE, RW, NULL, 0, true), (long)-ENOMEM);
	CHECK_EQ(mm_map(mm, A, USER_TOP, RW, NULL, 0, true), (long)-ENOMEM);
	CHECK_EQ(mm_map(mm, A, -1UL, RW, NULL, 0, true), (long)-ENOMEM);
	CHECK_EQ(mm_map(mm, 0, PAGE_SIZE, RW, NULL, 0, true), (long)-EPERM);
	CHECK_EQ(mm_map(mm, 0, USER_TOP, RW, NULL, 0, false), (long)-ENOMEM);
	CHECK_EQ(mm_unmap(mm, A + 1, PAGE_SIZE), (long)-EINVAL);
	CHECK_EQ(mm_unmap(mm, A, 0), (long)-EINVAL);
	CHECK_EQ(mm_unmap(mm, A, PAGE_SIZE), 0); /* no mapping: no error */
	/* Without an address: below the existing mappings, from the top; holes are found. */
	high = mm_map(mm, 0, 3 * PAGE_SIZE, RW, NULL, 0, false);
	CHECK_EQ(high, MMAP_TOP - 3 * PAGE_SIZE);
	low = mm_map(mm, 0, 1, VMA_READ, NULL, 0, false);
	CHECK_EQ(low, high - (long)PAGE_SIZE);
	CHECK_EQ(mm_unmap(mm, (unsigned long)high + PAGE_SIZE, PAGE_SIZE), 0);
	CHECK_EQ(mm_map(mm, 0, PAGE_SIZE, VMA_READ, NULL, 0, false), high + (long)PAGE_SIZE);
	CHECK_EQ(mm_map(mm, 0, 2 * PAGE_SIZE, VMA_READ, NULL, 0, false), low - 2 * (long)PAGE_SIZE);
	/* An area that reaches beyond MMAP_TOP is no gap. */
	CHECK_EQ(mm_map(mm, MMAP_TOP - PAGE_SIZE, 4 * PAGE_SIZE, RW, NULL, 0, true),
		 MMAP_TOP - PAGE_SIZE);
	CHECK(mm_map(mm, 0, PAGE_SIZE, RW, NULL, 0, false) < (long)MMAP_TOP);
	world_audit();
	end(mm);
}

/* Areas are cut where necessary, and equal adjacent ones are merged. */
static void test_split_merge(void *arg)
{
	struct mm *mm = start();
	struct vma *v;

	(void)arg;
	map(A, 2, RW);
	map(P(2), 2, RW);
	CHECK_EQ(areas(mm), 1);
	world_write(P(0), 1);
	map(P(4), 1, RW); /* the area has pages of its own by now */
	CHECK_EQ(areas(mm), 1);
	map(P(6), 1, RW); /* not adjacent */
	map(P(5), 1, VMA_READ);
	CHECK_EQ(areas(mm), 3);
	CHECK_EQ(mm_protect(mm, P(1), 2 * PAGE_SIZE, VMA_READ), 0);
	CHECK_EQ(areas(mm), 5);
	v = vma_find(mm, P(1));
	CHECK(v && v->start == P(1) && v->end == P(3));
	CHECK(vma_find(mm, P(3)) && vma_find(mm, P(3))->start == P(3));
	CHECK(!vma_find(mm, P(7)) && !vma_find(mm, A - 1));
	CHECK_EQ(mm_unmap(mm, P(2), 4 * PAGE_SIZE), 0);
	CHECK_EQ(areas(mm), 3);
	CHECK_EQ(world_read(P(0)), 1);
	world_audit();
	end(mm);
}

static void test_protect(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start();
	pte_t e;

	(void)arg;
	map(A, 4, RW);
	world_write(P(0), 10);
	world_write(P(1), 11);
	world_read(P(2));
	CHECK_EQ(mm_protect(mm, A, 4 * PAGE_SIZE, VMA_READ), 0);
	world_audit();
	CHECK(!world_may(P(0), CPU_WRITE) && !world_may(P(2), CPU_WRITE));
	CHECK(!world_may(P(3), CPU_WRITE));
	CHECK_EQ(world_read(P(0)), 10);
	CHECK_EQ(world_read(P(3)), 0);
	/* Back: the own page is writable without a fault, the zero page is copied. */
	CHECK_EQ(mm_protect(mm, A, 4 * PAGE_SIZE, RW), 0);
	world_audit();
	GROWS(faults_cow_reuse, 0, world_write(P(0), 20));
	GROWS(faults_cow_copy, 0, world_write(P(1), 11));
	GROWS(faults_cow_copy, 1, world_write(P(2), 22));
	/* No access at all: the page is kept, hidden, and comes back with its contents. */
	e = audit_leaf(mm, P(1));
	CHECK_EQ(mm_protect(mm, P(1), PAGE_SIZE, 0), 0);
	world_audit();
	CHECK(pte_hidden(audit_leaf(mm, P(1))));
	CHECK(pte_mfn(pte_unhide(audit_leaf(mm, P(1)))).v == pte_mfn(e).v);
	CHECK(!world_may(P(1), CPU_READ) && !world_may(P(1), CPU_WRITE));
	CHECK(!world_may(P(1), CPU_EXEC));
	CHECK_EQ(mm_protect(mm, P(1), PAGE_SIZE, 0), 0);
	CHECK_EQ(mm_protect(mm, P(1), PAGE_SIZE, VMA_READ | VMA_EXEC), 0);
	world_audit();
	CHECK_EQ(world_read(P(1)), 11);
	CHECK(world_may(P(1), CPU_EXEC) && !world_may(P(1), CPU_WRITE));
	CHECK_EQ(mm_protect(mm, P(1), PAGE_SIZE, RW), 0);
	CHECK(!world_may(P(1), CPU_EXEC));
	GROWS(faults_cow_reuse, 0, world_write(P(1), 21));
	/* Holes and nonsense. */
	CHECK_EQ(mm_protect(mm, P(2), 4 * PAGE_SIZE, RW), (long)-ENOMEM);
	CHECK_EQ(mm_protect(mm, P(9), PAGE_SIZE, RW), (long)-ENOMEM);
	CHECK_EQ(mm_protect(mm, A + 1, PAGE_SIZE, RW), (long)-EINVAL);
	CHECK_EQ(mm_protect(mm, A, 0, RW), 0);
	/* Hidden pages are unmapped like others. */
	CHECK_EQ(mm_protect(mm, A, 3 * PAGE_SIZE, 0), 0);
	CHECK_EQ(mm_unmap(mm, A, PAGE_SIZE), 0);
	end(mm);
	world_check_stock(before);
}

/* Write access that mprotect restores never reaches a page that a child uses too. */
static void test_protect_after_fork(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start(), *child;

	(void)arg;
	map(A, 3, RW);
	world_write(P(0), 10);
	world_write(P(1), 11);
	child = mm_fork(mm);
	world_write(P(1), 21); /* a copy of its own */
	CHECK_EQ(mm_protect(mm, A, 3 * PAGE_SIZE, VMA_READ), 0);
	CHECK_EQ(mm_protect(mm, A, 3 * PAGE_SIZE, RW), 0);
	world_audit();
	CHECK(!(audit_leaf(mm, P(0)).v & PTE_WRITE));
	CHECK(audit_leaf(mm, P(1)).v & PTE_WRITE);
	GROWS(faults_cow_copy, 1, world_write(P(0), 20));
	world_run(child);
	CHECK_EQ(world_read(P(0)), 10);
	CHECK_EQ(world_read(P(1)), 11);
	world_run(mm);
	mm_put(child);
	end(mm);
	world_check_stock(before);
}

static void test_brk(void *arg)
{
	struct mm *mm = start();

	(void)arg;
	map(A, 2, RW);
	world_write(P(1), 5);
	mm->brk_start = mm->brk = P(2);
	CHECK_EQ(mm_brk(mm, 0), P(2));
	CHECK_EQ(mm_brk(mm, P(4) + 10), P(4) + 10);
	world_write(P(4), 1);
	CHECK(!world_may(P(5), CPU_READ));
	CHECK_EQ(mm_brk(mm, P(3)), P(3));
	world_audit();
	CHECK(!world_may(P(4), CPU_READ));
	CHECK_EQ(mm_brk(mm, P(6)), P(6));
	CHECK_EQ(world_read(P(4)), 0);
	map(P(8), 1, RW); /* in the way */
	CHECK_EQ(mm_brk(mm, P(9)), P(6));
	CHECK_EQ(mm_brk(mm, P(8)), P(8));
	CHECK_EQ(mm_brk(mm, P(1)), P(8)); /* below its start */
	CHECK_EQ(mm_brk(mm, MMAP_TOP + 1), P(8));
	/* So high that rounding up wraps around. */
	CHECK_EQ(mm_brk(mm, -1UL), P(8));
	CHECK_EQ(world_read(P(1)), 5);
	CHECK_EQ(mm_brk(mm, P(2)), P(2));
	CHECK_EQ(world_read(P(1)), 5);
	CHECK(!world_may(P(2), CPU_READ));
	world_audit();
	end(mm);
}

static void test_fork(void *arg)
{
	struct stock before = world_stock();
	struct mm *parent = start(), *child, *grandchild;

	(void)arg;
	map(A, 5, RW);
	for (int i = 0; i < 4; i++)
		world_write(P(i), (u8)(i + 1));
	world_read(P(4));
	CHECK_EQ(mm_protect(parent, P(3), PAGE_SIZE, 0), 0);
	parent->brk_start = parent->brk = P(7);
	child = mm_fork(parent);
	world_audit();
	CHECK(child && child->pt.published);
	CHECK_EQ(child->brk, P(7));
	CHECK_EQ(child->brk_start, P(7));
	CHECK_EQ(areas(child), areas(parent));
	CHECK_EQ(pte_page(audit_leaf(child, P(0)))->refs, 2);

	/* The parent lost write access, TLB included; each side's writes are its own. */
	GROWS(faults_cow_copy, 1, world_write(P(0), 11));
	world_run(child);
	CHECK_EQ(world_read(P(0)), 1);
	GROWS(faults_cow_reuse, 1, world_write(P(0), 21)); /* the last user */
	GROWS(faults_cow_copy, 1, world_write(P(1), 22));
	CHECK(!world_may(P(3), CPU_READ));
	CHECK_EQ(mm_protect(child, P(3), PAGE_SIZE, RW), 0);
	CHECK_EQ(world_read(P(3)), 4);
	GROWS(faults_cow_copy, 1, world_write(P(3), 24));
	world_run(parent);
	CHECK_EQ(world_read(P(0)), 11);
	CHECK_EQ(world_read(P(1)), 2);
	CHECK_EQ(mm_protect(parent, P(3), PAGE_SIZE, VMA_READ), 0);
	CHECK_EQ(world_read(P(3)), 4);

	/* Three users of a page; the middle one ends while the others continue. */
	world_run(child);
	grandchild = mm_fork(child);
	world_audit();
	CHECK_EQ(pte_page(audit_leaf(child, P(2)))->refs, 3);
	world_run(parent);
	end(child);
	CHECK_EQ(world_read(P(2)), 3);
	world_run(grandchild);
	CHECK_EQ(world_read(P(1)), 22);
	CHECK_EQ(world_read(P(2)), 3);
	end(parent);
	GROWS(faults_cow_reuse, 1, world_write(P(2), 33));
	end(grandchild);
	world_check_stock(before);
}

/* Fork of a process that is not loaded, and of one without areas. */
static void test_fork_elsewhere(void *arg)
{
	struct stock before = world_stock();
	struct mm *a = start(), *b, *c;

	(void)arg;
	b = mm_fork(a);
	CHECK(b && areas(b) == 0);
	map(A, 1, RW);
	world_write(A, 1);
	world_run(b);
	c = mm_fork(a);
	world_audit();
	world_run(a);
	world_write(A, 2);
	world_run(c);
	CHECK_EQ(world_read(A), 1);
	end(a);
	end(b);
	end(c);
	world_check_stock(before);
}

static void test_files(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start(), *child;
	struct inode *file = inode_new(2 * PAGE_SIZE + 10, false);
	u8 contents[2 * PAGE_SIZE + 10], back[20];

	(void)arg;
	for (size_t i = 0; i < sizeof(contents); i++)
		contents[i] = (u8)(i >> 8);
	CHECK(inode_fill(file, 0, contents, sizeof(contents)));
	CHECK_EQ(mm_map(mm, A, 4 * PAGE_SIZE, RW | VMA_EXEC, file, 1, true), A);
	CHECK_EQ(file->refs, 2);
	inode_put(file); /* the area keeps a reference */

	/* Page 1 of the file is page 0 of the area. */
	GROWS(faults_file, 1, CHECK_EQ(world_read(P(0)), 16));
	CHECK(world_may(P(0), CPU_EXEC));
	GROWS(faults_cow_copy, 1, world_write(P(0), 99));
	CHECK_EQ(inode_read(file, back, PAGE_SIZE, 20), 20);
	CHECK_EQ(back[0], 16);
	/* First access a write; past the contents but in the last page; past the file. */
	GROWS(faults_cow_copy, 1, world_write(P(1) + 9, 98));
	CHECK_EQ(world_read(P(1)), 32);
	CHECK_EQ(world_read(P(1) + 10), 0);
	CHECK(!world_may(P(2), CPU_READ) && world_kill_why == FAULT_BUS);
	CHECK_EQ(inode_read(file, back, 2 * PAGE_SIZE, 20), 10);
	CHECK_EQ(inode_read(file, back, 3 * PAGE_SIZE, 20), 0);

	/* Cut the area: each part knows where in the file it is. */
	CHECK_EQ(mm_unmap(mm, P(0), PAGE_SIZE), 0);
	CHECK_EQ(mm_protect(mm, P(2), PAGE_SIZE, VMA_READ), 0);
	CHECK_EQ(vma_find(mm, P(1))->pgoff, 2);
	CHECK_EQ(vma_find(mm, P(2))->pgoff, 3);
	CHECK_EQ(file->refs, 3);
	world_audit();
	child = mm_fork(mm);
	CHECK_EQ(file->refs, 6);
	world_run(child);
	CHECK_EQ(world_read(P(1) + 9), 98);
	end(mm);
	CHECK_EQ(world_read(P(1) + 9), 98);
	end(child);
	world_check_stock(before);
}

static void test_shared(void *arg)
{
	struct stock before = world_stock();
	struct mm *parent = start(), *child;
	struct inode *memory = inode_new(3 * PAGE_SIZE, true);

	(void)arg;
	CHECK_EQ(mm_map(parent, A, 3 * PAGE_SIZE, RW | VMA_SHARED, memory, 0, true), A);
	inode_put(memory);
	world_write(P(0), 1);
	GROWS(faults_file, 1, CHECK_EQ(world_read(P(1)), 0));
	child = mm_fork(parent);
	world_audit();
	world_run(child);
	CHECK_EQ(world_read(P(0)), 1);
	world_write(P(0), 2);
	world_write(P(1), 3);
	world_write(P(2), 4);
	world_run(parent);
	CHECK_EQ(world_read(P(0)), 2);
	CHECK_EQ(world_read(P(1)), 3);
	GROWS(faults_cow_reuse, 1, world_write(P(1), 5)); /* in place: no other use */
	CHECK_EQ(mm_protect(parent, A, 3 * PAGE_SIZE, 0), 0);
	CHECK(!world_may(P(0), CPU_READ));
	CHECK_EQ(mm_protect(parent, A, 3 * PAGE_SIZE, RW), 0);
	CHECK_EQ(world_read(P(2)), 4);
	world_run(child);
	CHECK_EQ(world_read(P(1)), 5);
	end(parent);
	CHECK_EQ(world_read(P(0)), 2);
	end(child);
	world_check_stock(before);
}

/* A shared mapping of a read-only file cannot be made writable. */
static void test_shared_file(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start();
	struct inode *file = inode_new(PAGE_SIZE, false);

	(void)arg;
	CHECK(inode_fill(file, 0, "x", 1));
	CHECK_EQ(mm_map(mm, A, PAGE_SIZE, VMA_READ | VMA_SHARED | VMA_READ_ONLY, file, 0, true), A);
	CHECK_EQ(mm_map(mm, P(1), PAGE_SIZE, VMA_READ, file, 0, true), P(1));
	CHECK_EQ(mm_protect(mm, A, 2 * PAGE_SIZE, RW), (long)-EACCES);
	CHECK(!world_may(A, CPU_WRITE) && !world_may(P(1), CPU_WRITE));
	CHECK_EQ(mm_protect(mm, A, PAGE_SIZE, VMA_READ | VMA_EXEC), 0);
	/* A private mapping can: a write goes to a copy. */
	CHECK_EQ(mm_protect(mm, P(1), PAGE_SIZE, RW), 0);
	world_write(P(1), 'y');
	CHECK_EQ(world_read(A), 'x');
	inode_put(file);
	end(mm);
	world_check_stock(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_anonymous),
		WORLD_TEST(test_unmap),
		WORLD_TEST(test_map_arguments),
		WORLD_TEST(test_split_merge),
		WORLD_TEST(test_protect),
		WORLD_TEST(test_protect_after_fork),
		WORLD_TEST(test_brk),
		WORLD_TEST(test_fork),
		WORLD_TEST(test_fork_elsewhere),
		WORLD_TEST(test_files),
		WORLD_TEST(test_shared),
		WORLD_TEST(test_shared_file),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
