// SPDX-License-Identifier: MIT
/*
 * Three passes. The first pass walks all trees, checks each table and entry by itself, and
 * notes for each frame how it is used. The second pass compares the notes with mem_map.
 * The third compares them with the hypervisor's types.
 *
 * Xen has a type for a tree's tables while the tree is pinned or loaded on any CPU. The
 * tables of a published tree that is neither pinned nor loaded are ordinary frames for
 * Xen. They must still be mapped read-only, because the next load validates them.
 */
#include "mmu/audit.h"

#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mmu/pgtable.h"
#include "mmu/walk.h"

/* Notes about a frame. */
#define NOTE_TABLE    (1u << 31) /* found as a table */
#define NOTE_TYPED    (1u << 30) /* the hypervisor must have it as a table */
#define NOTE_PINNED   (1u << 29) /* the hypervisor must have it pinned by itself */
#define NOTE_MAYBE    (1u << 28) /* the hypervisor may have it pinned by itself */
#define NOTE_USES     ((1u << 24) - 1)
#define ACCESSED_BITS (PTE_ACCESSED | PTE_DIRTY) /* set by the processor */

static u32 *notes; /* by pfn */
static struct audit_report report;

struct tree {
	const struct pgtable *pt;
	unsigned long name; /* pfn of its root, which identifies the tree */
};

void audit_init(unsigned long nr_pages)
{
	notes = early_alloc(ALIGN_UP(nr_pages * sizeof(*notes), PAGE_SIZE) >> PAGE_SHIFT);
}

static void problem(const char *fmt, ...) __printf(1, 2);
static void problem(const char *fmt, ...)
{
	va_list ap;

	if (report.problems++ >= AUDIT_TEXTS)
		return;
	va_start(ap, fmt);
	vsnprintf(report.text[report.problems - 1], AUDIT_TEXT_MAX, fmt, ap);
	va_end(ap);
}

/* -- the trees ------------------------------------------------------------------ */

static void check_table(const struct tree *t, const struct page *p, int level)
{
	unsigned all = PAGE_TABLE | PAGE_PROTECTED | PAGE_PINNED, want = PAGE_TABLE;
	const struct pgtable *pt = t->pt;
	unsigned long pfn = page_to_pfn(p).v;
	u32 *note = &notes[pfn];

	report.tables++;
	if (*note & NOTE_TABLE)
		problem("tree %lx: table pfn %lx hangs in two places", t->name, pfn);
	*note |= NOTE_TABLE;
	if (HV_PARAVIRT && pt->published) {
		want |= PAGE_PROTECTED;
		if (pt->pinned || pt->cpus)
			*note |= NOTE_TYPED;
		if (pt->pinned) {
			want |= PAGE_PINNED;
			if (level == PT_LEVELS)
				*note |= NOTE_PINNED;
			else if (level == 1 && policy.ptl == PTL_split)
				*note |= pt == &kernel_pgtable ? NOTE_MAYBE : NOTE_PINNED;
		}
	}
	if ((p->flags & all) != want)
		problem("tree %lx: table pfn %lx of level %d has flags %x, should have %x", t->name,
			pfn, level, p->flags & all, want);
	if (p->level != level)
		problem("tree %lx: table pfn %lx of level %d is noted as level %u", t->name, pfn,
			level, p->level);
	if (p->refs != 1)
		problem("tree %lx: table pfn %lx has %u uses", t->name, pfn, p->refs);
}

static const char *owner(const struct page *p)
{
	if (p->flags & PAGE_TABLE)
		return "a table";
	if (p->flags & PAGE_RESERVED)
		return "reserved";
	if (p->flags & PAGE_SLAB)
		return "a slab";
	return "free";
}

static void check_user_leaf(const struct tree *t, unsigned long va, pte_t e)
{
	struct page *p;

	report.leaves++;
	if (pte_hidden(e))
		e = pte_unhide(e);
	if (!mfn_is_ours(pte_mfn(e))) {
		problem("tree %lx: va %lx maps mfn %lx, which is not ours", t->name, va,
			pte_mfn(e).v);
		return;
	}
	p = pte_page(e);
	if (p->flags || !p->refs)
		problem("tree %lx: va %lx maps pfn %lx, which is %s", t->name, va, page_to_pfn(p).v,
			owner(p));
	notes[page_to_pfn(p).v]++;
}

