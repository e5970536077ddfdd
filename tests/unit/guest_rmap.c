// SPDX-License-Identifier: MIT
/*
 * The reverse map and page ageing: from a page to its entries in all address spaces of the
 * lineage, whatever the state of their tables. There is one CPU here, so the steps of the
 * other CPU are taken in between.
 */
#include "guest_world.h"

#include "mm/ageing.h"
#include "mm/rmap.h"
#include "mmu/update.h"

#define RW (VMA_READ | VMA_WRITE)
#define A  0x400000UL
#define N  8u

static struct mm *start(void)
{
	struct mm *mm = mm_alloc();

	pgtable_publish(&mm->pt);
	world_run(mm);
	CHECK_EQ(mm_map(mm, A, N * PAGE_SIZE, RW, NULL, 0, true), A);
	for (unsigned i = 0; i < N; i++)
		world_write(A + i * PAGE_SIZE, (u8)(i + 1));
	return mm;
}

static struct page *page_at(const struct mm *mm, unsigned long va)
{
	return pte_page(audit_leaf(mm, va));
}

static bool accessed(const struct mm *mm, unsigned long va)
{
	return audit_leaf(mm, va).v & PTE_ACCESSED;
}

static unsigned count_accessed(const struct mm *mm)
{
	unsigned n = 0;

	for (unsigned i = 0; i < N; i++)
		n += accessed(mm, A + i * PAGE_SIZE);
	return n;
}

static void age_all(void)
{
	u64 rounds = COUNTER(ageing_rounds);

	/* One more round, to finish the one that has begun. */
	while (COUNTER(ageing_rounds) < rounds + 2)
		ageing_step();
}

static void note(struct pgtable *pt, const struct pte_at *at, void *arg)
{
	struct pgtable ***next = arg;

	CHECK(pte_lockptr(pt, at->page)->held);
	CHECK(pt->lock.held);
	*(*next)++ = pt;
}

/* The trees in which p is found, into found[]; returns how many. */
static unsigned find(const struct page *p, struct pgtable *found[4])
{
	struct pgtable **next = found;

	rmap_for_each(p, note, &next);
	return (unsigned)(next - found);
}

static void test_find(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start(), *child, *grandchild, *stranger;
	struct pgtable *found[4];
	struct page *p = page_at(mm, A);

	(void)arg;
	CHECK_EQ(find(p, found), 1);
	CHECK(found[0] == &mm->pt);
	child = mm_fork(mm);
	world_run(child);
	grandchild = mm_fork(child);
	/* A process of the same shape that is not related. */
	stranger = start();
	CHECK_EQ(find(p, found), 3);
	CHECK(found[0] == &mm->pt && found[1] == &child->pt && found[2] == &grandchild->pt);
	CHECK_EQ(find(page_at(stranger, A), found), 1);
	CHECK(found[0] == &stranger->pt);

	/* The child writes: its copy is its own, the page stays with the others. */
	world_run(child);
	world_write(A, 99);
	CHECK_EQ(find(p, found), 2);
	CHECK(found[0] == &mm->pt && found[1] == &grandchild->pt);
	CHECK_EQ(find(page_at(child, A), found), 1);
	CHECK(found[0] == &child->pt);

	/* Unmapped and mapped again; the pte page was freed and allocated. */
	world_run(mm);
	CHECK_EQ(mm_unmap(mm, A, N * PAGE_SIZE), 0);
	CHECK_EQ(find(p, found), 1);
	CHECK_EQ(mm_map(mm, A, N * PAGE_SIZE, RW, NULL, 0, true), A);
	world_write(A, 1);
	CHECK_EQ(find(p, found), 1);
	CHECK(found[0] == &grandchild->pt);

	/* The first member ends first; its lineage continues. */
	world_run(NULL);
	mm_put(mm);
	CHECK_EQ(find(p, found), 1);
	mm_put(grandchild);
	CHECK_EQ(find(p, found), 0);
	mm_put(stranger);
	mm_put(child);
	age_all();
	world_check_stock(before);
}

