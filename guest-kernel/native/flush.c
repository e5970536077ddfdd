// SPDX-License-Identifier: MIT
/* TLB shootdowns: each CPU flushes its own entries, in a cross-call (arch/x86/smp.h). */
#include "arch/x86/smp.h"
#include "native/mmu_ops.h"

static void flush_page_here(void *arg)
{
	invlpg((unsigned long)arg);
}

void flush_page_others(unsigned long va, unsigned long cpus)
{
	count(mmu_shootdowns);
	smp_call(cpus, flush_page_here, (void *)va);
}

static void flush_tlb_here(void *arg)
{
	(void)arg;
	write_cr3(read_cr3());
}

void flush_tlb_others(unsigned long cpus)
{
	count(mmu_shootdowns);
	smp_call(cpus, flush_tlb_here, NULL);
}
