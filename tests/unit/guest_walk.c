// SPDX-License-Identifier: MIT
/*
 * The page-table walker against a plain recursion, on random trees and ranges, including
 * those at both ends of the address space. Both record what they see, and the records must
 * be equal, in the same order.
 */
#include "guest_world.h"

#include "mmu/walk.h"

static u64 random_state;

static u64 random_bits(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return random_state >> 33;
}

static unsigned long random_below(unsigned long n)
{
	return random_bits() % n;
}

struct event {
	bool leave;
	struct pt_visit v;
};

static struct event *seen, *expected;
static size_t nr_seen, nr_expected;
#define MAX_EVENTS 20000

static void note(struct event *list, size_t *n, bool leave, const struct pt_visit *v)
{
	CHECK(*n < MAX_EVENTS);
	list[(*n)++] = (struct event){leave, *v};
}

static __always_inline void on_enter(const struct pt_visit *v, void *arg)
{
	(void)arg;
	note(seen, &nr_seen, false, v);
}

static __always_inline void on_leave(const struct pt_visit *v, void *arg)
{
	(void)arg;
	note(seen, &nr_seen, true, v);
}

/* Both ends inclusive, so that the last byte of the address space is no special case. */
static void recurse(pte_t *table, int level, unsigned long base, pte_t *parent, unsigned long first,
		    unsigned long last, int lowest)
{
	struct pt_visit v = {.level = level, .table = table, .parent = parent};
	bool any = false;

	for (unsigned i = 0; i < PT_ENTRIES; i++) {
		unsigned long from = base + i * PT_SPAN(level), to = from + PT_SPAN(level) - 1;

		if (to < first || from > last)
			continue;
		if (!any) {
			v.first = i;
			v.va = from;
		}
		any = true;
		v.end = i + 1;
	}
	CHECK(any);
	note(expected, &nr_expected, false, &v);
	for (unsigned i = v.first; level > lowest && i < v.end; i++)
		if (pte_present(table[i]))
			recurse(pte_table(table[i]), level - 1, base + i * PT_SPAN(level),
				&table[i], first, last, lowest);
	note(expected, &nr_expected, true, &v);
}

static pte_t *random_tree(int level, unsigned children)
{
	pte_t *table = page_to_virt(page_alloc_zeroed());

	for (unsigned n = 0; n < children; n++) {
		unsigned i = (unsigned)random_below(PT_ENTRIES);

		/* Walkers often fail at the ends of tables. */
		if (!random_below(4))
			i = random_below(2) ? 0 : PT_ENTRIES - 1;
		if (table[i].v)
			continue;
		if (level == 1)
			table[i].v = random_bits();
		else if (random_below(8))
			table[i] =
				pte_make(virt_to_pfn(random_tree(level - 1, children)), PTE_TABLE);
		else
			table[i].v = 2; /* not present: no table below it */
	}
	return table;
}

/* An address that is often near the border of a table. */
static unsigned long random_va(void)
{
	unsigned long va = (random_bits() << 31 ^ random_bits()) & ((1UL << 48) - 1);

	switch (random_below(5)) {
	case 0: va = ALIGN_DOWN(va, PT_SPAN((int)random_below(4) + 1)); break;
	case 1: va = ALIGN_DOWN(va, PT_SPAN((int)random_below(4) + 1)) - PAGE_SIZE; break;
	case 2: va &= (1UL << 30) - 1; break;
	}
	return va & ((1UL << 48) - 1) & PAGE_MASK;
}

static void compare(pte_t *root, unsigned long base, unsigned long start, unsigned long end,
		    int lowest)
{
	nr_seen = nr_expected = 0;
	pt_walk(root, start, end, lowest, on_enter, on_leave, NULL);
	recurse(root, PT_LEVELS, base, NULL, start, end - 1, lowest);
	CHECK_EQ(nr_seen, nr_expected);
	for (size_t i = 0; i < nr_seen; i++) {
		const struct pt_visit *a = &seen[i].v, *b = &expected[i].v;

		CHECK_EQ(seen[i].leave, expected[i].leave);
		CHECK_EQ(a->level, b->level);
		CHECK_EQ(a->table, b->table);
		CHECK_EQ(a->first, b->first);
		CHECK_EQ(a->end, b->end);
		CHECK_EQ(a->va, b->va);
		CHECK_EQ(a->parent, b->parent);
	}
}

static void random_trees(void *arg)
{
	unsigned long high = 0xffffUL << 48;
	size_t most = 0;

	random_state = (u64)(unsigned long)arg;
	seen = malloc(MAX_EVENTS * sizeof(*seen));
	expected = malloc(MAX_EVENTS * sizeof(*expected));
	for (int tree = 0; tree < 6; tree++) {
		pte_t *root = random_tree(PT_LEVELS, 1 + (unsigned)tree);

		for (int range = 0; range < 60; range++) {
			unsigned long start = random_va(), end = random_va();
			int lowest = 1 + (int)random_below(PT_LEVELS);

			if (start > end) {
				unsigned long t = start;

				start = end;
				end = t;
			}
			if (!random_below(4))
				end = start;
			if (!random_below(8))
				start = 0;
			end += PAGE_SIZE;
			compare(root, 0, start, end, lowest);
			/* The kernel's half: signed addresses, up to the very last. */
			compare(root, high, high | start, random_below(2) ? high + end : 0, lowest);
			most = max_ul(most, nr_seen);
		}
	}
	CHECK(most > 50);
}

static void test_random_trees(void **state)
{
	(void)state;
	for (unsigned long seed = 1; seed <= 4; seed++)
		world_expect_ok(random_trees, (void *)seed);
}

/* `enter` may fill a table in, and `leave` may free the tables below it. */
static __always_inline void fill(const struct pt_visit *v, void *arg)
{
	unsigned *n = arg;

	if (v->level == 1 || v->table[v->first].v)
		return;
	v->table[v->first] = pte_make(page_to_pfn(page_alloc_zeroed()), PTE_TABLE);
	++*n;
}

static __always_inline void empty(const struct pt_visit *v, void *arg)
{
	(void)arg;
	page_put(virt_to_page(v->table));
}

static void test_growing(void *arg)
{
	struct stock before = world_stock();
	pte_t *root = page_to_virt(page_alloc_zeroed());
	unsigned n = 0;

	(void)arg;
	pt_walk(root, 0x400000, 0x401000, 1, fill, NULL, &n);
	CHECK_EQ(n, PT_LEVELS - 1);
	CHECK_EQ(pages_free_count(), before.free_pages - PT_LEVELS);
	pt_walk(root, 0, USER_TOP, 1, NULL, empty, NULL);
	world_check_stock(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_trees),
		WORLD_TEST(test_growing),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
