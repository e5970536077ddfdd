// SPDX-License-Identifier: MIT
/*
 * Writes to published tables. update_va_mapping names the entry by the address that it
 * maps in the loaded tables, and can flush in the same call. mmu_update names the entry by
 * its machine address and works on any tree, but a flush is one more call. A store to a
 * page that Xen knows as a pte page traps, and Xen emulates it. A store to a page that is
 * only read-only would be an ordinary fault.
 */
#include "mmu/update.h"

#include "lib/bug.h"

static void update_entry(pte_t *ptep, pte_t e, int level)
{
	long rc = hv_update(pte_maddr(ptep), e);

	if (rc)
		panic("Xen refused an entry: level %d, pfn %lx, slot %lu, from %" F64 "x to %" F64
		      "x: %ld",
		      level, mfn_to_pfn(MFN(pte_maddr(ptep).v >> PAGE_SHIFT)).v,
		      ((unsigned long)ptep & ~PAGE_MASK) / sizeof(pte_t), ptep->v, e.v, rc);
}

void pt_set_live(struct pgtable *pt, unsigned long va, pte_t *ptep, pte_t e, enum hv_flush flush)
{
	/* The kernel's part is in every tree. */
	bool here = this_cpu()->loaded == pt || pt == &kernel_pgtable;
	long rc;

	if (here &&
	    (policy.update == UPDATE_va || (policy.update == UPDATE_mmu_va && !hv_lazy()))) {
		rc = hv_update_va(va, e, flush, &pt->cpus);
		if (rc)
			panic("Xen refused the entry for va %lx: from %" F64 "x to %" F64 "x: %ld",
			      va, ptep->v, e.v, rc);
		return;
	}
	if (policy.update == UPDATE_store ||
	    (policy.update == UPDATE_emulate && (pt->pinned || here)))
		hv_store(ptep, e);
	else
		update_entry(ptep, e, 1);
	if (flush == HV_FLUSH_PAGE && pt->cpus)
		hv_flush_page(va, &pt->cpus);
}

/*
 * As on a machine without a hypervisor: an atomic instruction, which Xen emulates if the
 * page is a table. An unpinned page is usually not a table for Xen, just read-only, so its
 * entry goes through mmu_update. This has two drawbacks. The processor may change the
 * entry in between: an accessed bit may be lost. (A dirty bit cannot, because every
 * writable entry has it from the beginning.) And Xen refuses the call if the last CPU that
 * had the tree loaded is leaving it, because Xen then releases its pages as tables. There
 * is no other reason for a refusal, and the entry remains valid.
 */
bool pt_clear_bits(const struct pte_at *at, u64 bits)
{
	pte_t e = {at->ptep->v & ~bits};

	if (policy.pin == PIN_none && (at->page->flags & PAGE_PROTECTED))
		return hv_update(pte_maddr(at->ptep), e) == 0;
	hv_clear_bits(at->ptep, bits);
	return true;
}

void pt_set_table(struct pgtable *pt, int level, pte_t *ptep, pte_t e)
{
	unsigned index = ((unsigned long)ptep & ~PAGE_MASK) / sizeof(pte_t);
	pte_t *twin = NULL;

	if (pt == &kernel_pgtable && level == KERNEL_PART_LEVEL) {
		kernel_part_set(index, e);
		return;
	}
	if (level == PT_LEVELS && pt->user_root && index < ROOT_USER_ENTRIES)
		twin = &pt->user_root[index];
	if (!pt->published) {
		*ptep = e;
		count(mmu_entries_plain);
		if (twin) {
			*twin = e;
			count(mmu_entries_plain);
		}
		return;
	}
	update_entry(ptep, e, level);
	if (HV_ROOT_CACHED && level == PT_LEVELS)
		pt_flush(pt);
	if (twin && !mutant(skip_twin))
		update_entry(twin, e, level);
}

void pt_flush(struct pgtable *pt)
{
	if (pt->cpus)
		hv_flush_tlb(&pt->cpus);
}
