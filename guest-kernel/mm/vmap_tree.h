/* SPDX-License-Identifier: MIT */
/*
 * The used ranges of a span of addresses; finds the lowest hole that is large enough. This
 * code does not allocate and does not lock; both are the caller's responsibility.
 */
#ifndef MM_VMAP_TREE_H
#define MM_VMAP_TREE_H

#include "lib/types.h"

/* A range, embedded in the object that owns it. Only vmap_tree.c uses the members after end. */
struct vmap_node {
	unsigned long start, end; /* taken: [start, end) */
	unsigned long hole;	  /* free bytes right below start */
	unsigned long max_hole;	  /* the largest `hole` in this subtree */
	struct vmap_node *parent, *left, *right;
	u32 priority; /* no child has a higher one */
};

struct vmap_tree {
	struct vmap_node *root;
	struct vmap_node top; /* empty range at the end of the span; its hole is the last one */
	u32 random;
};

/* An empty span [start, end). */
void vmap_init(struct vmap_tree *t, unsigned long start, unsigned long end);
/* Takes the lowest free `size` > 0 bytes: sets start and end. False: no hole is large enough. */
bool vmap_insert(struct vmap_tree *t, struct vmap_node *n, unsigned long size);
/* The range that begins at start, or NULL. */
struct vmap_node *vmap_find(const struct vmap_tree *t, unsigned long start);
/* Frees the range. */
void vmap_remove(struct vmap_tree *t, struct vmap_node *n);

#endif
