/* SPDX-License-Identifier: MIT */
/*
 * The variant as a constant. variant.h is generated from variants/NAME.variant (or from a
 * custom: spec) and defines the choice on each axis. Every image has `policy` as a
 * compile-time constant, so `if (policy.pin == ...)` leaves only one branch in the
 * measured code. The policy is fixed before the first table changes.
 */
#ifndef MMU_POLICY_H
#define MMU_POLICY_H

/* When the tables of a process are pinned. */
enum pin_policy {
	PIN_none,  /* never: read-only but unpinned, so each load makes Xen validate the tree */
	PIN_eager, /* when built (fork, exec); unpinned at the beginning of exit */
};

/* How an entry of a live pte page is written. Higher tables always take mmu_update. */
enum update_policy {
	UPDATE_store,	/* plain store: no hypervisor has to know */
	UPDATE_emulate, /* plain store; Xen traps and emulates it */
	UPDATE_va,	/* update_va_mapping where the tables are loaded, mmu_update elsewhere */
	UPDATE_mmu,	/* mmu_update everywhere */
	UPDATE_mmu_va,	/* mmu_update while entries are queued, otherwise as `va` */
};

enum batch_policy {
	BATCH_off,	 /* each call is its own hypercall */
	BATCH_multicall, /* lazy MMU mode queues up to `depth` calls (xen/multicall.h) */
};

/* Which lock guards the entries of a pte page. */
enum ptl_policy {
	PTL_mm,	   /* one page_table_lock for the address space */
	PTL_split, /* one in each pte page */
};

enum pte_policy {
	PTE_low,  /* pte pages are permanently mapped */
	PTE_high, /* pte pages are mapped on demand, in slots of each CPU */
};

struct policy {
	const char *name;
	enum pin_policy pin;
	enum update_policy update;
	enum batch_policy batch;
	enum ptl_policy ptl;
	enum pte_policy pte;
	unsigned depth; /* calls that a batch holds; 0 without batching */
};

/*
 * A mutant is a build with one deliberate bug. A test makes it in order to see the
 * corresponding check fail. In every other build MUTANT is MUTANT_none, and the compiler
 * removes the tests for it.
 */
enum mutant {
	MUTANT_none,
	MUTANT_leave_pte_rw,  /* pin.c: pte pages are not made read-only */
	MUTANT_leave_root_rw, /* pin.c: roots are not made read-only */
	MUTANT_leak_page,     /* mm: one page of each table of the process is not freed at exit */
	MUTANT_leak_file_ref, /* mm: one shared page of each table keeps one use too many */
	MUTANT_skip_propagation, /* kernel_part.c: other trees do not get a new entry of the root */
	MUTANT_skip_unpin,	 /* pin.c: a tree is left pinned at exit */
	MUTANT_skip_pte_unpin,	 /* pin.c: a pte page is left pinned by itself */
	MUTANT_pin_first,	 /* pin.c: a table is pinned before it is read-only */
	MUTANT_keep_protected, /* pin.c: a page that is writable again is still flagged as read-only
				*/
	MUTANT_unlock_early,   /* pin.c: pte pages are unlocked while their pins are queued */
	MUTANT_join_writable,  /* table.c: a table that joins a published tree is not attached */
	MUTANT_trust_queue,    /* table.c: a new table is used while its entry is queued */
	MUTANT_skip_twin,      /* update.c: the user root does not get a new table */
	MUTANT_wrong_lock,     /* ptlock.h: the tree's lock is taken for a pte page's */
	MUTANT_fault_no_lock,  /* fault.c: entries are written without their lock */
	MUTANT_fork_no_flush,  /* fork.c: the parent's TLB keeps its write access */
	MUTANT_zap_no_flush,   /* zap.c: the TLB keeps unmapped pages */
	MUTANT_release_early,  /* zap.c: pages are released while their flush is queued */
	MUTANT_protect_no_flush, /* zap.c: the TLB keeps access that was removed */
	MUTANT_move_no_flush,	 /* mremap.c: the TLB keeps the old address of moved memory */
	MUTANT_move_no_rmap,	 /* mremap.c: moved pages do not get their new address */
	MUTANT_no_pin_lock,    /* pin.c: pte pages are published and retired without their locks */
	MUTANT_leave_lazy_cpu, /* pin.c: other CPUs stay on a tree that is retired */
	MUTANT_keep_stray,     /* ptemap.c: stray mappings of protected pages stay writable */
	MUTANT_slot_rw,	       /* ptemap.c: protected pages are mapped writable like others */
	MUTANT_leak_space,     /* proc: the address space of a process outlives it, pinned */
	MUTANT_forget_pinned,  /* pin.c: tables of a pinned tree are not flagged as pinned */
	MUTANT_stray_kernel_slot, /* mutant_entries.h: a root maps too much of the kernel */
	MUTANT_stray_user_slot,	  /* mutant_entries.h: user mode sees more than kernel mode */
	MUTANT_stray_leaf,	  /* mutant_entries.h: a process sees a page that is free */
	MUTANT_count_less, /* pin.c: making tables writable again is not counted as hypercalls */
	MUTANT_no_idle,	   /* main.c: CPUs do not idle around the checkpoint */
	MUTANT_bug,	   /* the kernel panics when process 1 first calls it */
	MUTANT_hang,	   /* the kernel spins instead */
};

#include "variant.h"

static const struct policy policy = {
	.name = VARIANT_NAME,
	.pin = VARIANT_PIN,
	.update = VARIANT_UPDATE,
	.batch = VARIANT_BATCH,
	.ptl = VARIANT_PTL,
	.pte = VARIANT_PTE,
	.depth = VARIANT_DEPTH,
};

#define mutant(name) (MUTANT == MUTANT_##name)

#endif
