// SPDX-License-Identifier: MIT
/*
 * Segment tables. Xen checks descriptors, so it treats the frame of a segment table like
 * that of a page table: it has a type of its own, is mapped read-only, and changes by a
 * hypercall.
 */
#include "xen/32/segments.h"

#include "arch/x86/platform.h"
#include "xen/hypercall.h"
#include "xen/multicall.h"
#include "xen/p2m.h"

/* Bits of a descriptor beside base and limit: 32-bit data, writable, present, of ring 1. */
#define DESCRIPTOR_DATA_RING_1 0x0040b20000000000u

static u64 tables[NR_CPUS][GDT_SLOTS] __aligned(PAGE_SIZE);

static u64 descriptor(unsigned long base, unsigned long limit, u64 bits)
{
	return bits | (limit & 0xffff) | (u64)(limit >> 16 & 15) << 48 |
	       (u64)(base & 0xffffff) << 16 | (u64)(base >> 24) << 56;
}

/* Without counters, because the first table is made before they work. */
static long make(unsigned id, mfn_t *mfn)
{
	unsigned long va = (unsigned long)tables[id];
	pte_t e;

	tables[id][GDT_PER_CPU] = descriptor((unsigned long)&cpus[id], sizeof(struct cpu) - 1,
					     DESCRIPTOR_DATA_RING_1);
	*mfn = pfn_to_mfn(virt_to_pfn(tables[id]));
	e = pte_from_mfn(*mfn, PTE_KERNEL_RO);
	return hypercall_by_number(__HYPERVISOR_update_va_mapping, va, (u32)e.v, (u32)(e.v >> 32),
				   UVMF_INVLPG | UVMF_LOCAL);
}

mfn_t segments_make(unsigned id)
{
	mfn_t mfn;
	long rc = make(id, &mfn);

	if (rc)
		panic("Xen refused to make the segment table of vCPU %u read-only: %ld", id, rc);
	return mfn;
}

bool segments_hold(pfn_t pfn)
{
	return pfn.v - virt_to_pfn(tables).v < nr_cpus;
}

long segments_load_first(void)
{
	unsigned long frame;
	mfn_t mfn;
	long rc = make(0, &mfn);

	frame = mfn.v;
	if (!rc)
		rc = hypercall_by_number(__HYPERVISOR_set_gdt, (unsigned long)&frame, GDT_SLOTS, 0,
					 0);
	if (!rc)
		asm volatile("movl %0, %%fs" ::"r"(PER_CPU_SELECTOR));
	return rc;
}

long segments_set_tls(tls_t tls)
{
	unsigned id = this_cpu()->id;

	for (unsigned i = 0; i < TLS_SEGMENTS; i++) {
		const u64 *slot = &tables[id][GDT_TLS_FIRST + i];
		u64 at = (u64)pfn_to_mfn(virt_to_pfn(slot)).v << PAGE_SHIFT |
			 ((unsigned long)slot & ~PAGE_MASK);
		long rc;

		if (tls.segment[i] == this_cpu()->tls.segment[i])
			continue;
		rc = hyp_update_descriptor(at, tls.segment[i]);
		if (rc)
			return rc;
	}
	return 0;
}
