// SPDX-License-Identifier: MIT
/*
 * Page faults as the entry code delivers them: the running task, the mode, and the result
 * of a fault that cannot be resolved.
 */
#include "guest_world.h"

#include "arch/x86/traps.h"
#include "xen/public.h"

#define RW   (VMA_READ | VMA_WRITE)
#define A    0x400000UL
#define USER FLAT_USER_CS
#define KERN (FLAT_KERNEL_CS & ~3UL) /* as Xen shows it: kernel mode is ring 0 */

static struct regs fault(unsigned long va, unsigned long cs, unsigned long error, unsigned long rip)
{
	struct regs regs = {.cs = cs, .orig = error, .ip = rip};

	handle_page_fault(&regs, va);
	return regs;
}

static struct mm *start(void)
{
	struct mm *mm = mm_alloc();

	pgtable_publish(&mm->pt);
	world_run(mm);
	CHECK_EQ(mm_map(mm, A, 4 * PAGE_SIZE, RW, NULL, 0, true), A);
	return mm;
}

/*
 * A CPU that faults drops its own stale entry. Other CPUs that have the tree loaded do
 * not, so code that removes a page or access must tell them.
 */
#define TELLS_OTHERS(...)                                                                          \
	do {                                                                                       \
		unsigned long before_ = fake_remote_flushes;                                       \
		__VA_ARGS__;                                                                       \
		CHECK(fake_remote_flushes > before_);                                              \
	} while (0)

static void test_other_cpus(void *arg)
{
	struct mm *mm = start(), *child;
	unsigned long quiet;

	(void)arg;
	world_write(A, 1);
	world_write(A + PAGE_SIZE, 2);
	mm->pt.cpus |= 2;
	quiet = fake_remote_flushes;
	world_write(A + 2 * PAGE_SIZE, 3); /* an entry that was not present is in no TLB */
	CHECK_EQ(fake_remote_flushes, quiet);
	TELLS_OTHERS(child = mm_fork(mm));
	TELLS_OTHERS(world_write(A, 4)); /* a copy */
	mm_put(child);
	TELLS_OTHERS(world_write(A + PAGE_SIZE, 5)); /* in place */
	TELLS_OTHERS(CHECK_EQ(mm_protect(mm, A, PAGE_SIZE, VMA_READ), 0));
	TELLS_OTHERS(CHECK_EQ(mm_unmap(mm, A, PAGE_SIZE), 0));
	mm->pt.cpus &= ~2UL;
	world_audit();
}

/* The kernel touches user memory for a system call: it is filled in too. */
static void test_kernel_on_user_memory(void *arg)
{
	struct mm *mm = start();
	u64 kernel = COUNTER(faults_kernel);
	struct regs r;

	(void)arg;
	r = fault(A + 5, KERN, PF_WRITE, 0x1234);
	CHECK_EQ(r.ip, 0x1234);
	CHECK(audit_leaf(mm, A).v & PTE_WRITE);
	CHECK_EQ(COUNTER(faults_kernel) - kernel, 1);
	fault(A + PAGE_SIZE, USER, PF_USER | PF_WRITE, 0x1234);
	CHECK_EQ(COUNTER(faults_kernel) - kernel, 1);
	/* No mapping: continues at the fix-up, and no process is killed. */
	r = fault(A - 1, KERN, 0, 0x1234);
	CHECK_EQ(r.ip, 0x5678);
	CHECK_EQ(world_kills, 0);
	CHECK_EQ(COUNTER(faults_bad), 0);
	world_audit();
}

static void test_out_of_memory(void *arg)
{
	struct mm *mm = start();
	struct regs r;

	(void)arg;
	world_fail_allocation(0, true);
	fault(A, USER, PF_USER | PF_WRITE, 0);
	CHECK(world_kills == 1 && world_kill_oom && world_kill_va == A);
	r = fault(A, KERN, PF_WRITE, 0x1234);
	CHECK(r.ip == 0x5678 && world_kills == 1);
	world_fail_none();
	fault(A, USER, PF_USER | PF_WRITE, 0);
	CHECK(world_kills == 1 && pte_present(audit_leaf(mm, A)));
}

