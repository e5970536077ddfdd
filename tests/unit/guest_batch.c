// SPDX-License-Identifier: MIT
/*
 * The queue of hypercalls (xen/multicall.h), at this build's depth: when calls take
 * effect, in which order, when a batch ends, and the report if Xen refuses part of one.
 * The builds of this test have depths 0 (no queue), 1, 2, 8, 32 and 128; the numbers below
 * follow from MC_DEPTH.
 *
 * The calls write scratch entries: those of a pte page of a running process, whose pages
 * are not used. The log comes from the fake's observer of executed operations.
 */
#include "guest_world.h"

#include "mmu/ptlock.h"
#include "mmu/update.h"

#define D     ((unsigned)MC_DEPTH)
#define BYTES MC_ARG_BYTES
#define BASE  0x400000UL
/* Number of mmu_updates that fit into the arguments. */
#define UPDATES (BYTES / sizeof(struct mmu_update))

static struct mm *mm;
static struct pte_at scratch;

/* -- the log ----------------------------------------------------------------------------- */

enum { LOG_ENTRY = 1000, LOG_CALL = 2000, LOG_CALLBACK = 3000 };
static unsigned log_of[1024];
static unsigned logged;

static void log_add(unsigned what)
{
	CHECK(logged < ARRAY_SIZE(log_of));
	log_of[logged++] = what;
}

static void log_entry(enum fake_event what, mfn_t mfn, unsigned index, pte_t e)
{
	(void)e;
	if (what == FAKE_ENTRY && mfn.v == pfn_to_mfn(page_to_pfn(scratch.page)).v)
		log_add(LOG_ENTRY + index);
}

static long log_call(unsigned nr, unsigned long a1, unsigned long a2)
{
	CHECK_EQ(nr, __HYPERVISOR_set_segment_base);
	log_add(LOG_CALL + (unsigned)a1);
	return (long)a2;
}

static void log_callback(void *arg)
{
	if (D) {
		CHECK_EQ(mc_queue()->entries, 0);
		CHECK_EQ(mc_queue()->callbacks, 0);
	}
	log_add(LOG_CALLBACK + (unsigned)(unsigned long)arg);
}

/* -- calls ------------------------------------------------------------------------------------ */

/* An entry for scratch page `index` that maps the page's own table, read-only. */
static pte_t entry(unsigned index)
{
	return pte_make(page_to_pfn(scratch.page),
			PTE_PRESENT | PTE_USER | PTE_ACCESSED | (index % 2 ? PTE_NX : 0));
}

static void update(unsigned index)
{
	CHECK_EQ(hv_update(pte_maddr(scratch.ptep + index), entry(index)), 0);
}

static void update_va(unsigned index)
{
	CHECK_EQ(hv_update_va(BASE + index * PAGE_SIZE, entry(index), HV_NO_FLUSH, NULL), 0);
}

/* Any call without arguments in memory; it returns `result`. */
static void other(unsigned which, long result)
{
	if (hv_lazy())
		mc_call2(__HYPERVISOR_set_segment_base, which, (unsigned long)result);
	else
		CHECK_EQ(hyp_set_segment_base((int)which, (unsigned long)result), result);
}

static void flush_page(const unsigned long *cpus)
{
	CHECK_EQ(hv_flush_page(BASE + 600 * PAGE_SIZE, cpus), 0);
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
	fake_watch = log_entry;
	world_hypercall = log_call;
	memset(this_cpu()->counters, 0, sizeof(this_cpu()->counters));
}

#define CHECK_COUNTER(name, n) CHECK_EQ(COUNTER(name), n)

/* All flushes since the counters were reset, by reason. */
static void check_flushes(u64 leave, u64 entries, u64 args, u64 callbacks, u64 need)
{
	CHECK_COUNTER(batch_flush_leave, leave);
	CHECK_COUNTER(batch_flush_full_entries, entries);
	CHECK_COUNTER(batch_flush_full_args, args);
	CHECK_COUNTER(batch_flush_full_callbacks, callbacks);
	CHECK_COUNTER(batch_flush_need, need);
}

/* -- tests ------------------------------------------------------------------------------------ */