/*
 * mremap: a page without other users is found at its new place; a page that relatives map
 * is not.
 */
static void test_find_moved(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start(), *child;
	unsigned long to = 3UL << 39;
	struct page *p = page_at(mm, A), *q = page_at(mm, A + PAGE_SIZE);
	struct pgtable *found[4];

	(void)arg;
	CHECK_EQ(mm_remap(mm, A, PAGE_SIZE, PAGE_SIZE, REMAP_MAYMOVE | REMAP_FIXED, to), to);
	CHECK_EQ(page_at(mm, to), p);
	CHECK_EQ(find(p, found), 1);
	child = mm_fork(mm);
	CHECK_EQ(find(p, found), 2);
	CHECK_EQ(mm_remap(mm, A + PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, REMAP_MAYMOVE | REMAP_FIXED,
			  to + PAGE_SIZE),
		 to + PAGE_SIZE);
	CHECK_EQ(find(q, found), 0);
	/* Both have its contents, and a copy of their own after a write. */
	world_write(to + PAGE_SIZE, 50);
	world_run(child);
	CHECK_EQ(world_read(A + PAGE_SIZE), 2);
	world_audit();
	world_run(NULL);
	mm_put(child);
	mm_put(mm);
	world_check_stock(before);
}

/* Pages that are not anonymous, and hidden entries. */
static void test_find_none(void *arg)
{
	struct mm *mm = start();
	struct pgtable *found[4];
	struct page *p = page_at(mm, A), *fresh = page_alloc(), *zero;

	(void)arg;
	CHECK_EQ(find(fresh, found), 0);
	page_put(fresh);
	CHECK_EQ(find(virt_to_page(mm->pt.root), found), 0);
	CHECK_EQ(find(virt_to_page(mm), found), 0);
	CHECK_EQ(mm_map(mm, A + (1 << 21), PAGE_SIZE, RW, NULL, 0, true), A + (1 << 21));
	CHECK_EQ(world_read(A + (1 << 21)), 0);
	zero = page_at(mm, A + (1 << 21));
	CHECK_EQ(find(zero, found), 0);
	CHECK_EQ(mm_protect(mm, A, PAGE_SIZE, 0), 0);
	CHECK_EQ(find(p, found), 0);
	CHECK_EQ(mm_protect(mm, A, PAGE_SIZE, RW), 0);
	CHECK_EQ(find(p, found), 1);
	/* While the two words of a page change, it may name an invalid address. */
	p->anon_va = (unsigned long)p;
	CHECK_EQ(find(p, found), 0);
}

static void test_age(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start(), *child, *built;
	u64 cleared;

	(void)arg;
	child = mm_fork(mm);
	/* A private one, as exec makes it. */
	built = mm_alloc();
	CHECK_EQ(mm_map(built, A, N * PAGE_SIZE, RW, NULL, 0, true), A);
	for (unsigned i = 0; i < N; i++)
		CHECK(mm_build_page(built, A + i * PAGE_SIZE));
	CHECK_EQ(count_accessed(mm) + count_accessed(child) + count_accessed(built), 3 * N);
	cleared = COUNTER(ageing_cleared);
	age_all();
	CHECK_EQ(COUNTER(ageing_cleared) - cleared, 3 * N);
	CHECK_EQ(count_accessed(mm) + count_accessed(child) + count_accessed(built), 0);
	world_audit();

	/* A page in use has the bit set again, after the TLB has lost the entry. */
	world_run(child);
	CHECK_EQ(world_read(A), 1);
	CHECK(accessed(child, A) && !accessed(mm, A));
	world_run(mm);
	world_write(A, 77);
	CHECK(accessed(mm, A));
	cleared = COUNTER(ageing_cleared);
	age_all();
	CHECK_EQ(COUNTER(ageing_cleared) - cleared, 2);
	CHECK(audit_leaf(mm, A).v & PTE_DIRTY);
	world_audit();
	world_run(NULL);
	mm_put(built);
	mm_put(child);
	mm_put(mm);
	age_all();
	world_check_stock(before);
}

