// SPDX-License-Identifier: MIT
/*
 * Lazy sections as the rest of the MMU layer uses them, and the report if Xen refuses part
 * of a batch: each entry, its result and the code that queued it.
 */
#include "guest_world.h"

#include "mmu/ptlock.h"
#include "mmu/update.h"

#define D    ((unsigned)MC_DEPTH)
#define BASE 0x400000UL

static struct mm *mm;
static struct pte_at scratch; /* a pte page whose entries are not used */

/* An entry that maps the page's own table, read-only. */
static pte_t entry(unsigned index)
{
	return pte_make(page_to_pfn(scratch.page),
			PTE_PRESENT | PTE_USER | PTE_ACCESSED | (index % 2 ? PTE_NX : 0));
}

static bool in_force(unsigned index)
{
	return scratch.ptep[index].v == entry(index).v;
}

static void setup(void)
{
	mm = mm_alloc();
	CHECK_EQ(mm_map(mm, BASE, 16 * PAGE_SIZE, VMA_READ | VMA_WRITE, NULL, 0, true), BASE);
	pgtable_publish(&mm->pt);
	world_run(mm);
	CHECK(pte_get(&mm->pt, BASE, &scratch));
	memset(this_cpu()->counters, 0, sizeof(this_cpu()->counters));
}

static void unlock(void *lock)
{
	spin_unlock(lock);
}

/* Tables that are made inside a section can be walked and filled at once. */
static void test_new_tables(void *arg)
{
	const unsigned long va = BASE + (3UL << 39);
	struct pte_at at;

	(void)arg;
	setup();
	hv_lazy_enter();
	pt_set(&mm->pt, BASE + PAGE_SIZE, scratch.ptep + 1, entry(1), HV_NO_FLUSH);
	hv_after(unlock, pte_lockptr(&mm->pt, scratch.page));
	CHECK_EQ(in_force(1), !hv_lazy());
	if (policy.ptl == PTL_mm)
		hv_sync(); /* otherwise adding tables would wait for its lock for ever */
	CHECK(pte_get(&mm->pt, va, &at));
	CHECK(in_force(1)); /* order */
	CHECK_EQ(at.page->level, 1);
	CHECK_EQ(hv_lazy(), D > 0);
	pt_set(&mm->pt, va, at.ptep, entry(0), HV_NO_FLUSH);
	CHECK_EQ(!at.ptep->v, D > 0);
	hv_lazy_leave();
	CHECK_EQ(at.ptep->v, entry(0).v);
	CHECK_EQ(audit_leaf(mm, va).v, entry(0).v);
	/* Both entries of the two roots are there; each was a queued call. */
	CHECK_EQ(mm->pt.root[3].v & PTE_ADDR_MASK, mm->pt.user_root[3].v & PTE_ADDR_MASK);
}

/* How an entry of the loaded tree is written, inside and outside of a section. */
static void test_update_policy(void *arg)
{
	bool va_queued = policy.update == UPDATE_va || (policy.update == UPDATE_mmu_va && !D);
	bool va = policy.update == UPDATE_va || policy.update == UPDATE_mmu_va;
	u64 *of_va = &COUNTER(mmu_entries_va), *of_mmu = &COUNTER(mmu_entries_mmu);

	(void)arg;
	setup();
	if (policy.update == UPDATE_emulate)
		return; /* never queued */
	hv_lazy_enter();
	pt_set(&mm->pt, BASE, scratch.ptep, entry(0), HV_NO_FLUSH);
	hv_lazy_leave();
	CHECK(in_force(0) && *of_va == va_queued && *of_mmu == !va_queued);
	pt_set(&mm->pt, BASE + PAGE_SIZE, scratch.ptep + 1, entry(1), HV_NO_FLUSH);
	CHECK(in_force(1));
	CHECK_EQ(*of_va, va_queued + va);
	CHECK_EQ(*of_mmu, !va_queued + !va);
}

/* -- a refusal -------------------------------------------------------------------------------- */

/* The linker defines the ends of a section with such a name. */
extern char __start_queueing[], __stop_queueing[];

static void __attribute__((section("queueing"), noinline, flatten)) queue(bool two)
{
	if (two)
		hv_update(pte_maddr(scratch.ptep), entry(0));
	hv_update_va(BASE + PAGE_SIZE, pte_from_mfn(MFN(fake_mfn_end), PTE_KERNEL_RO), HV_NO_FLUSH,
		     NULL);
}

static void flush(void *arg)
{
	(void)arg;
	hv_lazy_leave();
}

static void drop(void)
{
	struct mc_queue *q = mc_queue();

	q->entries = q->callbacks = q->ops = q->used = 0;
}

/* All data of each entry, with a Xen that does not overwrite them. */
static void test_refusal_text(bool two)
{
	struct mc_queue *q = mc_queue();
	unsigned bad = two, n = 0;
	char text[1000];

	queue(two);
	for (unsigned i = 0; i <= bad; i++)
		assert_true((char *)q->from[i] > __start_queueing &&
			    (char *)q->from[i] < __stop_queueing);
	if (two) {
		assert_ptr_not_equal(q->from[0], q->from[1]);
		n += sprintf(text + n,
			     "  0: call %u(%lx, 1, 0, %x) = 0, queued at %p\n"
			     "     entry at maddr %lx := %lx\n",
			     __HYPERVISOR_mmu_update, q->entry[0].args[0], DOMID_SELF, q->from[0],
			     pte_maddr(scratch.ptep).v, entry(0).v);
	}
	n += sprintf(text + n, "  %u: call %u(%lx, %lx, 0, %lx) = -22, queued at %p\n", bad,
		     __HYPERVISOR_update_va_mapping, BASE + PAGE_SIZE, q->entry[bad].args[1],
		     q->entry[bad].args[3], q->from[bad]);
	fake_overwrites = false;
	world_expect(END_PANIC,
		     two ? "refused part of a batch of 2:\n  0:" : "a batch of 1:\n  0:", flush,
		     NULL);
	world_expect(END_PANIC, text, flush, NULL);
	/* With a Xen that does, the last line still names the code. */
	fake_overwrites = true;
	sprintf(text, "Xen refused call %u of a batch of %u, queued at %p: -22\n", bad, bad + 1,
		q->from[bad]);
	world_expect(END_PANIC, text, flush, NULL);
	drop();
}

static void test_refused(void **state)
{
	(void)state;
	if (!D)
		return; /* the caller is told */
	setup();
	hv_lazy_enter();
	test_refusal_text(false);
	if (D > 1)
		test_refusal_text(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_new_tables),
		WORLD_TEST(test_update_policy),
		cmocka_unit_test(test_refused),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