/*
 * A frame is read-only in the direct map if and only if it is PAGE_PROTECTED. An address
 * whose own frame was replaced may map only a frame that is not ours.
 */
static void check_direct_map(unsigned long pfn, pte_t e)
{
	const struct page *p = pfn_to_page(PFN(pfn));
	bool writable = e.v & PTE_WRITE;

	if (pte_mfn(e).v != pfn_to_mfn(PFN(pfn)).v) {
		if (!(p->flags & PAGE_RESERVED) || mfn_is_ours(pte_mfn(e)))
			problem("the direct map of pfn %lx maps mfn %lx", pfn, pte_mfn(e).v);
		return;
	}
	if (page_is_high(p))
		problem("high pfn %lx is in the direct map", pfn);
	if (writable != !((p->flags & PAGE_PROTECTED) || hv_reads_frame(PFN(pfn))))
		problem("pfn %lx is %s in the direct map and has flags %x", pfn,
			writable ? "writable" : "read-only", p->flags);
}

/* A stray mapping may map a free page too (mmu/ptemap.h). */
static void check_slot(unsigned long va, pte_t e)
{
	const struct page *p = pte_page(e);

	if ((p->flags & PAGE_PROTECTED) && (e.v & PTE_WRITE))
		problem("slot %lx maps pte page pfn %lx writable", va, page_to_pfn(p).v);
}

static void check_kernel_leaf(unsigned long va, pte_t e)
{
	struct page *p;

	if (va - DIRECT_MAP_BASE < boot_info.nr_pages << PAGE_SHIFT) {
		check_direct_map((va - DIRECT_MAP_BASE) >> PAGE_SHIFT, e);
		return;
	}
	if (pte_in_slot((const pte_t *)va)) {
		check_slot(va, e);
		return;
	}
	if (!mfn_is_ours(pte_mfn(e)))
		return; /* a frame of another domain, mapped for us */
	report.leaves++;
	p = pte_page(e);
	if (page_is_high(p))
		problem("kernel va %lx, no slot, maps high pfn %lx", va, page_to_pfn(p).v);
	if (p->flags & PAGE_TABLE) {
		if ((p->flags & PAGE_PROTECTED) && (e.v & PTE_WRITE))
			problem("kernel va %lx maps table pfn %lx writable", va, page_to_pfn(p).v);
		return;
	}
	if (p->flags & PAGE_RESERVED)
		return;
	if (p->flags || !p->refs)
		problem("kernel va %lx maps pfn %lx, which is %s", va, page_to_pfn(p).v, owner(p));
	notes[page_to_pfn(p).v]++;
}

static __always_inline void visit(const struct pt_visit *v, void *arg)
{
	const struct tree *t = arg;
	unsigned long va = v->va;

	check_table(t, v->page, v->level);
	if (v->level != 1)
		return;
	for (unsigned i = v->first; i < v->end; i++, va += PAGE_SIZE) {
		pte_t e = v->table[i];

		if (t->pt != &kernel_pgtable) {
			if (e.v)
				check_user_leaf(t, va, e);
		} else if (pte_present(e)) {
			check_kernel_leaf(va, e);
		}
	}
}

static bool same(pte_t a, pte_t b)
{
	return !((a.v ^ b.v) & ~ACCESSED_BITS);
}

static void check_roots(const struct tree *t)
{
	const struct pgtable *pt = t->pt;
	const pte_t *kernel = kernel_part(&kernel_pgtable);

	for (unsigned i = KERNEL_PART_FIRST; i < KERNEL_PART_END; i++) {
		/* A private tree may lack an entry; it is added when the tree is published. */
		if (!same(*kernel_part_entry(pt, i), kernel[i]) &&
		    (pt->published || kernel_part_entry(pt, i)->v))
			problem("tree %lx: kernel slot %u is %" F64 "x, elsewhere %" F64 "x",
				t->name, i, kernel_part_entry(pt, i)->v, kernel[i].v);
		if (pt->user_root && pt->user_root[i].v)
			problem("tree %lx: kernel slot %u of the user root is %" F64 "x", t->name,
				i, pt->user_root[i].v);
	}
	for (unsigned i = 0; pt->user_root && i < ROOT_USER_ENTRIES; i++)
		if (!same(pt->root[i], pt->user_root[i]))
			problem("tree %lx: user slot %u is %" F64 "x in kernel mode, %" F64
				"x in user mode",
				t->name, i, pt->root[i].v, pt->user_root[i].v);
}