/* Every kind of call, and callbacks between them: executed in the order in which they were made. */
static void test_order(void *arg)
{
	unsigned long here = 1, both = 3;
	unsigned want[200], n = 0;

	(void)arg;
	setup();
	hv_lazy_enter();
	for (unsigned round = 0; round < 20; round++) {
		unsigned i = 5 * round;

		update(want[n++] = i);
		update(want[n++] = i + 1);
		update_va(want[n++] = i + 2);
		flush_page(round % 2 ? &here : &both);
		update(want[n++] = i + 3);
		other(round, 0);
		want[n++] = LOG_CALL + round - LOG_ENTRY;
		flush_page(&here);
		flush_page(&both);
		update(want[n++] = i + 4);
		hv_after(log_callback, (void *)(unsigned long)round);
	}
	hv_lazy_leave();
	CHECK(!hv_lazy());
	for (unsigned i = 0, k = 0, called = 0; i < logged; i++) {
		if (log_of[i] >= LOG_CALLBACK) {
			CHECK_EQ(log_of[i], LOG_CALLBACK + called);
			called++;
			CHECK(k >= called * 6); /* after all calls made before it */
			continue;
		}
		CHECK_EQ(log_of[i], LOG_ENTRY + want[k]);
		k++;
	}
	CHECK_EQ(logged, n + 20);
	for (unsigned i = 0; i < 100; i++)
		CHECK(in_force(i));
	CHECK_EQ(fake_remote_flushes, 10 + 20);
}

/* No call takes effect before the outermost section ends. */
static void test_nesting(void *arg)
{
	(void)arg;
	setup();
	hv_lazy_enter();
	hv_lazy_enter();
	CHECK_EQ(hv_lazy(), D > 0);
	update(1);
	hv_lazy_leave();
	CHECK_EQ(hv_lazy(), D > 0);
	CHECK_EQ(in_force(1), D == 0);
	hv_after(log_callback, NULL);
	CHECK_EQ(logged, D ? 0 : 2);
	hv_lazy_leave();
	CHECK(in_force(1) && logged == 2);
	check_flushes(D > 0, 0, 0, 0, 0);
	/* An empty section costs nothing. */
	hv_lazy_enter();
	hv_lazy_leave();
	hv_sync();
	check_flushes(D > 0, 0, 0, 0, 0);
	CHECK_COUNTER(hypercalls_mmu_update, 1);
	CHECK_COUNTER(hypercalls_multicall, 0);
}

/* Work that cannot wait, inside a section. */
static void test_suspend(void *arg)
{
	unsigned nest;

	(void)arg;
	setup();
	hv_lazy_enter();
	hv_lazy_enter();
	update(1);
	nest = hv_lazy_suspend();
	CHECK_EQ(nest, D ? 2 : 0);
	CHECK(!hv_lazy() && in_force(1));
	check_flushes(0, 0, 0, 0, D > 0);
	update_va(2);
	CHECK(in_force(2));
	hv_after(log_callback, NULL);
	CHECK_EQ(logged, 3);
	hv_lazy_resume(nest);
	CHECK_EQ(hv_lazy(), D > 0);
	update(3);
	hv_lazy_leave();
	CHECK_EQ(in_force(3), D == 0);
	hv_lazy_leave();
	CHECK(in_force(3) && !hv_lazy());
	check_flushes(D > 0, 0, 0, 0, D > 0);
}

/* One call is made directly, whatever its kind, and counted as its kind. */
static void test_single(void *arg)
{
	unsigned long here = 1;

	(void)arg;
	setup();
	hv_lazy_enter();
	update(0);
	hv_sync();
	update_va(1);
	hv_sync();
	flush_page(&here);
	hv_sync();
	if (D)
		mc_call2(__HYPERVISOR_set_segment_base, 5, 0);
	else
		other(5, 0);
	hv_lazy_leave();
	CHECK(in_force(0) && in_force(1));
	CHECK_EQ(log_of[2], LOG_CALL + 5);
	CHECK_COUNTER(hypercalls_mmu_update, 1);
	CHECK_COUNTER(hypercalls_update_va_mapping, 1);
	CHECK_COUNTER(hypercalls_mmuext_op, 1);
	CHECK_COUNTER(hypercalls_set_segment_base, 1);
	CHECK_COUNTER(hypercalls_multicall, 0);
	CHECK_COUNTER(batch_size_1, D ? 4 : 0);
	check_flushes(D > 0, 0, 0, 0, D ? 3 : 0);
}

