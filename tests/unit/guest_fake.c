// SPDX-License-Identifier: MIT
/*
 * The fake hypervisor itself: every rule that the other tests rely on is broken here once,
 * and the refusal must have the right reason. If the fake accepted everything, all other
 * tests would pass.
 */
#include "guest_world.h"

#define REFUSED(call, error)                                                                       \
	do {                                                                                       \
		CHECK_EQ(call, -22L);                                                              \
		if (!strstr(fake_reason, error))                                                   \
			world_failed(__FILE__, __LINE__, "refused because: %s", fake_reason);      \
		fake_audit();                                                                      \
	} while (0)
#define GRANTED(call)                                                                              \
	do {                                                                                       \
		CHECK_EQ(call, 0);                                                                 \
		fake_audit();                                                                      \
	} while (0)

static mfn_t mfn_of(const void *va)
{
	return pfn_to_mfn(virt_to_pfn(va));
}

static maddr_t maddr_of(const pte_t *ptep)
{
	return (maddr_t){((u64)mfn_of(ptep).v << PAGE_SHIFT) | ((unsigned long)ptep & ~PAGE_MASK)};
}

static pte_t *new_table(void)
{
	return page_to_virt(page_alloc_zeroed());
}

static long map_direct(const void *va, u64 bits)
{
	return hv_update_va((unsigned long)va, pte_make(virt_to_pfn(va), bits), HV_NO_FLUSH, NULL);
}

/* A tree that maps `leaf` at 0x400000, its tables still writable. */
struct tree {
	pte_t *table[PT_LEVELS + 1];
	pte_t *ptep;
	void *leaf;
};

static struct tree new_tree(bool protect)
{
	struct tree t;

	for (int level = 1; level <= PT_LEVELS; level++)
		t.table[level] = new_table();
	memcpy(&t.table[PT_LEVELS][ROOT_KERNEL_FIRST], &kernel_pgtable.root[ROOT_KERNEL_FIRST],
	       (PT_ENTRIES - ROOT_KERNEL_FIRST) * sizeof(pte_t));
	for (int level = 2; level <= PT_LEVELS; level++)
		t.table[level][pt_index(0x400000, level)] =
			pte_make(virt_to_pfn(t.table[level - 1]), PTE_TABLE);
	t.leaf = new_table();
	t.ptep = &t.table[1][pt_index(0x400000, 1)];
	*t.ptep = pte_make(virt_to_pfn(t.leaf), PTE_KERNEL | PTE_NX);
	for (int level = 1; protect && level <= PT_LEVELS; level++)
		CHECK_EQ(map_direct(t.table[level], PTE_KERNEL_RO), 0);
	return t;
}

static void test_writable_tables(void *arg)
{
	(void)arg;
	/* Each level in turn is the forgotten one. */
	for (int level = 1; level <= PT_LEVELS; level++) {
		struct tree t = new_tree(true);
		mfn_t root = mfn_of(t.table[PT_LEVELS]);

		GRANTED(map_direct(t.table[level], PTE_KERNEL));
		REFUSED(hv_pin(PT_LEVELS, root), "in use as 5");
		REFUSED(hv_load_root(root), "in use as 5");
		REFUSED(hv_load_user_root(root), "in use as 5");
		GRANTED(map_direct(t.table[level], PTE_KERNEL_RO));
		GRANTED(hv_pin(PT_LEVELS, root));
		REFUSED(map_direct(t.table[level], PTE_KERNEL), "wanted as type 5");
		CHECK(!fake_direct_writable(virt_to_pfn(t.table[level])));
		GRANTED(hv_unpin(root));
		GRANTED(map_direct(t.table[level], PTE_KERNEL));
		CHECK(fake_direct_writable(virt_to_pfn(t.table[level])));
	}
}

static void test_pin_and_load(void *arg)
{
	struct tree t = new_tree(true);
	mfn_t root = mfn_of(t.table[PT_LEVELS]);
	struct fake_frame *f = fake_frame(virt_to_pfn(t.table[1]));
	struct fake_frame *leaf = fake_frame(virt_to_pfn(t.leaf));

	(void)arg;
	REFUSED(hv_unpin(root), "not pinned");
	GRANTED(hv_pin(PT_LEVELS, root));
	REFUSED(hv_pin(PT_LEVELS, root), "pinned already");
	REFUSED(hv_pin(1, root), "wanted as type 1");
	CHECK(f->type == TYPE_L1 && f->types == 1);
	CHECK(leaf->type == TYPE_WRITABLE && leaf->types == 2 && leaf->refs == 2);
	/*
	 * A loaded tree stays valid without its pin; when it is not loaded any more, it does not.
	 */
	GRANTED(hv_load_root(root));
	GRANTED(hv_unpin(root));
	CHECK(f->type == TYPE_L1 && f->types == 1);
	GRANTED(hv_load_root(mfn_of(kernel_pgtable.root)));
	CHECK(f->type == TYPE_NONE && f->types == 0);
	CHECK(leaf->types == 1 && leaf->refs == 1);
	/* A user root alone keeps it valid too. */
	GRANTED(hv_load_user_root(root));
	CHECK(f->types == 1);
	GRANTED(hv_load_user_root(MFN(0)));
	CHECK(f->types == 0);
}

