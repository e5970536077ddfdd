/* SPDX-License-Identifier: MIT */
/*
 * The variant as a constant. variant.h is generated from variants/NAME.variant
 * (or from a custom: spec) and says in macros what was chosen on each axis;
 * because every image has `policy` as a compile-time constant, `if (policy.pin ==
 * ...)` leaves only one side in the measured code. The policy is fixed before
 * the first table changes.
 */
#ifndef MMU_POLICY_H
#define MMU_POLICY_H

/* When a process' tables are pinned. */
enum pin_policy {
	PIN_none,  /* never: read-only but unpinned, each load makes Xen validate the tree */
	PIN_eager, /* as soon as built (fork, exec); unpinned first thing at exit */
};

/* How an entry of a live pte page is written. Tables above always take mmu_update. */
enum update_policy {
	UPDATE_store,	/* plain store: there is no hypervisor that has to know */
	UPDATE_emulate, /* plain store; Xen traps it and carries it out */
	UPDATE_va,	/* update_va_mapping where the tables are loaded, mmu_update elsewhere */
	UPDATE_mmu,	/* mmu_update everywhere */
	UPDATE_mmu_va,	/* mmu_update while entries are queued, else as `va` */
};

enum batch_policy {
	BATCH_off,	 /* a hypercall each */
	BATCH_multicall, /* lazy MMU mode queues up to `depth` calls (xen/multicall.h) */
};

/* Which lock guards the entries of a pte page. */
enum ptl_policy {
	PTL_mm,	   /* one page_table_lock for the address space */
	PTL_split, /* one in each pte page */
};

enum pte_policy {
	PTE_low,  /* pte pages are permanently mapped */
	PTE_high, /* they are reached through slots of the CPU that needs them */
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
 * A mutant is a build with one deliberate bug, made by a test that wants to see
 * the corresponding check fail. In every other build MUTANT is MUTANT_none and
 * the tests of it fold away.
 */
enum mutant {
	MUTANT_none,
	MUTANT_leave_pte_rw,  /* pin.c: pte pages are not made read-only */
	MUTANT_leave_root_rw, /* pin.c: roots are not made read-only */
	MUTANT_leak_page,     /* mm: of each table one page of the process is not freed at exit */
	MUTANT_leak_file_ref, /* mm: of each table one shared page keeps a use too many */
	MUTANT_skip_propagation, /* kernel_part.c: other trees do not get a new kernel slot */
	MUTANT_skip_unpin,	 /* pin.c: a tree is left pinned at exit */
	MUTANT_skip_pte_unpin,	 /* pin.c: a pte page is left pinned by itself */
	MUTANT_pin_first,	 /* pin.c: a table is pinned before it is read-only */
	MUTANT_keep_protected,	 /* pin.c: what is writable again is still said to be read-only */
	MUTANT_unlock_early,	 /* pin.c: pte pages are unlocked while their pins are queued */
	MUTANT_join_writable,	 /* table.c: a table joins a published tree as it is */
	MUTANT_trust_queue,	 /* table.c: a new table is used while its entry is queued */
	MUTANT_skip_twin,	 /* update.c: the user root does not get a new table */
	MUTANT_wrong_lock,	 /* ptlock.h: the tree's lock is taken for a pte page's */
	MUTANT_fault_no_lock,	 /* fault.c: entries are written without their lock */
	MUTANT_fork_no_flush,	 /* fork.c: the parent's TLB keeps its write access */
	MUTANT_zap_no_flush,	 /* zap.c: the TLB keeps what is unmapped */
	MUTANT_release_early,	 /* zap.c: pages are released while their flush is queued */
	MUTANT_protect_no_flush, /* zap.c: the TLB keeps the access that is taken away */
	MUTANT_move_no_flush,	 /* mremap.c: the TLB keeps memory where it was */
	MUTANT_move_no_rmap,	 /* mremap.c: pages are not told where they are now */
	MUTANT_no_pin_lock,    /* pin.c: pte pages are published and retired without their locks */
	MUTANT_leave_lazy_cpu, /* pin.c: other CPUs stay on a tree that is retired */
	MUTANT_keep_stray,     /* ptemap.c: stray mappings of protected pages stay writable */
	MUTANT_slot_rw,	       /* ptemap.c: protected pages are mapped writable like others */
	MUTANT_leak_space,     /* proc: a process' address space outlives it, pinned */
	MUTANT_forget_pinned,  /* pin.c: tables of a pinned tree are not noted as such */
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