/* During publishing and retiring, and when the page's last use goes. */
static void test_age_states(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = mm_alloc();
	struct pgtable *found[4];
	struct page *p, *other;

	(void)arg;
	CHECK_EQ(mm_map(mm, A, N * PAGE_SIZE, RW, NULL, 0, true), A);
	CHECK(mm_build_page(mm, A));
	age_all();
	pgtable_publish(&mm->pt);
	age_all();
	world_run(mm);
	world_write(A, 5);
	p = page_at(mm, A);
	CHECK(accessed(mm, A));
	age_all();
	CHECK(!accessed(mm, A));
	world_write(A + PAGE_SIZE, 6);
	world_run(NULL);
	pgtable_retire(&mm->pt);
	CHECK_EQ(find(p, found), 1);
	age_all();
	CHECK_EQ(count_accessed(mm), 0);
	zap_private(mm);
	CHECK_EQ(find(p, found), 0);
	/* Its lineage may be freed next. */
	CHECK(!(p->anon_lineage & PAGE_ANON));
	/* Another owner may have it now. */
	other = page_alloc();
	CHECK_EQ(find(p, found) + find(other, found), 0);
	page_put(other);
	mm_put(mm);
	world_check_stock(before);
}

/* A page of an unpinned tree that Xen is using now: the bit stays set. */
static void test_refused(void *arg)
{
	struct mm *mm = start();
	struct fake_frame *f;
	unsigned n = 0;
	struct pte_at at;

	(void)arg;
	if (policy.pin != PIN_none)
		return;
	CHECK(pte_find_foreign(&mm->pt, A, &at));
	f = fake_frame(page_to_pfn(at.page));
	pte_put_foreign(&mm->pt, &at);
	world_run(NULL);
	pgtable_unload();
	f->owner = OWNER_XEN;
	while (COUNTER(ageing_refused) < N && n++ < 100)
		ageing_step();
	f->owner = OWNER_GUEST;
	CHECK_EQ(COUNTER(ageing_cleared), 0);
	CHECK_EQ(count_accessed(mm), N);
	age_all();
	CHECK_EQ(COUNTER(ageing_cleared), N);
	world_audit();
}

/* At each allocation of fork, the last of which fails at first: the child is incomplete. */
static void test_age_during_fork(void *arg)
{
	struct stock before = world_stock();
	struct mm *mm = start(), *child;
	unsigned long far = A + (1UL << 30), n;
	u64 cleared = COUNTER(ageing_cleared);

	(void)arg;
	/* A second pte page, which fork reaches after it has copied the first. */
	CHECK_EQ(mm_map(mm, far, PAGE_SIZE, RW, NULL, 0, true), far);
	world_write(far, 8);
	for (n = 0;; n++) {
		for (unsigned i = 0; i < N; i++)
			world_write(A + i * PAGE_SIZE, 1);
		world_fail_allocation(n, false);
		world_on_allocation = age_all;
		child = mm_fork(mm);
		world_on_allocation = NULL;
		world_fail_none();
		world_audit();
		if (child)
			break;
	}
	CHECK(n > 6);
	CHECK(COUNTER(ageing_cleared) - cleared > N);
	CHECK_EQ(count_accessed(mm), 0);
	CHECK_EQ(count_accessed(child), 0);
	world_run(NULL);
	mm_put(child);
	mm_put(mm);
	world_check_stock(before);
}

static void test_no_memory(void *arg)
{
	struct stock before = world_stock();
	unsigned long n;
	struct mm *mm;

	(void)arg;
	for (n = 0;; n++) {
		world_fail_allocation(n, false);
		mm = mm_alloc();
		world_fail_none();
		if (mm)
			break;
		world_check_stock(before);
	}
	CHECK(n >= 3);
	mm_put(mm);
	world_check_stock(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_find),	     WORLD_TEST(test_find_moved),
		WORLD_TEST(test_find_none),  WORLD_TEST(test_age),
		WORLD_TEST(test_age_states), WORLD_TEST(test_no_memory),
		WORLD_TEST(test_refused),    WORLD_TEST(test_age_during_fork),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