static void test_bad_roots(void *arg)
{
	struct tree t = new_tree(true);
	unsigned long other = fake_mfn_first;

	(void)arg;
	while (fake_frames[other].owner != OWNER_OTHER)
		other++;
	REFUSED(hv_load_root(MFN(other)), "not the guest's");
	REFUSED(hv_load_root(MFN(virt_to_pfn(t.table[PT_LEVELS]).v)), "not the guest's");
	REFUSED(hv_load_root(MFN(fake_mfn_end)), "not the guest's");
	REFUSED(hv_load_user_root(MFN(1UL << 40)), "not the guest's");
	REFUSED(hv_unpin(MFN(other)), "not the guest's");
	/* A pte page as root: its frames are no level-3 tables, or the levels do not fit. */
	CHECK(hv_load_root(mfn_of(t.table[3])) != 0);
	fake_audit();
	GRANTED(hv_pin(3, mfn_of(t.table[3])));
	REFUSED(hv_load_root(mfn_of(t.table[3])), "wanted as type 4");
}

static void test_entries(void *arg)
{
	struct tree t = new_tree(true);
	maddr_t at = maddr_of(t.ptep);
	pte_t good = *t.ptep;
	unsigned long other = fake_mfn_first;

	(void)arg;
	while (fake_frames[other].owner != OWNER_XEN)
		other++;
	GRANTED(hv_pin(PT_LEVELS, mfn_of(t.table[PT_LEVELS])));
	REFUSED(hv_update(at, pte_from_mfn(MFN(other), PTE_KERNEL)), "not the guest's");
	REFUSED(hv_update(at, pte_from_mfn(MFN(virt_to_pfn(t.leaf).v), PTE_KERNEL)),
		"not the guest's");
	REFUSED(hv_update(at, (pte_t){good.v | 1UL << 52}), "bits it may not have");
	REFUSED(hv_update(at, (pte_t){good.v | 0x80}), "bits it may not have");
	REFUSED(hv_update(at, (pte_t){good.v & ~PTE_PRESENT}), "not present but has an address");
	CHECK_EQ(t.ptep->v, good.v);
	/* Hidden by inversion it is harmless; the frame's uses are dropped even so. */
	GRANTED(hv_update(at, pte_hide(good)));
	CHECK_EQ(fake_frame(virt_to_pfn(t.leaf))->types, 1);
	GRANTED(hv_update(at, good));
	/*
	 * A leaf may map a table read-only, but not read-write, and a table cannot have two
	 * levels.
	 */
	GRANTED(hv_update(at, pte_make(virt_to_pfn(t.table[2]), PTE_KERNEL_RO)));
	REFUSED(hv_update(at, pte_make(virt_to_pfn(t.table[1]), PTE_KERNEL)), "in use as 1");
	REFUSED(hv_update(maddr_of(&t.table[2][7]), pte_make(virt_to_pfn(t.table[3]), PTE_TABLE)),
		"wanted as type 1");
	REFUSED(hv_update(maddr_of(&t.table[PT_LEVELS][ROOT_USER_ENTRIES]), (pte_t){0}),
		"is Xen's");
	/* An entry without the user bit gets it. */
	GRANTED(hv_update(at, (pte_t){good.v & ~PTE_USER}));
	CHECK_EQ(t.ptep->v, good.v);
}

static void test_updates(void *arg)
{
	struct tree t = new_tree(false);
	unsigned long plain = fake_writable_updates;

	(void)arg;
	/* Written without a check while it is no table. */
	GRANTED(hv_update(maddr_of(t.ptep), (pte_t){0x123}));
	CHECK_EQ(fake_writable_updates, plain + 1);
	CHECK_EQ(t.ptep->v, 0x123);
	t = new_tree(true);
	GRANTED(hv_pin(PT_LEVELS, mfn_of(t.table[PT_LEVELS])));
	GRANTED(hv_update(maddr_of(t.ptep), (pte_t){0}));
	CHECK_EQ(fake_writable_updates, plain + 1);
	/* An update by virtual address works only in the loaded tables. */
	REFUSED(hv_update_va(0x400000, (pte_t){0}, HV_NO_FLUSH, NULL), "no pte page");
	GRANTED(hv_load_root(mfn_of(t.table[PT_LEVELS])));
	GRANTED(hv_update_va(0x400000, pte_make(virt_to_pfn(t.leaf), PTE_KERNEL), HV_NO_FLUSH,
			     NULL));
	CHECK_EQ(pte_mfn(*t.ptep).v, mfn_of(t.leaf).v);
}

