// SPDX-License-Identifier: MIT
/*
 * Used ranges in a treap: a search tree by address that is also a heap by random
 * priorities. The priorities keep it about as deep as a balanced tree, without any data
 * about balance. Each node knows the hole below its range and the largest hole in its
 * subtree, so the search for the lowest hole that fits follows one path from the root.
 *
 * Finding, taking and freeing a range take O(log n) steps: about twenty with 15,000
 * ranges, wherever they lie.
 */
#include "mm/vmap_tree.h"

#include "lib/bug.h"

static unsigned long max_hole(const struct vmap_node *n)
{
	return n ? n->max_hole : 0;
}

static void update(struct vmap_node *n)
{
	unsigned long below = max_ul(max_hole(n->left), max_hole(n->right));

	n->max_hole = max_ul(n->hole, below);
}

static void update_upwards(struct vmap_node *n)
{
	for (; n; n = n->parent)
		update(n);
}

/* The pointer in the tree that points to n. */
static struct vmap_node **link_to(struct vmap_tree *t, const struct vmap_node *n)
{
	if (!n->parent)
		return &t->root;
	return n->parent->left == n ? &n->parent->left : &n->parent->right;
}

/* n takes its parent's place, and the parent becomes its child. */
static void rotate_up(struct vmap_tree *t, struct vmap_node *n)
{
	struct vmap_node *p = n->parent, **inner = p->left == n ? &n->right : &n->left;

	*link_to(t, p) = n;
	*(p->left == n ? &p->left : &p->right) = *inner;
	if (*inner)
		(*inner)->parent = p;
	*inner = p;
	n->parent = p->parent;
	p->parent = n;
	update(p);
	update(n);
}

void vmap_init(struct vmap_tree *t, unsigned long start, unsigned long end)
{
	*t = (struct vmap_tree){.root = &t->top, .random = 1};
	t->top.start = t->top.end = end;
	t->top.hole = end - start;
	update(&t->top);
}

/* The lowest range with `size` free bytes below it, which must exist. */
static struct vmap_node *lowest_fit(struct vmap_node *n, unsigned long size)
{
	for (;;) {
		if (max_hole(n->left) >= size)
			n = n->left;
		else if (n->hole >= size)
			return n;
		else
			n = n->right;
	}
}

bool vmap_insert(struct vmap_tree *t, struct vmap_node *n, unsigned long size)
{
	struct vmap_node *above;

	if (t->root->max_hole < size)
		return false;
	above = lowest_fit(t->root, size);
	/* Marsaglia's xorshift; any sequence without a pattern would do. */
	t->random ^= t->random << 13;
	t->random ^= t->random >> 17;
	t->random ^= t->random << 5;
	*n = (struct vmap_node){.start = above->start - above->hole, .priority = t->random};
	n->end = n->start + size;
	above->hole -= size;

	/* Directly before `above`: as its left child, or at the right end of its left subtree. */
	n->parent = above;
	if (!above->left) {
		above->left = n;
	} else {
		for (n->parent = above->left; n->parent->right;)
			n->parent = n->parent->right;
		n->parent->right = n;
	}
	update_upwards(n);
	while (n->parent && n->priority > n->parent->priority)
		rotate_up(t, n);
	return true;
}

struct vmap_node *vmap_find(const struct vmap_tree *t, unsigned long start)
{
	struct vmap_node *n = t->root;

	while (n && n->start != start)
		n = start < n->start ? n->left : n->right;
	return n == &t->top ? NULL : n;
}

/* There always is one: `top` is never removed. */
static struct vmap_node *next(struct vmap_node *n)
{
	if (n->right) {
		for (n = n->right; n->left;)
			n = n->left;
		return n;
	}
	while (n->parent->right == n)
		n = n->parent;
	return n->parent;
}

void vmap_remove(struct vmap_tree *t, struct vmap_node *n)
{
	struct vmap_node *above, *child;

	BUG_ON(n == &t->top);
	above = next(n);
	above->hole += n->hole + (n->end - n->start);
	/* Move it down until it has at most one child, which takes its place. */
	while (n->left && n->right)
		rotate_up(t, n->left->priority > n->right->priority ? n->left : n->right);
	child = n->left ? n->left : n->right;
	*link_to(t, n) = child;
	if (child)
		child->parent = n->parent;
	update_upwards(n->parent);
	update_upwards(above);
}
