// SPDX-License-Identifier: MIT
/*
 * Compares the guest's records with the fake hypervisor's. A plain recursion walks the
 * trees here, not the walker under test.
 */
#include "guest_world.h"

#include "mmu/audit.h"

#define MAX_SPACES 1100

static struct mm *spaces[MAX_SPACES];

/* The linker puts these between the guest and its own (--wrap). */
struct mm *__real_mm_alloc(void);
void __real_mm_put(struct mm *mm);
struct mm *__wrap_mm_alloc(void);
struct mm *__real_mm_alloc_child(struct mm *parent);
struct mm *__wrap_mm_alloc_child(struct mm *parent);
void __wrap_mm_put(struct mm *mm);

static struct mm *remember(struct mm *mm)
{
	for (unsigned i = 0; mm; i++) {
		CHECK(i < MAX_SPACES);
		if (!spaces[i]) {
			spaces[i] = mm;
			break;
		}
	}
	return mm;
}

struct mm *__wrap_mm_alloc(void)
{
	return remember(__real_mm_alloc());
}

struct mm *__wrap_mm_alloc_child(struct mm *parent)
{
	return remember(__real_mm_alloc_child(parent));
}

void __wrap_mm_put(struct mm *mm)
{
	for (unsigned i = 0; i < MAX_SPACES && mm->refs == 1; i++)
		if (spaces[i] == mm)
			spaces[i] = NULL;
	__real_mm_put(mm);
}

struct expectation {
	bool published, pinned, typed;
	u8 *seen; /* by pfn */
	unsigned long tables;
};

/* The guest may map a pte page in any slot; this reads the table's contents directly. */
static const pte_t *contents(pte_t e)
{
	return fake_memory(mfn_to_pfn(pte_mfn(e)));
}

static void audit_page(struct expectation *x, pfn_t pfn, int level)
{
	const struct page *p = pfn_to_page(pfn);
	const struct fake_frame *f = fake_frame(pfn);

	x->tables++;
	if (x->seen && x->seen[pfn.v]++)
		world_failed(__FILE__, __LINE__, "pfn %lx is in two trees", pfn.v);
	CHECK_EQ(p->refs, 1);
	CHECK_EQ(p->level, level);
	CHECK_EQ(p->flags,
		 PAGE_TABLE | (x->published ? PAGE_PROTECTED : 0) | (x->pinned ? PAGE_PINNED : 0));
	CHECK_EQ(fake_direct_writable(pfn), !x->published && !page_is_high(p));
	/* The roots are checked elsewhere. */
	if (level < PT_LEVELS)
		CHECK_EQ(f->pinned, x->pinned && level == 1 && policy.ptl == PTL_split &&
					    policy.pin == PIN_eager);
	if (x->typed) {
		CHECK(f->types && f->type == level);
	} else if (x->published) {
		CHECK_EQ(f->types, 0);
	} else if (page_is_high(p)) {
		CHECK(!f->types || f->type == TYPE_WRITABLE); /* mapped in slots */
	} else {
		CHECK(f->types == 1 && f->type == TYPE_WRITABLE);
	}
}

static void audit_tree(struct expectation *x, pfn_t pfn, int level)
{
	unsigned end = level == PT_LEVELS ? ROOT_USER_ENTRIES : PT_ENTRIES;
	const pte_t *table = fake_memory(pfn);

	audit_page(x, pfn, level);
	for (unsigned i = 0; level > 1 && i < end; i++)
		if (pte_present(table[i]))
			audit_tree(x, mfn_to_pfn(pte_mfn(table[i])), level - 1);
}

static void audit_leaves(const struct mm *mm, const pte_t *table, int level, unsigned long va)
{
	unsigned end = level == PT_LEVELS ? ROOT_USER_ENTRIES : PT_ENTRIES;

	for (unsigned i = 0; i < end; i++) {
		unsigned long at = va + i * PT_SPAN(level);
		pte_t e = table[i];
		struct vma *v;
		struct page *p;

		if (level > 1) {
			if (pte_present(e))
				audit_leaves(mm, contents(e), level - 1, at);
			continue;
		}
		if (!e.v)
			continue;
		v = vma_find((struct mm *)mm, at);
		if (!v)
			world_failed(__FILE__, __LINE__, "entry at %lx outside of all areas", at);
		CHECK_EQ(pte_hidden(e), !(v->flags & VMA_ACCESS));
		CHECK(!(e.v & PTE_WRITE) || (v->flags & VMA_WRITE));
		CHECK_EQ(!(e.v & PTE_NX), !!(v->flags & VMA_EXEC));
		p = pte_page(pte_hidden(e) ? pte_unhide(e) : e);
		CHECK(p->refs && !p->flags);
		/* A writable private page has one user. */
		if ((e.v & PTE_WRITE) && !(v->flags & VMA_SHARED))
			CHECK_EQ(p->refs, 1);
	}
}

unsigned long audit_tables(const struct mm *mm)
{
	bool loaded = this_cpu()->loaded == &mm->pt;
	struct expectation x = {
		.published = mm->pt.published,
		.pinned = mm->pt.pinned,
		.typed = mm->pt.pinned || loaded,
	};

	audit_tree(&x, virt_to_pfn(mm->pt.root), PT_LEVELS);
	audit_page(&x, virt_to_pfn(mm->pt.user_root), PT_LEVELS);
	return x.tables;
}