static void test_half_validated(void *arg)
{
	struct tree t = new_tree(false);
	unsigned long frames = 0;

	(void)arg;
	/* The last entry is invalid: the uses taken for the entries before it must be dropped. */
	for (unsigned i = 0; i < PT_ENTRIES - 1; i++)
		t.table[1][i] = *t.ptep;
	t.table[1][PT_ENTRIES - 1] = pte_from_mfn(MFN(5), PTE_KERNEL);
	for (int level = 1; level <= PT_LEVELS; level++)
		GRANTED(map_direct(t.table[level], PTE_KERNEL_RO));
	REFUSED(hv_pin(PT_LEVELS, mfn_of(t.table[PT_LEVELS])), "points to mfn 5");
	for (int level = 1; level <= PT_LEVELS; level++)
		frames += fake_frame(virt_to_pfn(t.table[level]))->types;
	CHECK_EQ(frames, 0);
}

static void test_plain_store(void *arg)
{
	struct tree t = new_tree(true);

	(void)arg;
	t.ptep->v = 0;
}

static void test_kernel_part(void *arg)
{
	struct tree t = new_tree(false);

	(void)arg;
	memset(&t.table[PT_LEVELS][ROOT_KERNEL_FIRST], 0, sizeof(pte_t));
	for (int level = 1; level <= PT_LEVELS; level++)
		GRANTED(map_direct(t.table[level], PTE_KERNEL_RO));
	hv_load_root(mfn_of(t.table[PT_LEVELS]));
}

static void load_and_touch(struct tree *t)
{
	u8 byte = 7;

	*t = new_tree(true);
	CHECK_EQ(hv_load_root(mfn_of(t->table[PT_LEVELS])), 0);
	CHECK_EQ(hv_load_user_root(mfn_of(t->table[PT_LEVELS])), 0);
	CHECK(cpu_touch(0x400123, CPU_WRITE, &byte));
	CHECK_EQ(((u8 *)t->leaf)[0x123], 7);
}

static void test_tlb(void *arg)
{
	unsigned long self = 1, others = 2;
	struct tree t;
	u8 byte = 8;

	(void)arg;
	load_and_touch(&t);
	/* Stale but not flushed yet: the write still goes to the old page. */
	CHECK_EQ(hv_update_va(0x400000, (pte_t){0}, HV_NO_FLUSH, NULL), 0);
	CHECK(cpu_touch(0x400124, CPU_WRITE, &byte));
	CHECK_EQ(((u8 *)t.leaf)[0x124], 8);
	hv_flush_page(0x400000, &others);
	CHECK(fake_frame(virt_to_pfn(t.leaf))->tlb);
	hv_flush_page(0x400000, &self);
	CHECK(!fake_frame(virt_to_pfn(t.leaf))->tlb);
	page_put(virt_to_page(t.leaf));
}

static void test_free_in_tlb(void *arg)
{
	struct tree t;

	(void)arg;
	load_and_touch(&t);
	CHECK_EQ(hv_update_va(0x400000, (pte_t){0}, HV_NO_FLUSH, NULL), 0);
	page_put(virt_to_page(t.leaf));
}

static void test_free_mapped(void *arg)
{
	struct tree t = new_tree(true);

	(void)arg;
	GRANTED(hv_pin(PT_LEVELS, mfn_of(t.table[PT_LEVELS])));
	page_put(virt_to_page(t.leaf));
}

static void test_use_after_free(void *arg)
{
	u8 *page = (u8 *)new_table();

	(void)arg;
	page_put(virt_to_page(page));
	*(volatile u8 *)(page + 100) = 1;
}

static void test_kmalloc_overrun(void *arg)
{
	u8 *p = kmalloc(100);

	(void)arg;
	*(volatile u8 *)(p + 100) = 1;
}

static void ends(void **state)
{
	(void)state;
	world_expect(END_FAULT, NULL, test_plain_store, NULL);
	world_expect(END_DIED, "kernel part differs", test_kernel_part, NULL);
	world_expect(END_DIED, "while the TLB still maps it", test_free_in_tlb, NULL);
	world_expect(END_DIED, "is freed with type 5, 2 uses", test_free_mapped, NULL);
	world_expect(END_FAILED, "use-after-poison", test_use_after_free, NULL);
	world_expect(END_FAILED, "use-after-poison", test_kmalloc_overrun, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_writable_tables),
		WORLD_TEST(test_pin_and_load),
		WORLD_TEST(test_bad_roots),
		WORLD_TEST(test_entries),
		WORLD_TEST(test_updates),
		WORLD_TEST(test_half_validated),
		WORLD_TEST(test_tlb),
		cmocka_unit_test(ends),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
