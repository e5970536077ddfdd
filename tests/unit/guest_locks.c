// SPDX-License-Identifier: MIT
/*
 * Observes hypercalls when they are executed, and requires that the lock which
 * mmu/ptlock.h demands is held then, not only when they were queued: the lock of an entry
 * while it is written, and the lock of a pte page while it becomes read-only or writable,
 * or a table for Xen or no table any more. A page that is in no tree cannot be reached by
 * another CPU and needs no lock.
 *
 * A page does not record its owner, so its tree is searched for, and remembered as a
 * guess.
 */
#include "guest_world.h"

#include "mmu/ptlock.h"

struct guess {
	struct pgtable *pt;
	unsigned long va; /* an address that is mapped through the page */
};

static struct guess *guesses; /* by pfn */

/* Whether the walk to va passes through p. */
static bool leads_through(const struct pgtable *pt, unsigned long va, const struct page *p)
{
	const pte_t *table = pt->root;

	for (int level = PT_LEVELS; level > p->level; level--) {
		pte_t e = table[pt_index(va, level)];

		if (!pte_present(e))
			return false;
		table = pte_table(e);
	}
	return virt_to_page(table) == p || pt->user_root == page_to_virt(p);
}

static bool search(struct guess *g, const struct page *p, const pte_t *table, int level,
		   unsigned long va)
{
	unsigned end = level == PT_LEVELS ? ROOT_USER_ENTRIES : PT_ENTRIES;

	if (virt_to_page(table) == p) {
		g->va = va;
		return true;
	}
	if (level == p->level)
		return false;
	for (unsigned i = 0; i < end; i++)
		if (pte_present(table[i]) &&
		    search(g, p, pte_table(table[i]), level - 1, va + i * PT_SPAN(level)))
			return true;
	return false;
}

/* The process' tree that contains the table, or NULL. */
static struct pgtable *owner(struct page *p)
{
	struct guess *g = &guesses[page_to_pfn(p).v];
	struct list_head *at;
	struct pgtable *pt;

	/* Tables that Xen made, and those of the kernel's part. */
	if (!(p->flags & PAGE_TABLE) || (p->flags & PAGE_RESERVED))
		return NULL;
	for_each_pgtable (pt)
		if (pt == g->pt && leads_through(pt, g->va, p))
			return pt;
	/* The newest first, which is probably being built. */
	for (at = pgtables.prev; at != &pgtables; at = at->prev) {
		pt = list_entry(at, struct pgtable, link);
		*g = (struct guess){pt, 0};
		if (pt->user_root == page_to_virt(p) || search(g, p, pt->root, PT_LEVELS, 0))
			return pt;
	}
	return NULL;
}

static void want_lock(struct page *p, const char *what)
{
	struct pgtable *pt = owner(p);
	const spinlock_t *lock;

	if (!pt)
		return;
	lock = p->level == 1 ? pte_lockptr(pt, p) : &pt->lock;
	if (!lock->held)
		world_failed(__FILE__, __LINE__, "no lock is held while a %s of level %u is %s",
			     p->level == PT_LEVELS ? "root" : "table", p->level, what);
}

/* The same page, but no longer writable. */
static bool takes_access(pte_t old, pte_t new)
{
	return pte_present(old) && pte_mfn(old).v == pte_mfn(new).v &&
	       ((old.v & ~new.v) & PTE_WRITE);
}

static void watch(enum fake_event what, mfn_t mfn, unsigned index, pte_t e)
{
	struct page *p, *target;

	if (!fake_mfn_ok(mfn))
		return;
	p = pfn_to_page(mfn_to_pfn(mfn));
	if (what != FAKE_ENTRY) {
		/* With locks in the pte pages, no other CPU writes to a root. */
		if (p->level == 1 || policy.ptl == PTL_mm)
			want_lock(p, what == FAKE_PIN ? "pinned" : "unpinned");
		return;
	}
	if (p->level < PT_LEVELS || index < ROOT_USER_ENTRIES)
		want_lock(p, "written to");
	/* Whether it is an entry of the direct map or of a slot. */
	if (p->level != 1 || !pte_present(e) || !fake_mfn_ok(pte_mfn(e)) || owner(p))
		return;
	target = pte_page(e);
	/*
	 * A new mapping of a high page in a slot needs no lock; making an old one read-only does.
	 */
	if (page_is_high(target) && !takes_access(fake_read(mfn, index), e))
		return;
	if (target->level == 1 || policy.ptl == PTL_mm)
		want_lock(target, e.v & PTE_WRITE ? "made writable" : "made read-only");
}

void world_watch_locks(void)
{
	guesses = calloc(boot_info.nr_pages, sizeof(*guesses));
	fake_watch = watch;
}