static void check_tree(const struct pgtable *pt)
{
	struct tree t = {.pt = pt, .name = virt_to_pfn(pt->root).v};

	report.trees++;
	if (pt == &kernel_pgtable) {
		pt_walk(pt->root, DIRECT_MAP_BASE, KERNEL_END, 1, visit, NULL, &t);
		return;
	}
	pt_walk(pt->root, 0, USER_TOP, 1, visit, NULL, &t);
	if (pt->user_root)
		check_table(&t, virt_to_page(pt->user_root), PT_LEVELS);
	if (KERNEL_PART_LEVEL < PT_LEVELS)
		check_table(&t, virt_to_page(kernel_part(pt)), KERNEL_PART_LEVEL);
	check_roots(&t);
}

/* -- the frames ------------------------------------------------------------------ */

static void note_use(struct page *p)
{
	notes[page_to_pfn(p).v]++;
}

static void check_frame(const struct page *p)
{
	unsigned long pfn = page_to_pfn(p).v;
	u32 uses = notes[pfn] & NOTE_USES;

	if (p->flags & PAGE_TABLE) {
		if (!(notes[pfn] & NOTE_TABLE))
			problem("table pfn %lx of level %u is in no tree", pfn, p->level);
	} else if (p->flags & (PAGE_PROTECTED | PAGE_PINNED)) {
		problem("pfn %lx is no table and has flags %x", pfn, p->flags);
	} else if (p->flags & (PAGE_RESERVED | PAGE_SLAB)) {
		if (p->refs != 1)
			problem("pfn %lx, %s, has %u uses", pfn, owner(p), p->refs);
	} else if (p->refs != uses) {
		problem("pfn %lx has %u uses, of which %u are found", pfn, p->refs, uses);
	}
}

static void check_type(unsigned long pfn, unsigned long type)
{
	u32 note = notes[pfn];
	unsigned level = note & NOTE_TYPED ? pfn_to_page(PFN(pfn))->level : 0;
	bool pinned = type & HV_FRAME_PINNED;

	if ((type & ~HV_FRAME_PINNED) != level)
		problem("pfn %lx: to the hypervisor it is of type %lx, to us a table of level %u",
			pfn, type & ~HV_FRAME_PINNED, level);
	if (!(note & NOTE_MAYBE) && pinned != !!(note & NOTE_PINNED))
		problem("pfn %lx: the hypervisor has it %s, we do not", pfn,
			pinned ? "pinned" : "unpinned");
}

static void check_types(void)
{
	static unsigned long frames[HV_FRAME_TYPES_MAX];
	unsigned n;

	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn += n) {
		n = (unsigned)min_ul(boot_info.nr_pages - pfn, HV_FRAME_TYPES_MAX);
		for (unsigned i = 0; i < n; i++)
			frames[i] = pfn_to_mfn(PFN(pfn + i)).v;
		report.unchecked = hv_frame_types(frames, n);
		if (report.unchecked)
			return;
		for (unsigned i = 0; i < n; i++)
			check_type(pfn + i, frames[i]);
	}
}

const struct audit_report *audit_run(void (*holders)(void (*use)(struct page *p)))
{
	const struct pgtable *pt;

	memset(&report, 0, sizeof(report));
	memset(notes, 0, boot_info.nr_pages * sizeof(*notes));
	spin_lock(&pgtables_lock);
	check_tree(&kernel_pgtable);
	for_each_pgtable (pt)
		check_tree(pt);
	spin_unlock(&pgtables_lock);
	holders(note_use);
	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn++)
		check_frame(pfn_to_page(PFN(pfn)));
	check_types();
	return &report;
}

void audit_record(const struct audit_report *r, const char *when)
{
	const char *texts[AUDIT_TEXTS];
	unsigned n = 0;

	for (; n < AUDIT_TEXTS && n < r->problems; n++)
		texts[n] = r->text[n];
	record_begin("audit");
	record_str("when", when);
	record_bool("ok", !r->problems);
	record_u64("trees", r->trees);
	record_u64("tables", r->tables);
	record_u64("leaves", r->leaves);
	record_bool("xen_view", !r->unchecked);
	if (r->unchecked)
		record_str("unchecked", r->unchecked);
	record_u64("problem_count", r->problems);
	record_strings("problems", texts, n);
	record_end();
}
