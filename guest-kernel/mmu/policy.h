/* SPDX-License-Identifier: MIT */
/*
 * The variant as a constant. variant.h is generated from variants/NAME.variant
 * (or from a custom: spec) and defines `policy`; because every image has it as a
 * compile-time constant, `if (policy.pin == ...)` leaves only one side in the
 * measured code. The policy is fixed before the first table changes.
 */
#ifndef MMU_POLICY_H
#define MMU_POLICY_H

/* When a process' tables are pinned. */
enum pin_policy {
	PIN_none,  /* never: read-only but unpinned, each load makes Xen validate the tree */
	PIN_eager, /* as soon as built (fork, exec); unpinned first thing at exit */
};

/* How an entry of a live pte page is written. */
enum update_policy {
	UPDATE_va,  /* update_va_mapping where the tables are loaded, mmu_update elsewhere */
	UPDATE_mmu, /* mmu_update everywhere */
};

enum batch_policy {
	BATCH_off, /* a hypercall each */
};

/* Which lock guards the entries of a pte page. */
enum ptl_policy {
	PTL_mm, /* one page_table_lock for the address space */
};

enum pte_policy {
	PTE_low, /* pte pages are permanently mapped */
};

struct policy {
	const char *name;
	enum pin_policy pin;
	enum update_policy update;
	enum batch_policy batch;
	enum ptl_policy ptl;
	enum pte_policy pte;
	/* The same as words, for the boot record. */
	const char *pin_name, *update_name, *batch_name, *ptl_name, *pte_name;
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
	MUTANT_skip_unpin,    /* pin.c: a tree is left pinned at exit */
	MUTANT_leak_space,    /* proc: a process' address space outlives it, pinned */
	MUTANT_bug,	      /* the kernel panics when process 1 first calls it */
	MUTANT_hang,	      /* the kernel spins instead */
};

#include "variant.h"

#define mutant(name) (MUTANT == MUTANT_##name)

#endif
