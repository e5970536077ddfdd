// SPDX-License-Identifier: MIT
/*
 * The guest's audit of itself. All other tests show, through world_audit(), that it finds
 * no problem if there is none. Here things are broken, one at a time, and it must name
 * them.
 */
#include "guest_world.h"

#include "mmu/audit.h"
#include "mmu/ptlock.h"

#define VA 0x400000UL

static struct mm *mm;
static struct page *page; /* of the process, at VA */

static void no_holders(void (*use)(struct page *p))
{
	(void)use;
}

static void expect(const char *text)
{
	const struct audit_report *r = audit_run(world_holders);

	for (unsigned long i = 0; i < r->problems && i < AUDIT_TEXTS; i++)
		if (strstr(r->text[i], text))
			return;
	world_failed(__FILE__, __LINE__, "%lu problems, first: %s; wanted: %s", r->problems,
		     r->problems ? r->text[0] : "none", text);
}

/* A process with two pages, published or not, loaded or not. */
static void begin(bool publish, bool load)
{
	mm = mm_alloc();
	CHECK(mm);
	CHECK_EQ(mm_map(mm, VA, 8 * PAGE_SIZE, VMA_READ | VMA_WRITE, NULL, 0, true), VA);
	page = virt_to_page(mm_build_page(mm, VA));
	CHECK(mm_build_page(mm, VA + PAGE_SIZE));
	if (publish)
		pgtable_publish(&mm->pt);
	if (load)
		world_run(mm);
	world_audit();
}

/* The pte page for VA. */
static struct page *table(void)
{
	return pte_page_find(&mm->pt, VA);
}

static pte_t *entry_at(unsigned long va)
{
	return (pte_t *)fake_memory(page_to_pfn(table())) + pt_index(va, 1);
}

static void test_counts(void *arg)
{
	const struct audit_report *r;

	(void)arg;
	begin(true, false);
	r = audit_run(world_holders);
	CHECK_EQ(r->problems, 0);
	CHECK_EQ(r->trees, 2);
	CHECK_EQ(r->leaves, 2);
	CHECK(!r->unchecked);
	/* The zero page and, if any, inodes have other users. */
	CHECK(audit_run(no_holders)->problems);
}

static void test_flags(void *arg)
{
	struct page *t;

	(void)arg;
	begin(true, false);
	t = table();
	t->flags ^= PAGE_PINNED;
	expect("has flags");
	t->flags ^= PAGE_PINNED;
	if (!page_is_high(t)) { /* reading it would need write access */
		t->flags &= ~PAGE_PROTECTED;
		expect("is read-only in the direct map");
		t->flags |= PAGE_PROTECTED;
	}
	t->level = 2;
	expect("of level 1 is noted as level 2");
	t->level = 1;
	page->flags = PAGE_TABLE;
	expect("is in no tree");
	expect("maps pfn");
	page->flags = PAGE_PROTECTED;
	expect("is no table and has flags");
	page->flags = 0;
	world_audit();
}

static void test_uses(void *arg)
{
	(void)arg;
	begin(true, true);
	page->refs++;
	expect("has 2 uses, of which 1 are found");
	page->refs = 0;
	expect("which is free");
	page->refs = 1;
	table()->refs++;
	expect("table pfn");
	table()->refs--;
	CHECK(page_alloc());
	expect("has 1 uses, of which 0 are found");
}

static void test_entries(void *arg)
{
	pte_t *at, good;

	(void)arg;
	begin(false, false);
	at = entry_at(VA + PAGE_SIZE);
	good = *at;
	*at = pte_make(page_to_pfn(table()), PTE_KERNEL_RO);
	expect("which is a table");
	*at = pte_make(PFN(1), PTE_KERNEL_RO);
	expect("which is free");
	*at = pte_make(PFN(HOSTED_IMAGE_PFN + 1), PTE_KERNEL_RO);
	expect("which is reserved");
	*at = pte_make(virt_to_pfn(mm), PTE_KERNEL_RO);
	expect("which is a slab");
	*at = pte_from_mfn(MFN(fake_mfn_end - 1), PTE_KERNEL_RO);
	for (unsigned long m = fake_mfn_first; m < fake_mfn_end; m++)
		if (!fake_mfn_ok(MFN(m)))
			*at = pte_from_mfn(MFN(m), PTE_KERNEL_RO);
	expect("which is not ours");
	*at = pte_hide(good);
	CHECK_EQ(audit_run(world_holders)->problems, 0);
	*at = pte_make(page_to_pfn(page), PTE_KERNEL_RO);
	expect("has 1 uses, of which 2 are found");
	*at = good;
	world_audit();
}

static void test_roots(void *arg)
{
	pte_t *user, *kernel;

	(void)arg;
	begin(false, false);
	user = &mm->pt.user_root[1];
	user->v = mm->pt.root[0].v;
	expect("user slot 1 is 0 in kernel mode");
	user->v = 0;
	kernel = &mm->pt.root[PT_ENTRIES - 1];
	kernel->v = mm->pt.root[ROOT_KERNEL_FIRST].v;
	expect("kernel slot 511 is");
	kernel->v = 0;
	kernel = &mm->pt.user_root[ROOT_KERNEL_FIRST];
	kernel->v = mm->pt.root[ROOT_KERNEL_FIRST].v;
	expect("of the user root is");
	kernel->v = 0;
	/* The processor sets accessed bits. */
	mm->pt.root[0].v &= ~PTE_ACCESSED;
	CHECK_EQ(audit_run(world_holders)->problems, 0);
	mm->pt.root[0].v |= PTE_ACCESSED;
	/* A table in two places. */
	mm->pt.root[1].v = mm->pt.user_root[1].v = mm->pt.root[0].v;
	expect("hangs in two places");
}

static void test_hypervisor(void *arg)
{
	struct fake_frame *f, *root;

	(void)arg;
	begin(true, true);
	f = fake_frame(page_to_pfn(table()));
	root = fake_frame(virt_to_pfn(mm->pt.root));
	f->type = TYPE_L2;
	expect("to the hypervisor it is of type 2, to us a table of level 1");
	f->type = TYPE_L1;
	f = fake_frame(page_to_pfn(page));
	f->type = TYPE_L1;
	expect("to the hypervisor it is of type 1, to us a table of level 0");
	f->type = TYPE_WRITABLE;
	f->owner = OWNER_OTHER;
	expect("to the hypervisor it is of type 20");
	f->owner = OWNER_GUEST;
	root->pinned = !root->pinned;
	expect(root->pinned ? "has it pinned" : "has it unpinned");
	root->pinned = !root->pinned;
	world_audit();
}

/* A hypervisor that does not answer does not count as agreement. */
static void test_unchecked(void *arg)
{
	const struct audit_report *r;

	(void)arg;
	fake_domctl_error = -1;
	r = audit_run(world_holders);
	CHECK(!r->problems && r->unchecked && strstr(r->unchecked, "not privileged"));
	fake_domctl_error = 0;
	fake_domctl_version = 0x1000;
	r = audit_run(world_holders);
	CHECK(r->unchecked && strstr(r->unchecked, "unknown version"));
	fake_domctl_version = 0x20;
	CHECK(!audit_run(world_holders)->unchecked);
	boot_info.role = "domU";
	r = audit_run(world_holders);
	CHECK(r->unchecked && strstr(r->unchecked, "only domain 0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_counts),    WORLD_TEST(test_flags), WORLD_TEST(test_uses),
		WORLD_TEST(test_entries),   WORLD_TEST(test_roots), WORLD_TEST(test_hypervisor),
		WORLD_TEST(test_unchecked),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
