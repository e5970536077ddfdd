// SPDX-License-Identifier: MIT
/*
 * The guest's memory: how Xen gets at it, and how the direct map, which is memory
 * of the test process, is protected the way the loaded tables say.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fake_xen.h"

#include "arch/x86/platform.h"

/* The guest's view of memory may be poisoned or out of date; Xen's never is. */
#define XEN_VIEW __attribute__((no_sanitize("address")))

static pte_t *frame_memory(mfn_t mfn)
{
	if (!fake_mfn_ok(mfn))
		fake_die("Xen looks into mfn %lx, which is not the guest's", mfn.v);
	return pfn_to_virt(PFN(hosted_m2p[mfn.v]));
}

XEN_VIEW pte_t fake_read(mfn_t mfn, unsigned index)
{
	return frame_memory(mfn)[index];
}

/* -- the direct map as memory of this process ------------------------------------ */

static u8 *protection; /* by pfn: what mprotect() was last told */

static void set_protection(unsigned long pfn, u8 prot)
{
	if (protection[pfn] == prot)
		return;
	if (mprotect(pfn_to_virt(PFN(pfn)), PAGE_SIZE, prot))
		fake_die("mprotect: %s", strerror(errno));
	protection[pfn] = prot;
}

bool fake_direct_writable(pfn_t pfn)
{
	return protection[pfn.v] & PROT_WRITE;
}

XEN_VIEW void fake_write(mfn_t mfn, unsigned index, pte_t e)
{
	unsigned long pfn = hosted_m2p[mfn.v];
	pte_t *table = frame_memory(mfn);
	u8 prot = protection[pfn];

	set_protection(pfn, PROT_READ | PROT_WRITE);
	table[index] = e;
	set_protection(pfn, prot);
}

/* The entry for va in the loaded kernel root: frame of its pte page, index. */
bool fake_find_l1(unsigned long va, mfn_t *l1, unsigned *index)
{
	mfn_t mfn = fake_kernel_root;

	for (int level = PT_LEVELS; level > 1; level--) {
		pte_t e = fake_read(mfn, pt_index(va, level));

		if (!pte_present(e))
			return false;
		mfn = pte_mfn(e);
		if (!fake_mfn_ok(mfn))
			return false;
	}
	*l1 = mfn;
	*index = pt_index(va, 1);
	return true;
}

static void sync_page(unsigned long pfn)
{
	unsigned long va = (unsigned long)pfn_to_virt(PFN(pfn));
	pte_t e = {0};
	unsigned index;
	mfn_t l1;

	if (fake_find_l1(va, &l1, &index))
		e = fake_read(l1, index);
	if (pte_present(e) && pte_mfn(e).v != p2m_list[pfn])
		fake_die("the direct map shows mfn %lx at pfn %lx", pte_mfn(e).v, pfn);
	set_protection(pfn, !pte_present(e)   ? PROT_NONE
			    : e.v & PTE_WRITE ? PROT_READ | PROT_WRITE
					      : PROT_READ);
}

void fake_sync_direct_map(void)
{
	unsigned long va;

	if (!protection) {
		/* Everything was readable and writable while the builder was at work. */
		protection = malloc(boot_info.nr_pages);
		memset(protection, PROT_READ | PROT_WRITE, boot_info.nr_pages);
	}
	for (unsigned long mfn = fake_mfn_first; mfn < fake_mfn_end; mfn++)
		fake_frames[mfn].kernel_part = false;
	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn++) {
		mfn_t mfn = fake_kernel_root;

		va = (unsigned long)pfn_to_virt(PFN(pfn));
		for (int level = PT_LEVELS; level; level--) {
			pte_t e;

			fake_frames[mfn.v].kernel_part = true;
			e = fake_read(mfn, pt_index(va, level));
			if (level == 1 || !pte_present(e))
				break;
			mfn = pte_mfn(e);
		}
	}
	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn++)
		sync_page(pfn);
}

/* An entry has changed: which part of the direct map does it map? */
void fake_sync_after(mfn_t table, int level, unsigned index)
{
	if (!fake_frames[table.v].kernel_part)
		return;
	if (level == PT_LEVELS && index < ROOT_KERNEL_FIRST)
		return;
	if (level > 1) {
		fake_sync_direct_map();
		return;
	}
	for (unsigned long pfn = index; pfn < boot_info.nr_pages; pfn += PT_ENTRIES) {
		mfn_t l1;
		unsigned i;

		if (fake_find_l1((unsigned long)pfn_to_virt(PFN(pfn)), &l1, &i) && l1.v == table.v)
			sync_page(pfn);
	}
}
