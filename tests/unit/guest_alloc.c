// SPDX-License-Identifier: MIT
/*
 * The page allocator and kmalloc under seeded random sequences, against models: the owner
 * of each piece of memory, and how much must be left.
 */
#include "guest_world.h"

#include "lib/bug.h"

/* The allocator without the checks of guest_world.c; mk/unit-guest.mk adds real_. */
struct page *real_page_alloc(void);
struct page *real_page_alloc_zeroed(void);
void real_page_free(struct page *p);

static u64 random_state;

static unsigned long random_below(unsigned long n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % n;
}

/* -- pages ------------------------------------------------------------------------------- */

#define MAX_BLOCKS 3000

static struct block {
	struct page *page;
	unsigned order;
	bool single; /* by page_alloc() */
} blocks[MAX_BLOCKS];
static unsigned nr_blocks;
static unsigned long taken;
static u8 *owner; /* by pfn: 1 if in a block */

static void take(struct page *p, unsigned order, bool single)
{
	unsigned long pfn = page_to_pfn(p).v;

	CHECK(!(pfn & ((1UL << order) - 1)));
	CHECK(pfn && pfn + (1UL << order) <= boot_info.nr_pages);
	for (unsigned long i = 0; i < 1UL << order; i++) {
		CHECK(!owner[pfn + i]++);
		CHECK(!(pfn_to_page(PFN(pfn + i))->flags & (PAGE_FREE | PAGE_RESERVED)));
		*(unsigned long *)pfn_to_virt(PFN(pfn + i)) = pfn + i;
	}
	CHECK(nr_blocks < MAX_BLOCKS);
	blocks[nr_blocks++] = (struct block){p, order, single};
	taken += 1UL << order;
}

static void give(unsigned i)
{
	struct block b = blocks[i];
	unsigned long pfn = page_to_pfn(b.page).v;

	blocks[i] = blocks[--nr_blocks];
	for (unsigned long n = 0; n < 1UL << b.order; n++) {
		CHECK_EQ(*(unsigned long *)pfn_to_virt(PFN(pfn + n)), pfn + n);
		owner[pfn + n] = 0;
	}
	taken -= 1UL << b.order;
	if (b.single)
		page_put(b.page);
	else
		pages_free(b.page, b.order);
}

/* The memory behind the last struct page looks like a free buddy of the last page. */
static void set_trap_beyond_memory(void)
{
	struct page *end = mem_map + boot_info.nr_pages;

	CHECK((boot_info.nr_pages & 1) && ((unsigned long)end & ~PAGE_MASK));
	end->flags = PAGE_FREE;
	end->order = 0;
}

static void random_pages(void *arg)
{
	unsigned long all = pages_free_count();

	random_state = (u64)(unsigned long)arg;
	owner = calloc(boot_info.nr_pages, 1);
	set_trap_beyond_memory();
	for (int step = 0; step < 20000; step++) {
		/* Alternates between nearly no free memory and all of it free. */
		bool more = random_below(100) < ((step / 2500) % 2 ? 35 : 65);

		if (!more && nr_blocks) {
			give((unsigned)random_below(nr_blocks));
		} else if (more && nr_blocks < MAX_BLOCKS) {
			bool single = random_below(4) > 0;
			unsigned order = single ? 0 : (unsigned)random_below(8);
			struct page *p = single ? page_alloc() : pages_alloc(order);

			if (p)
				take(p, order, single);
			else if (single)
				CHECK_EQ(taken, all);
		}
		CHECK_EQ(pages_free_count() + taken, all);
	}
	while (nr_blocks)
		give(0);
	CHECK_EQ(pages_free_count(), all);
	world_audit();
}

static void test_random_pages(void **state)
{
	(void)state;
	for (unsigned long seed = 1; seed <= 3; seed++)
		world_expect_ok(random_pages, (void *)seed);
}

/* Buddies merge again: after single pages by the thousand, complete blocks are back. */
static void test_coalescing(void *arg)
{
	struct page *first = NULL, *p, *b;
	unsigned long n = 0, all = pages_free_count(), large = 0, again = 0;

	(void)arg;
	while (large < 64 && (p = pages_alloc(7))) {
		p->link.prev = NULL;
		p->link.next = first ? &first->link : NULL;
		first = p;
		large++;
	}
	CHECK(large > 8);
	CHECK(!pages_alloc(MAX_ORDER));
	while (first) {
		p = first;
		first = p->link.next ? list_entry(p->link.next, struct page, link) : NULL;
		pages_free(p, 7);
	}
	while ((p = pages_alloc(0))) {
		p->link.next = first ? &first->link : NULL;
		first = p;
		n++;
	}
	CHECK_EQ(pages_free_count() + n, all);
	while (first) {
		p = first;
		first = p->link.next ? list_entry(p->link.next, struct page, link) : NULL;
		pages_free(p, 0);
	}
	while ((b = pages_alloc(7)))
		again++;
	CHECK_EQ(again, large);
}

/* The seed changes the order, not the amount; when all is freed, it merges again. */
static void test_shuffle(void *arg)
{
	unsigned long all = pages_free_count(), first[8], n = 0, different = 0;
	struct page *taken = NULL, *p, *block;

	(void)arg;
	for (unsigned i = 0; i < ARRAY_SIZE(first); i++) {
		page_shuffle(i);
		CHECK_EQ(pages_free_count(), all);
		/* Smaller blocks are used first, whatever the seed. */
		p = pages_alloc(5);
		first[i] = page_to_pfn(p).v;
		different += i && first[i] != first[i - 1];
		pages_free(p, 5);
	}
	CHECK(different > 3);
	for (; (p = real_page_alloc()); n++) {
		p->link.next = taken ? &taken->link : NULL;
		taken = p;
	}
	CHECK_EQ(n + pages_free_count(), all);
	CHECK(pages_free_count() <= FAKE_HIGH_PAGES);
	while ((p = taken)) {
		taken = p->link.next ? list_entry(p->link.next, struct page, link) : NULL;
		p->refs = 0;
		real_page_free(p);
	}
	CHECK_EQ(pages_free_count(), all);
	block = pages_alloc(9);
	CHECK(block);
	pages_free(block, 9);
}

