/* SPDX-License-Identifier: MIT */
/*
 * A frame has two numbers. A *pfn* is the guest's own, dense numbering of its memory; an
 * *mfn* is the machine's. Page tables contain mfns, and the rest of the guest uses pfns.
 * Mixing them up is the classic bug of a PV guest. So they are distinct struct types, and
 * passing one for the other does not compile.
 */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "arch/x86/width.h"
#include "lib/types.h"

typedef struct {
	unsigned long v;
} pfn_t;

typedef struct {
	unsigned long v;
} mfn_t;

/* A machine address: what mmu_update takes. */
typedef struct {
	u64 v;
} maddr_t;

/* An entry of a page table of any level, as the processor sees it (it contains an mfn). */
typedef struct {
	u64 v;
} pte_t;

#define PFN(n) ((pfn_t){(unsigned long)(n)})
#define MFN(n) ((mfn_t){(unsigned long)(n)})

static inline void *pfn_to_virt(pfn_t pfn)
{
	return (void *)(DIRECT_MAP_BASE + (pfn.v << PAGE_SHIFT));
}

/* va must lie in the direct map. */
static inline pfn_t virt_to_pfn(const void *va)
{
	return PFN(((unsigned long)va - DIRECT_MAP_BASE) >> PAGE_SHIFT);
}

static inline bool pte_present(pte_t e)
{
	return e.v & PTE_PRESENT;
}

static inline mfn_t pte_mfn(pte_t e)
{
	return MFN((e.v & PTE_ADDR_MASK) >> PAGE_SHIFT);
}

static inline pte_t pte_from_mfn(mfn_t mfn, u64 bits)
{
	return (pte_t){((u64)mfn.v << PAGE_SHIFT) | bits};
}

/* The bits of an entry of that level that points to a table. */
static inline u64 pte_table_bits(int level)
{
	return level == PT_LEVELS ? PTE_ROOT : PTE_TABLE;
}

static inline unsigned pt_index(unsigned long va, int level)
{
	return (va >> PT_SHIFT(level)) & (PT_ENTRIES - 1);
}

#endif