/* Two CPUs fault on one page: the second finds the fault resolved, or its TLB was stale. */
static void test_spurious(void *arg)
{
	struct mm *mm = start();
	u64 spurious = COUNTER(faults_spurious), flushes = COUNTER(mmuext_invlpg);
	pte_t e;

	(void)arg;
	world_write(A, 1);
	e = audit_leaf(mm, A);
	fault(A, USER, PF_USER | PF_WRITE, 0);
	fault(A, USER, PF_USER | PF_WRITE | PF_PRESENT, 0);
	fault(A, USER, PF_USER, 0);
	CHECK_EQ(COUNTER(faults_spurious) - spurious, 3);
	CHECK_EQ(COUNTER(mmuext_invlpg) - flushes, 3);
	CHECK(audit_leaf(mm, A).v == e.v && world_kills == 0);
}

/* A table page that became writable may still be read-only in a TLB. */
static void test_kernel_spurious(void *arg)
{
	unsigned long va = (unsigned long)page_to_virt(page_alloc());
	u64 spurious = COUNTER(faults_spurious), flushes = COUNTER(mmuext_invlpg);
	struct regs r;

	(void)arg;
	r = fault(va, KERN, PF_PRESENT | PF_WRITE, 77);
	CHECK_EQ(r.ip, 77);
	CHECK_EQ(COUNTER(faults_spurious) - spurious, 1);
	CHECK_EQ(COUNTER(mmuext_invlpg) - flushes, 1);
	/* Reading a table is fine. */
	r = fault((unsigned long)kernel_pgtable.root, KERN, PF_PRESENT, 77);
	CHECK_EQ(COUNTER(faults_spurious) - spurious, 2);
}

static void kernel_writes_table(void *arg)
{
	(void)arg;
	fault((unsigned long)kernel_pgtable.root, KERN, PF_PRESENT | PF_WRITE, 77);
}

/* Not present, says the processor, but our entry is present: a flush would not help. */
static void kernel_writes_pte_page(void *arg)
{
	struct mm *mm = start();

	(void)arg;
	world_write(A, 1);
	fault((unsigned long)pgtable_lookup(&mm->pt, A), KERN, PF_PRESENT | PF_WRITE, 77);
}

static void kernel_not_present(void *arg)
{
	(void)arg;
	fault((unsigned long)page_to_virt(page_alloc()), KERN, PF_WRITE, 77);
}

/* Our roots contain Xen's entries, but the guest must not read the tables below them. */
static void kernel_in_xen(void *arg)
{
	(void)arg;
	fault((unsigned long)ROOT_USER_ENTRIES << PT_SHIFT(PT_LEVELS), KERN, PF_PRESENT, 77);
}

static void kernel_beyond_memory(void *arg)
{
	(void)arg;
	fault(DIRECT_MAP_BASE + (1UL << 40), KERN, PF_PRESENT, 77);
}

static void kernel_null_pointer(void *arg)
{
	(void)arg;
	start();
	fault(8, KERN, PF_WRITE, 77);
}

static void kernel_thread_on_user(void *arg)
{
	(void)arg;
	fault(A, KERN, 0, 77);
}

static void test_kernel_bugs(void **state)
{
	(void)state;
	world_expect(END_PANIC, "error 3, rip 4d", kernel_writes_table, NULL);
	world_expect(END_PANIC, "write to a page table that is read-only and not a table for Xen",
		     kernel_writes_pte_page, NULL);
	world_expect(END_PANIC, "fault in the kernel", kernel_not_present, NULL);
	world_expect(END_PANIC, "fault in the kernel: va 18", kernel_in_xen, NULL);
	world_expect(END_PANIC, "fault in the kernel", kernel_beyond_memory, NULL);
	world_expect(END_PANIC, "fault in the kernel: va 8, error 2, rip 4d", kernel_null_pointer,
		     NULL);
	world_expect(END_PANIC, "fault in the kernel: va 400000", kernel_thread_on_user, NULL);
}

/* User mode may not access kernel addresses, whatever the entry says. */
static void test_user_on_kernel(void *arg)
{
	(void)arg;
	start();
	fault((unsigned long)page_to_virt(page_alloc()), USER, PF_USER | PF_PRESENT, 77);
	CHECK_EQ(world_kills, 1);
	CHECK(!world_kill_oom);
	fault(-1UL, USER, PF_USER, 77);
	CHECK_EQ(world_kills, 2);
	CHECK_EQ(COUNTER(faults_bad), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_other_cpus),	  WORLD_TEST(test_kernel_on_user_memory),
		WORLD_TEST(test_out_of_memory),	  WORLD_TEST(test_spurious),
		WORLD_TEST(test_kernel_spurious), cmocka_unit_test(test_kernel_bugs),
		WORLD_TEST(test_user_on_kernel),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