pte_t audit_leaf(const struct mm *mm, unsigned long va)
{
	const pte_t *table = mm->pt.root;

	for (int level = PT_LEVELS; level > 1; level--) {
		pte_t e = table[pt_index(va, level)];

		if (!pte_present(e))
			return (pte_t){0};
		table = contents(e);
	}
	return table[pt_index(va, 1)];
}

static void audit_space(const struct mm *mm, u8 *seen, unsigned long *protected)
{
	const struct pgtable *pt = &mm->pt;
	bool loaded = this_cpu()->loaded == pt;
	struct expectation x = {.published = pt->published,
				.pinned = pt->pinned,
				.typed = pt->pinned || loaded,
				.seen = seen};
	unsigned long at = MMAP_MIN;
	const struct vma *v;

	audit_tree(&x, virt_to_pfn(pt->root), PT_LEVELS);
	audit_page(&x, virt_to_pfn(pt->user_root), PT_LEVELS);
	if (pt->published)
		*protected += x.tables;

	CHECK_EQ(pt->pinned, pt->published && policy.pin == PIN_eager);
	CHECK_EQ(fake_frame(virt_to_pfn(pt->root))->pinned, pt->pinned);
	CHECK_EQ(fake_frame(virt_to_pfn(pt->user_root))->pinned, pt->pinned);
	CHECK_EQ(pt->cpus, loaded);
	CHECK(!pt->lock.held && !mm->lock.state);
	for (unsigned i = 0; i < ROOT_USER_ENTRIES; i++)
		CHECK_EQ(pt->root[i].v & ~PTE_ACCESSED, pt->user_root[i].v & ~PTE_ACCESSED);
	for (unsigned i = ROOT_KERNEL_FIRST; i < PT_ENTRIES; i++) {
		/* A private root may lack the entries that were added last. */
		if (pt->published || pt->root[i].v)
			CHECK_EQ(pt->root[i].v & PTE_ADDR_MASK,
				 kernel_pgtable.root[i].v & PTE_ADDR_MASK);
		CHECK_EQ(pt->user_root[i].v, 0);
	}

	audit_leaves(mm, pt->root, PT_LEVELS, 0);
	for_each_vma (v, mm) {
		CHECK(v->start >= at && v->end > v->start && v->end <= USER_TOP);
		CHECK(!((v->start | v->end) & ~PAGE_MASK));
		CHECK(!v->inode || v->inode->refs);
		at = v->end;
	}
}

/* Tables of the vmalloc area belong to kernel_pgtable, and each is in one place there. */
static unsigned long audit_vmalloc(u8 *seen)
{
	struct expectation x = {.published = true, .pinned = true, .typed = true, .seen = seen};

	for (unsigned i = pt_index(VMALLOC_BASE, PT_LEVELS);
	     i <= pt_index(VMALLOC_END - 1, PT_LEVELS); i++)
		if (pte_present(kernel_pgtable.root[i]))
			audit_tree(&x, mfn_to_pfn(pte_mfn(kernel_pgtable.root[i])), PT_LEVELS - 1);
	CHECK_EQ(x.tables, vmalloc_tables());
	return x.tables;
}

void world_audit(void)
{
	u8 *seen = calloc(boot_info.nr_pages, 1);
	unsigned long protected = 0, marked = 0, pinned = 1, live = 0;
	const struct audit_report *r;

	fake_audit();
	for (unsigned i = 0; i < MAX_SPACES; i++) {
		if (!spaces[i])
			continue;
		audit_space(spaces[i], seen, &protected);
		live++;
		pinned += spaces[i]->pt.pinned ? 2 : 0;
	}
	protected += audit_vmalloc(seen);
	CHECK_EQ(live, mm_live_count());
	CHECK_EQ(pinned - 1, pgtable_pinned_roots());

	/* No page is a table, or read-only, without being part of a tree. */
	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn++) {
		const struct page *p = pfn_to_page(PFN(pfn));
		bool table = p->flags & PAGE_TABLE;

		if (p->flags & PAGE_RESERVED) {
			CHECK_EQ(fake_direct_writable(PFN(pfn)), !table);
			CHECK_EQ(!!(p->flags & PAGE_PROTECTED), table);
			if (table)
				CHECK(fake_frame(PFN(pfn))->type == p->level);
		} else {
			CHECK_EQ(table, seen[pfn]);
			marked += !!(p->flags & PAGE_PROTECTED);
			CHECK_EQ(fake_direct_writable(PFN(pfn)),
				 !(p->flags & PAGE_PROTECTED) && !page_is_high(p));
		}
		if (fake_frame(PFN(pfn))->pinned && p->level == PT_LEVELS)
			pinned--;
	}
	CHECK_EQ(marked, protected);
	CHECK_EQ(pinned, 0);
	CHECK_EQ(this_cpu()->loaded->root ? pfn_to_mfn(virt_to_pfn(this_cpu()->loaded->root)).v : 0,
		 fake_kernel_root.v);
	CHECK_EQ(this_cpu()->loaded->user_root
			 ? pfn_to_mfn(virt_to_pfn(this_cpu()->loaded->user_root)).v
			 : 0,
		 fake_user_root.v);
	free(seen);

	r = audit_run(world_holders);
	if (r->problems)
		world_failed(__FILE__, __LINE__, "the guest itself finds: %s", r->text[0]);
	CHECK(!r->unchecked);
}
