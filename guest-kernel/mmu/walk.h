/* SPDX-License-Identifier: MIT */
/*
 * The page-table walker: the only code that walks a tree. It is a loop over levels, not a
 * function for each level, so it works for any depth.
 *
 * It visits the tables that map [start, end), from the root down to level `lowest`. It
 * calls `enter` on the way down and `leave` on the way up, each with the part of the table
 * that lies in the range. The walker reads entries after `enter`, so `enter` may fill them
 * in. All tables below a table have been left before the table itself, so `leave` may free
 * them. The walker is inlined, so callbacks are direct code.
 */
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include "mmu/ptemap.h"

struct pt_visit {
	int level;
	struct page *page;   /* of the table */
	pte_t *table;	     /* entry 0 of the table; a pte page is mapped during the visit */
	unsigned first, end; /* entries in range: first .. end - 1 */
	unsigned long va;    /* address that entry `first` maps */
	pte_t *parent;	     /* the entry that points to this table; NULL at the root */
};

/*
 * The first used entry from i on, or `end`. Most entries of most tables are empty, and
 * every walk has to skip them: eight at a time.
 */
static __always_inline unsigned pt_next_used(const pte_t *table, unsigned i, unsigned end)
{
	while (i < end && !table[i].v) {
		const pte_t *t = &table[++i];

		while (!(i % 8) && i + 8 <= end &&
		       !(t[0].v | t[1].v | t[2].v | t[3].v | t[4].v | t[5].v | t[6].v | t[7].v)) {
			i += 8;
			t += 8;
		}
	}
	return i;
}

/*
 * Each used entry of first .. end - 1; the caller declares `i` as unsigned. For complete
 * tables, which are mostly empty; an area's entries are mostly used.
 */
#define for_each_used(i, table, first, end)                                                        \
	for (i = pt_next_used(table, first, end); i < (end); i = pt_next_used(table, i + 1, end))

typedef void (*pt_visitor)(const struct pt_visit *v, void *arg);

static __always_inline void pt_visit_range(struct pt_visit *v, unsigned long start,
					   unsigned long end)
{
	/* end - 1: the range may reach to the end of the address space. */
	v->first = pt_index(start, v->level);
	v->end = pt_index(end - 1, v->level) + 1;
	v->va = ALIGN_DOWN(start, PT_SPAN(v->level));
}

/* map: pte pages are mapped, if the walk reaches them. */
static __always_inline void pt_walk_either(pte_t *root, unsigned long start, unsigned long end,
					   int lowest, bool map, pt_visitor enter, pt_visitor leave,
					   void *arg)
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
		unsigned i = v->level == lowest ? v->end
						: pt_next_used(v->table, next[v->level], v->end);
		pte_t *e;

		if (i == v->end) {
			if (leave)
				leave(v, arg);
			if (map && v->level == 1)
				pte_page_unmap(v->table);
			if (v->level == PT_LEVELS)
				return;
			v++;
			continue;
		}
		next[v->level] = i + 1;
		e = &v->table[i];
		if (!pte_present(*e) || pte_large(*e, v->level))
			continue;

		child_va = v->va + (unsigned long)(i - v->first) * PT_SPAN(v->level);
		child_last = child_va + PT_SPAN(v->level) - 1;
		v--;
		v->level = v[1].level - 1;
		v->page = pte_page(*e);
		if (v->level > 1)
			v->table = page_to_virt(v->page);
		else
			v->table = map ? pte_page_map(v->page) : NULL;
		v->parent = e;
		pt_visit_range(v, max_ul(child_va, start), min_ul(child_last, end - 1) + 1);
		if (enter)
			enter(v, arg);
		next[v->level] = v->first;
	}
}

static __always_inline void pt_walk(pte_t *root, unsigned long start, unsigned long end, int lowest,
				    pt_visitor enter, pt_visitor leave, void *arg)
{
	pt_walk_either(root, start, end, lowest, true, enter, leave, arg);
}

/*
 * For callers that need no entries of level 1: visits all tables; `table` is NULL for a
 * pte page.
 */
static __always_inline void pt_walk_tables(pte_t *root, unsigned long start, unsigned long end,
					   pt_visitor enter, pt_visitor leave, void *arg)
{
	pt_walk_either(root, start, end, 1, false, enter, leave, arg);
}

#endif
