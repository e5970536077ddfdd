// SPDX-License-Identifier: MIT
/*
 * The guest's memory: how Xen accesses it, and how the direct map, which is memory of the
 * test process, is protected as the loaded tables say. If the policy has pte pages at the
 * end of memory (mmu/ptemap.h), that part is not in the direct map: it is a file, and the
 * slots map pages of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake_xen.h"

#include "arch/x86/platform.h"
#include "mmu/ptemap.h"

/* The guest's view of memory may be poisoned or out of date; Xen's never is. */
#define XEN_VIEW __attribute__((no_sanitize("address")))

static int high_file;
static void *high_memory; /* all of it */

static unsigned long first_high(void)
{
	return boot_info.nr_pages - FAKE_HIGH_PAGES;
}

static void map_high_file(void *at, size_t bytes, int prot, unsigned long offset)
{
	if (mmap(at, bytes, prot, MAP_SHARED | MAP_FIXED, high_file, (off_t)offset) != at)
		fake_die("no mapping of high memory: %s", strerror(errno));
}

/* A file is shared with forked processes, so each makes its own copy. */
void fake_own_high_memory(void)
{
	size_t bytes = FAKE_HIGH_PAGES << PAGE_SHIFT;
	int file;

	if (!bytes)
		return;
	file = memfd_create("high memory", 0);
	if (file < 0 || ftruncate(file, (off_t)bytes))
		fake_die("no high memory: %s", strerror(errno));
	if (high_memory) {
		if (pwrite(file, high_memory, bytes, 0) != (ssize_t)bytes)
			fake_die("no copy of high memory: %s", strerror(errno));
		close(high_file);
	} else {
		high_memory = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	}
	high_file = file;
	map_high_file(high_memory, bytes, PROT_READ | PROT_WRITE, 0);
	fake_sync_slots();
}

void *fake_memory(pfn_t pfn)
{
	if (FAKE_HIGH_PAGES && pfn.v >= first_high())
		return (char *)high_memory + ((pfn.v - first_high()) << PAGE_SHIFT);
	return pfn_to_virt(pfn);
}

static pte_t *frame_memory(mfn_t mfn)
{
	if (!fake_mfn_ok(mfn))
		fake_die("Xen looks into mfn %lx, which is not the guest's", mfn.v);
	return fake_memory(PFN(hosted_m2p[mfn.v]));
}

XEN_VIEW pte_t fake_read(mfn_t mfn, unsigned index)
{
	return frame_memory(mfn)[index];
}

/* -- the direct map as memory of this process ------------------------------------ */

static u8 *protection; /* by pfn: the last protection set by mprotect() */

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

	if (FAKE_HIGH_PAGES && pfn >= first_high()) {
		table[index] = e;
		return;
	}
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

/* -- the slots ---------------------------------------------------------------------- */

static void sync_slot(unsigned number)
{
	unsigned long va = PTE_SLOT_BASE + number * PAGE_SIZE, pfn;
	pte_t e = {0};
	unsigned index;
	mfn_t l1;

	if (fake_kernel_root.v && fake_find_l1(va, &l1, &index))
		e = fake_read(l1, index);
	if (!pte_present(e)) {
		munmap((void *)va, PAGE_SIZE);
		return;
	}
	pfn = hosted_m2p[pte_mfn(e).v];
	if (pfn < first_high())
		fake_die("slot %u shows pfn %lx, which is not high", number, pfn);
	map_high_file((void *)va, PAGE_SIZE, PROT_READ | (e.v & PTE_WRITE ? PROT_WRITE : 0),
		      (pfn - first_high()) << PAGE_SHIFT);
}

void fake_sync_slots(void)
{
	for (unsigned i = 0; FAKE_HIGH_PAGES && i < PTE_ALL_SLOTS; i++)
		sync_slot(i);
}

static void mark_kernel_part(unsigned long va)
{
	mfn_t mfn = fake_kernel_root;

	for (int level = PT_LEVELS; level; level--) {
		pte_t e;

		fake_frames[mfn.v].kernel_part = true;
		e = fake_read(mfn, pt_index(va, level));
		if (level == 1 || !pte_present(e))
			break;
		mfn = pte_mfn(e);
	}
}

void fake_sync_direct_map(void)
{

	if (!protection) {
		/* All memory was readable and writable while the builder was running. */
		protection = malloc(boot_info.nr_pages);
		memset(protection, PROT_READ | PROT_WRITE, boot_info.nr_pages);
	}
	for (unsigned long mfn = fake_mfn_first; mfn < fake_mfn_end; mfn++)
		fake_frames[mfn].kernel_part = false;
	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn++)
		mark_kernel_part((unsigned long)pfn_to_virt(PFN(pfn)));
	for (unsigned long pfn = 0; pfn < boot_info.nr_pages; pfn++)
		sync_page(pfn);
	if (FAKE_HIGH_PAGES) {
		mark_kernel_part(PTE_SLOT_BASE);
		fake_sync_slots();
	}
}

/* An entry has changed: find out which part of the direct map it maps. */
void fake_sync_after(mfn_t table, int level, unsigned index)
{
	mfn_t l1;
	unsigned i;

	if (!fake_frames[table.v].kernel_part)
		return;
	if (level == PT_LEVELS && index < ROOT_KERNEL_FIRST)
		return;
	if (level > 1) {
		fake_sync_direct_map();
		return;
	}
	if (FAKE_HIGH_PAGES && index - pt_index(PTE_SLOT_BASE, 1) < PTE_ALL_SLOTS &&
	    fake_find_l1(PTE_SLOT_BASE, &l1, &i) && l1.v == table.v)
		sync_slot(index - pt_index(PTE_SLOT_BASE, 1));
	for (unsigned long pfn = index; pfn < boot_info.nr_pages; pfn += PT_ENTRIES)
		if (fake_find_l1((unsigned long)pfn_to_virt(PFN(pfn)), &l1, &i) && l1.v == table.v)
			sync_page(pfn);
}
