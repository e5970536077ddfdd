/* SPDX-License-Identifier: MIT */
/*
 * Ranges of a span of addresses that are taken, and the lowest hole that is large
 * enough. Nothing in it allocates, and no lock is in it: both are the caller's.
 */
#ifndef MM_VMAP_TREE_H
#define MM_VMAP_TREE_H

#include "lib/types.h"

/* A range; embedded in what it is the range of. All but start and end are vmap_tree.c's. */
struct vmap_node {
	unsigned long start, end; /* taken: [start, end) */
	unsigned long hole;	  /* free bytes right below start */
	unsigned long max_hole;	  /* the largest `hole` in this subtree */
	struct vmap_node *parent, *left, *right;
	u32 priority; /* no child has a greater one */
};

struct vmap_tree {
	struct vmap_node *root;
	struct vmap_node top; /* empty range at the end of the span: the last hole is its own */
	u32 random;
};

/* An empty span [start, end). */
void vmap_init(struct vmap_tree *t, unsigned long start, unsigned long end);
/* Takes the lowest free `size` > 0 bytes: fills in start and end. False: no hole is that large. */
bool vmap_insert(struct vmap_tree *t, struct vmap_node *n, unsigned long size);
/* The range that begins at start, or NULL. */
struct vmap_node *vmap_find(const struct vmap_tree *t, unsigned long start);
/* Makes the range free again. */
void vmap_remove(struct vmap_tree *t, struct vmap_node *n);

#endif