static void test_single_pages(void *arg)
{
	unsigned long all = pages_free_count();
	struct page *p = real_page_alloc();

	(void)arg;
	CHECK_EQ(p->refs, 1);
	memset(page_to_virt(p), 0xff, PAGE_SIZE);
	page_get(p);
	p->refs--;
	real_page_free(p);
	/* Last in, first out; zeroed when asked for. */
	CHECK(real_page_alloc_zeroed() == p);
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		CHECK_EQ(((u8 *)page_to_virt(p))[i], 0);
	page_get(p);
	page_put(p);
	CHECK_EQ(pages_free_count(), all - 1);
	page_put(p);
	CHECK_EQ(pages_free_count(), all);
}

/* -- kmalloc ------------------------------------------------------------------------------- */

#define MAX_OBJECTS 1500

static struct object {
	u8 *p;
	size_t n;
	u8 stamp;
} objects[MAX_OBJECTS];
static unsigned nr_objects;

static void object_free(unsigned i)
{
	struct object o = objects[i];

	objects[i] = objects[--nr_objects];
	for (size_t n = 0; n < o.n; n++)
		CHECK_EQ(o.p[n], o.stamp);
	kfree(o.p);
}

static void random_objects(void *arg)
{
	struct stock before = world_stock();
	static const size_t usual[] = {0,   1,	 31,  32,   33,	  64,
				       100, 129, 512, 1000, 2047, KMALLOC_MAX};

	random_state = (u64)(unsigned long)arg;
	for (int step = 0; step < 15000; step++) {
		bool more = random_below(100) < ((step / 2500) % 2 ? 30 : 70);

		if (!more && nr_objects) {
			object_free((unsigned)random_below(nr_objects));
		} else if (more && nr_objects < MAX_OBJECTS) {
			struct object *o = &objects[nr_objects];

			o->n = random_below(2) ? usual[random_below(ARRAY_SIZE(usual))]
					       : random_below(KMALLOC_MAX + 1);
			o->p = random_below(2) ? kmalloc(o->n) : kzalloc(o->n);
			if (!o->p)
				continue;
			CHECK(!((unsigned long)o->p & 31));
			/* Inside one page. */
			CHECK(((unsigned long)o->p & ~PAGE_MASK) + o->n <= PAGE_SIZE);
			o->stamp = (u8)random_below(256);
			memset(o->p, o->stamp, o->n);
			nr_objects++;
		}
	}
	CHECK(pages_free_count() < before.free_pages);
	while (nr_objects)
		object_free((unsigned)random_below(nr_objects));
	world_check_stock(before);
	world_audit();
}

static void test_random_objects(void **state)
{
	(void)state;
	for (unsigned long seed = 1; seed <= 3; seed++)
		world_expect_ok(random_objects, (void *)seed);
}

/* All pieces of a page are different, and their number is the capacity of the page. */
static void test_slab(void *arg)
{
	struct stock before = world_stock();
	void *pieces[128];

	(void)arg;
	for (size_t size = 32; size <= KMALLOC_MAX; size *= 2) {
		size_t n = PAGE_SIZE / size;

		for (size_t i = 0; i < n; i++)
			pieces[i] = kmalloc(size);
		CHECK_EQ(pages_free_count(), before.free_pages - 1);
		for (size_t i = 0; i < n; i++) {
			CHECK(virt_to_page(pieces[i]) == virt_to_page(pieces[0]));
			for (size_t j = 0; j < i; j++)
				CHECK(pieces[i] != pieces[j]);
		}
		/* A full page is not used; after one piece is freed, it is. */
		CHECK(virt_to_page(kmalloc(size)) != virt_to_page(pieces[0]));
		kfree(pieces[1]);
		CHECK(kmalloc(size) == pieces[1]);
		before.free_pages = pages_free_count();
	}
	kfree(NULL);
}

static void too_large(void *arg)
{
	(void)arg;
	kmalloc(KMALLOC_MAX + 1);
}

static void not_ours(void *arg)
{
	void kfree_real(void *p) __asm__("real_kfree");

	(void)arg;
	kfree_real(page_to_virt(page_alloc()));
}

static void still_a_slab(void *arg)
{
	(void)arg;
	page_put(virt_to_page(kmalloc(5)));
}

static void release_twice(void *arg)
{
	(void)arg;
	pages_release(PFN(1), PFN(2));
}

static void test_misuse(void **state)
{
	(void)state;
	world_expect(END_PANIC, "BUG_ON(n > KMALLOC_MAX)", too_large, NULL);
	world_expect(END_PANIC, "BUG_ON(!(p->flags & PAGE_SLAB))", not_ours, NULL);
	world_expect(END_PANIC, "BUG_ON(p->flags)", still_a_slab, NULL);
	world_expect(END_PANIC, "BUG_ON(p->flags != PAGE_RESERVED)", release_twice, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_shuffle),      WORLD_TEST(test_single_pages),
		WORLD_TEST(test_coalescing),   cmocka_unit_test(test_random_pages),
		WORLD_TEST(test_slab),	       cmocka_unit_test(test_random_objects),
		cmocka_unit_test(test_misuse),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