/* Several calls are one multicall; none is made directly. */
static void test_multicall(void *arg)
{
	(void)arg;
	setup();
	hv_lazy_enter();
	update_va(0);
	update_va(1);
	hv_lazy_leave();
	CHECK(in_force(0) && in_force(1));
	CHECK_COUNTER(hypercalls_multicall, D > 1);
	CHECK_COUNTER(hypercalls_update_va_mapping, D > 1 ? 0 : 2);
	CHECK_COUNTER(queued_update_va_mapping, D > 1 ? 2 : 0);
	CHECK_COUNTER(mmu_entries_va, 2);
	CHECK_COUNTER(batch_size_2, D > 1);
	check_flushes(D > 0, D == 1, 0, 0, 0);
}

/* Calls of the same kind with adjacent arguments become one call; others do not. */
static void test_merging(void *arg)
{
	unsigned long here = 1, both = 3;
	struct mc_queue *q = mc_queue();

	(void)arg;
	setup();
	hv_lazy_enter();
	for (unsigned i = 0; i < 3; i++)
		update(i);
	if (D < 8) {
		/* There is no room for a third one: for a call of its own, or for its arguments. */
		hv_lazy_leave();
		check_flushes(D > 0, D == 1 ? 2 : 0, D == 2, 0, 0);
		CHECK_COUNTER(queued_mmu_update, 0);
		CHECK_COUNTER(hypercalls_mmu_update, D == 2 ? 2 : 3);
		CHECK_COUNTER(hypercalls_multicall, 0);
		return;
	}
	CHECK(q->entries == 1 && q->ops == 3 && q->entry[0].args[1] == 3);
	update_va(3);
	update(4); /* not merged into the first three: that would change the order */
	CHECK(q->entries == 3 && q->ops == 5 && q->entry[0].args[1] == 3);
	update(5);
	CHECK(q->entries == 3 && q->entry[2].args[1] == 2);
	hv_sync();
	for (unsigned i = 0; i < 6; i++)
		CHECK_EQ(log_of[i], LOG_ENTRY + i);
	CHECK_COUNTER(queued_mmu_update, 2);
	CHECK_COUNTER(hypercalls_mmu_update, 0);

	flush_page(&here);
	flush_page(&here);
	CHECK(q->entries == 1 && q->entry[0].args[1] == 2);
	flush_page(&both);
	CHECK(q->entries == 1 && q->entry[0].args[1] == 3);
	update(6);
	CHECK(q->entries == 2 && q->ops == 4);
	flush_page(&here);
	CHECK(q->entries == 3 && q->entry[0].args[1] == 3 && q->entry[2].args[1] == 1);
	hv_lazy_leave();
	CHECK(in_force(6));
	CHECK_COUNTER(queued_mmuext_op, 2);
	/* A call is never merged into a batch that has been flushed. */
	hv_lazy_enter();
	update(7);
	CHECK(q->entries == 1 && q->entry[0].args[1] == 1);
	hv_lazy_leave();
	CHECK(in_force(7));
}

/* Each way of being full, with exactly one too many. */
static void test_full_entries(void *arg)
{
	(void)arg;
	setup();
	hv_lazy_enter();
	for (unsigned i = 0; i != D; i++)
		other(i, 0);
	CHECK_EQ(logged, 0);
	other(D, 0);
	CHECK_EQ(logged, D ? D : 1);
	check_flushes(0, D > 0, 0, 0, 0);
	hv_lazy_leave();
	CHECK_EQ(logged, D + 1);
	check_flushes(D > 0, D > 0, 0, 0, 0);
	CHECK_COUNTER(hypercalls_multicall, D > 1);
	CHECK_COUNTER(queued_other, D > 1 ? D : 0); /* the last one is single */
}

