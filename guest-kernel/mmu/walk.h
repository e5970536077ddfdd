/* SPDX-License-Identifier: MIT */
/*
 * The page-table walker: the only code that goes through a tree. A loop over
 * levels, not a function per level, so that it serves any depth.
 *
 * It visits the tables that map [start, end), from the root down to `lowest`,
 * and calls `enter` on the way down and `leave` on the way up, each with the
 * part of the table that lies in the range. Entries are looked at after `enter`,
 * so enter may fill them in, and a table's children have all been left when it
 * is left, so leave may free them. Inlined, callbacks are direct code.
 */
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include "mmu/frame.h"

struct pt_visit {
	int level;
	struct page *page;   /* the table's */
	pte_t *table;	     /* entry 0 of the table */
	unsigned first, end; /* entries in range: first .. end - 1 */
	unsigned long va;    /* what entry `first` maps starts here */
	pte_t *parent;	     /* the entry that points to this table; NULL at the root */
};

typedef void (*pt_visitor)(const struct pt_visit *v, void *arg);

static __always_inline void pt_visit_range(struct pt_visit *v, unsigned long start,
					   unsigned long end)
{
	/* end - 1: the range may reach to the end of the address space. */
	v->first = pt_index(start, v->level);
	v->end = pt_index(end - 1, v->level) + 1;
	v->va = ALIGN_DOWN(start, PT_SPAN(v->level));
}

static __always_inline void pt_walk(pte_t *root, unsigned long start, unsigned long end, int lowest,
				    pt_visitor enter, pt_visitor leave, void *arg)
{
	struct pt_visit at[PT_LEVELS + 1], *v = &at[PT_LEVELS];
	unsigned next[PT_LEVELS + 1];

	v->level = PT_LEVELS;
	v->page = virt_to_page(root);
	v->table = root;
	v->parent = NULL;
	pt_visit_range(v, start, end);
	if (enter)
		enter(v, arg);
	next[PT_LEVELS] = v->first;

	for (;;) {
		unsigned long child_va, child_last;
		unsigned i = next[v->level];
		const unsigned stop = v->level == lowest ? i : v->end;
		pte_t *const table = v->table, *e;

		/* Most entries of most tables are empty: this is the loop that costs. */
		while (i < stop && !pte_present(table[i]))
			i++;
		if (i == stop) {
			if (leave)
				leave(v, arg);
			if (v->level == PT_LEVELS)
				return;
			v++;
			continue;
		}
		next[v->level] = i + 1;
		e = &table[i];

		child_va = v->va + (unsigned long)(i - v->first) * PT_SPAN(v->level);
		child_last = child_va + PT_SPAN(v->level) - 1;
		v--;
		v->level = v[1].level - 1;
		v->page = pte_page(*e);
		v->table = page_to_virt(v->page);
		v->parent = e;
		pt_visit_range(v, max_ul(child_va, start), min_ul(child_last, end - 1) + 1);
		if (enter)
			enter(v, arg);
		next[v->level] = v->first;
	}
}

#endif
