/* SPDX-License-Identifier: MIT */
/*
 * The common part of the guest kernel's unit tests. The guest's sources are compiled for
 * the host, with PVMMU_HOSTED, and run on the fake hypervisor (fake_xen.h).
 *
 * A test program boots one world. Each test then runs in a child process of its own,
 * forked from the booted state, so a test may break everything, and may panic. Inside a
 * child use CHECK(), not cmocka's assertions.
 *
 * Allocation goes through guest_world.c, which
 *   - fills new pages with junk and poisons freed ones, so ASan sees stale uses;
 *   - does not allow a page to be freed that Xen or the TLB still uses;
 *   - can make the n-th allocation fail.
 */
#ifndef GUEST_WORLD_H
#define GUEST_WORLD_H

/* The C library first: the guest's headers have macros with common names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_xen.h"

#include "arch/x86/platform.h"
#include "mm/inode.h"
#include "mm/mm.h"
#include "mm/user.h"
#include "mm/vmalloc.h"

/* -- tests in children --------------------------------------------------------------- */

enum world_end {
	END_OK,
	END_FAILED, /* a CHECK() or a sanitizer */
	END_PANIC,  /* the guest's panic() */
	END_DIED,   /* fake_die() */
	END_FAULT,  /* SIGSEGV, for instance a store to read-only memory */
};

/* Runs body(arg) in a child; the test fails unless it ends well. */
void world_expect_ok(void (*body)(void *), void *arg);
/* ... unless it ends in that way, and `text` is in its output. */
void world_expect(enum world_end end, const char *text, void (*body)(void *), void *arg);

void world_failed(const char *file, int line, const char *fmt, ...) __printf(3, 4) __noreturn;

#define CHECK(c)                                                                                   \
	do {                                                                                       \
		if (!(c))                                                                          \
			world_failed(__FILE__, __LINE__, "%s", #c);                                \
	} while (0)
#define CHECK_EQ(a, b)                                                                             \
	do {                                                                                       \
		unsigned long a_ = (unsigned long)(a), b_ = (unsigned long)(b);                    \
		if (a_ != b_)                                                                      \
			world_failed(__FILE__, __LINE__, "%s is 0x%lx, %s is 0x%lx", #a, a_, #b,   \
				     b_);                                                          \
	} while (0)

/* A cmocka test that runs function `body`(void *) in a child. */
#define WORLD_TEST(body)                                                                           \
	{                                                                                          \
		.name = #body, .test_func = world_run_test, .initial_state = (void *)(body),       \
	}
void world_run_test(void **state);

/* Runs them and prints TAP; returns the result of main(). */
#define WORLD_RUN(tests)                                                                           \
	(cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, NULL, NULL))

/* -- the world ------------------------------------------------------------------------ */

/* Builds a domain and boots it as main.c does, up to zero_page_init(). */
void world_boot(unsigned long nr_pages, unsigned long mapped, u64 seed);
/* The usual size. */
static inline void world_boot_small(void)
{
	world_boot(2048 + 37, 700, 1);
}

/* A process that runs, for faults: its tables are loaded. NULL: a kernel thread. */
extern struct mm *world_mm;
void world_run(struct mm *mm);

/* The last argument of user_fault(), and how often it was called. */
extern unsigned world_kills;
extern unsigned long world_kill_va;
extern bool world_kill_oom;
extern enum fault_result world_kill_why;

/* Shorthand: touches user memory in world_mm; a refused access is a failure. */
void world_write(unsigned long va, u8 value);
u8 world_read(unsigned long va);
bool world_may(unsigned long va, enum cpu_access access);

/* Counter's value, for differences. */
#define COUNTER(name) (this_cpu()->counters[CNT_##name])

/* The result of platform_clock_ns(). */
extern u64 world_clock_ns;
/*
 * If set, takes all hypercalls except the MMU's; otherwise only the console's work, and go
 * to stderr.
 */
extern long (*world_hypercall)(unsigned nr, unsigned long a1, unsigned long a2);

/* Quantities that must be the same before and after. */
struct stock {
	unsigned long free_pages, pinned_roots, spaces;
};
struct stock world_stock(void);
void world_check_stock(struct stock before);

/* -- failing allocations ----------------------------------------------------------------- */

/* Number of allocations (pages, kmalloc) since the last call of this; number n fails, from 0 on. */
extern unsigned long world_allocations;
/* With `onwards`, all later ones fail too. */
void world_fail_allocation(unsigned long n, bool onwards);
void world_fail_none(void);
/*
 * If set, called before each allocation: another CPU's work in the middle of the
 * allocating code.
 */
extern void (*world_on_allocation)(void);

/* For audit_run(): the uses of pages that are not mappings. */
void world_holders(void (*use)(struct page *p));

/* -- guest_locks.c ------------------------------------------------------------------------ */

/* From now on changes of a process' tables require the lock for them (mmu/ptlock.h). */
void world_watch_locks(void);

/* -- guest_audit.c ------------------------------------------------------------------------ */

/*
 * Compares the guest's records of every page and tree with the fake hypervisor's; a
 * difference is a failure, and so is a problem that the guest finds itself.
 */
void world_audit(void);
/*
 * The same, for one address space, with a simple method: table pages of its user part and
 * its two roots.
 */
unsigned long audit_tables(const struct mm *mm);
/* The leaf entry for va, found by a plain recursion; {0} if there is none. */
pte_t audit_leaf(const struct mm *mm, unsigned long va);

#endif
