// SPDX-License-Identifier: MIT
/*
 * The tree of used ranges against a model that is an array of bytes. It must find the
 * lowest hole each time, refuse only if there is none, and keep its invariants. It must
 * also be shallow, or 15,000 areas are slow.
 */
#include "guest_world.h"

#include "mm/vmap_tree.h"

#define SPAN   400u
#define BASE   1000u
#define RANGES 120u

static u64 state = 1;

static unsigned below(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((state >> 33) % n);
}

static unsigned long max3(unsigned long a, unsigned long b, unsigned long c)
{
	return a > b ? (a > c ? a : c) : (b > c ? b : c);
}

/* Checks order, heap, holes and sums below n; returns the depth. */
static unsigned check_node(const struct vmap_node *n, const struct vmap_node *parent,
			   unsigned long *last_end)
{
	unsigned l, r;

	if (!n)
		return 0;
	CHECK(n->parent == parent);
	CHECK(!parent || parent->priority >= n->priority);
	l = check_node(n->left, n, last_end);
	CHECK_EQ(n->start - n->hole, *last_end);
	CHECK(n->end >= n->start);
	*last_end = n->end;
	r = check_node(n->right, n, last_end);
	CHECK_EQ(n->max_hole,
		 max3(n->hole, n->left ? n->left->max_hole : 0, n->right ? n->right->max_hole : 0));
	return 1 + (l > r ? l : r);
}

static unsigned check_tree(const struct vmap_tree *t, unsigned long start, unsigned long end)
{
	unsigned long last = start;
	unsigned depth = check_node(t->root, NULL, &last);

	CHECK_EQ(last, end);
	return depth;
}

/* Lowest run of `size` free bytes, or SPAN. */
static unsigned naive_fit(const u8 *taken, unsigned size)
{
	for (unsigned at = 0; at + size <= SPAN; at++) {
		unsigned n = 0;

		while (n < size && !taken[at + n])
			n++;
		if (n == size)
			return at;
	}
	return SPAN;
}

static void life(struct vmap_tree *t)
{
	static struct vmap_node nodes[RANGES];
	static u8 taken[SPAN];
	bool used[RANGES] = {0};
	unsigned refused = 0;

	memset(taken, 0, sizeof(taken));
	vmap_init(t, BASE, BASE + SPAN);
	for (int step = 0; step < 4000; step++) {
		unsigned i = below(RANGES);
		struct vmap_node *n = &nodes[i];

		/* Alternately fuller and emptier. */
		if (used[i] && (step / 500 % 2 || below(3) == 0)) {
			CHECK(vmap_find(t, n->start) == n);
			memset(taken + n->start - BASE, 0, n->end - n->start);
			vmap_remove(t, n);
			used[i] = false;
			memset(n, 0xee, sizeof(*n));
		} else if (!used[i]) {
			unsigned size = 1 + below(below(4) ? 6 : 60), at = naive_fit(taken, size);

			used[i] = vmap_insert(t, n, size);
			CHECK_EQ(used[i], at < SPAN);
			if (!used[i]) {
				refused++;
				continue;
			}
			CHECK_EQ(n->start, BASE + at);
			CHECK_EQ(n->end, n->start + size);
			memset(taken + at, 1, size);
			taken[at] = 2;
		}
		check_tree(t, BASE, BASE + SPAN);
	}
	CHECK(refused > 10);
	for (unsigned at = 0; at < SPAN; at++)
		CHECK_EQ(vmap_find(t, BASE + at) != NULL, taken[at] == 2);
	for (unsigned i = 0; i < RANGES; i++)
		if (used[i])
			vmap_remove(t, &nodes[i]);
	CHECK(t->root == &t->top && !t->top.left && !t->top.right);
	CHECK_EQ(t->top.max_hole, SPAN);
}

static void test_random(void *arg)
{
	static struct vmap_tree t;

	(void)arg;
	for (state = 1; state < 40; state++) {
		u64 seed = state;

		life(&t);
		state = seed;
	}
}

static void test_edges(void *arg)
{
	struct vmap_node a, b;
	struct vmap_tree t;

	(void)arg;
	vmap_init(&t, 0, 10);
	CHECK(!vmap_insert(&t, &a, 11));
	CHECK(vmap_insert(&t, &a, 10));
	CHECK(!vmap_insert(&t, &b, 1));
	/* The end of the span is no range, though a node represents it. */
	CHECK(!vmap_find(&t, 10) && !vmap_find(&t, 5) && vmap_find(&t, 0) == &a);
	vmap_remove(&t, &a);
	CHECK(!vmap_find(&t, 0));
	CHECK(vmap_insert(&t, &a, 4) && vmap_insert(&t, &b, 6));
	CHECK_EQ(b.start, 4);
	vmap_remove(&t, &a);
	vmap_remove(&t, &b);
	CHECK(vmap_insert(&t, &a, 10));
}

#define MANY 15000u

/* Ranges in order of address, as an area fills up: the worst case of a tree without balance. */
static void test_depth(void *arg)
{
	static struct vmap_node nodes[MANY], extra;
	static struct vmap_tree t;
	unsigned depth;

	(void)arg;
	vmap_init(&t, 0, 4 * MANY);
	for (unsigned i = 0; i < MANY; i++)
		CHECK(vmap_insert(&t, &nodes[i], 2));
	depth = check_tree(&t, 0, 4 * MANY);
	if (depth > 50)
		world_failed(__FILE__, __LINE__, "the tree is %u levels deep", depth);
	/* Every second range is freed: the holes have room for ranges of the old size only. */
	for (unsigned i = 0; i < MANY; i += 2)
		vmap_remove(&t, &nodes[i]);
	CHECK(vmap_insert(&t, &extra, 3));
	CHECK_EQ(extra.start, 2 * MANY);
	vmap_remove(&t, &extra);
	CHECK(vmap_insert(&t, &extra, 2));
	CHECK_EQ(extra.start, 0);
	CHECK(check_tree(&t, 0, 4 * MANY) <= 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_random),
		WORLD_TEST(test_edges),
		WORLD_TEST(test_depth),
	};

	return WORLD_RUN(tests);
}
