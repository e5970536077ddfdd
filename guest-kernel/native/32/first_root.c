// SPDX-License-Identifier: MIT
/*
 * The switch from the tables of head.S to PAE.
 *
 * Paging must be off while the format changes, so the code that does it must lie at its
 * physical address before and after: in the tables of head.S, which map memory twice, and
 * in start_root, a root whose first entry is also the kernel's. Further CPUs begin on
 * start_root too.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "native/cpu.h"
#include "native/mmu_ops.h"

#define FEATURE_NX (1u << 20) /* of leaf 0x80000001 */

extern pte_t start_root[]; /* head.S */
extern char call_page[];   /* call_page.S */

/* Loads start_root with PAE, then that root, by its physical address. */
void enter_pae(unsigned long root);

static pte_t call_page_table[PT_ENTRIES] __aligned(PAGE_SIZE);

static bool has_nx(void)
{
	u32 leaf = 0x80000001, b, c = 0, d;

	asm volatile("cpuid" : "+a"(leaf), "=b"(b), "+c"(c), "=d"(d));
	return d & FEATURE_NX;
}

/* The kernel's part shows more than memory on this machine. */
static void map_rest(pte_t *pmd)
{
	pmd[pt_index(APIC_BASE, 2)] = (pte_t){APIC_BASE | PTE_KERNEL | PTE_LARGE | PTE_UNCACHED};
	call_page_table[pt_index(CALL_PAGE, 1)] =
		pte_from_mfn(MFN(virt_to_pfn(call_page).v), PTE_PRESENT | PTE_USER | PTE_ACCESSED);
	pmd[pt_index(CALL_PAGE, 2)] = pte_from_mfn(MFN(virt_to_pfn(call_page_table).v), PTE_TABLE);
}

long hv_load_first_root(mfn_t mfn)
{
	const pte_t *root = pfn_to_virt(PFN(mfn.v));
	pte_t kernel = root[ROOT_KERNEL_FIRST];

	if (!(cpu_features() & FEATURE_PAE) || !has_nx())
		panic("the processor lacks PAE or NX");
	map_rest(pfn_to_virt(PFN(pte_mfn(kernel).v)));
	start_root[0] = start_root[ROOT_KERNEL_FIRST] = kernel;
	enter_pae(mfn.v << PAGE_SHIFT);
	return 0;
}