static void test_full_args(void *arg)
{
	(void)arg;
	if (D < 2)
		return; /* the only entry is full first */
	setup();
	hv_lazy_enter();
	for (unsigned i = 0; i < UPDATES; i++)
		update(i);
	CHECK_EQ(logged, 0);
	/* A call without arguments still has room. */
	if (D > 2)
		other(0, 0);
	CHECK_EQ(logged, 0);
	update(UPDATES);
	CHECK_EQ(logged, UPDATES + (D > 2));
	check_flushes(0, 0, 1, 0, 0);
	hv_lazy_leave();
	check_flushes(1, 0, 1, 0, 0);
	for (unsigned i = 0; i <= UPDATES; i++)
		CHECK(in_force(i));
}

static void test_full_callbacks(void *arg)
{
	(void)arg;
	setup();
	hv_lazy_enter();
	update(0);
	for (unsigned i = 0; i != D; i++)
		hv_after(log_callback, (void *)(unsigned long)i);
	CHECK_EQ(logged, D ? 0 : 1);
	hv_after(log_callback, (void *)(unsigned long)D);
	CHECK_EQ(logged, D ? 1 + D : 2);
	check_flushes(0, 0, 0, D > 0, 0);
	/* The last callback is still to come. It comes without a call, which is no batch. */
	hv_lazy_leave();
	CHECK_EQ(logged, D + 2);
	CHECK_EQ(log_of[0], LOG_ENTRY);
	for (unsigned i = 0; i <= D; i++)
		CHECK_EQ(log_of[1 + i], LOG_CALLBACK + i);
	check_flushes(0, 0, 0, D > 0, 0);
	/* Outside of a section: at once. */
	hv_after(log_callback, (void *)77);
	CHECK_EQ(log_of[D + 2], LOG_CALLBACK + 77);
}

/* A batch is counted by its number of operations: 1, 2, 3-4, ... */
static void test_sizes(void *arg)
{
	static const unsigned sizes[] = {1,  2,	 3,  4,	 5,  8,	  9,   16,
					 17, 32, 33, 64, 65, 128, 129, 255};
	u64 want[9] = {0};

	(void)arg;
	if (!D)
		return;
	setup();
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* As many as fit into one call, and single calls for the rest. */
		unsigned updates = sizes[i] > UPDATES ? UPDATES : sizes[i], bucket = 0;

		if (sizes[i] - updates + 1 > D || (D == 1 && sizes[i] > 1))
			break;
		hv_lazy_enter();
		logged = 0;
		for (unsigned n = 0; n < updates; n++)
			update(n);
		for (unsigned n = updates; n < sizes[i]; n++)
			other(n, 0);
		CHECK_EQ(logged, 0);
		hv_lazy_leave();
		while (1u << bucket < sizes[i])
			bucket++;
		want[bucket]++;
		for (unsigned b = 0; b < ARRAY_SIZE(want); b++)
			CHECK_EQ(this_cpu()->counters[CNT_batch_size_1 + b], want[b]);
		CHECK(i < 15 || D == 128);
	}
}

/* A mask of CPUs is read when the call is made: a CPU that was added meanwhile is flushed too. */
static void test_masks(void *arg)
{
	unsigned long tlb = CPU_MORE | 1, page = CPU_MORE | 1, va = CPU_MORE | 1, local = 1;

	(void)arg;
	setup();
	hv_lazy_enter();
	CHECK_EQ(hv_flush_tlb(&tlb), 0);
	flush_page(&page);
	CHECK_EQ(hv_update_va(BASE, entry(0), HV_FLUSH_PAGE, &va), 0);
	tlb |= 2;
	page |= 4;
	va |= 8;
	/* No other CPU can be added to this one, so it is not read any more. */
	flush_page(&local);
	local = 2;
	hv_lazy_leave();
	/* With a small depth the first calls were made before. */
	CHECK_EQ(fake_remote_flushes, D < 3 ? D : 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_order),		 WORLD_TEST(test_nesting),
		WORLD_TEST(test_suspend),	 WORLD_TEST(test_single),
		WORLD_TEST(test_multicall),	 WORLD_TEST(test_merging),
		WORLD_TEST(test_full_entries),	 WORLD_TEST(test_full_args),
		WORLD_TEST(test_full_callbacks), WORLD_TEST(test_sizes),
		WORLD_TEST(test_masks),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
