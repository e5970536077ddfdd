// SPDX-License-Identifier: MIT
/*
 * Further CPUs. They sleep until they are told where to start, in real mode at a page
 * below 1 MiB. The code there (trampoline.S) is copied to that page together with its
 * parameters. It switches the CPU to its mode, with the tables of head.S.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "arch/x86/qemu.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "native/cpu.h"
#include "native/per_cpu.h"
#include "native/trampoline.h"

extern char trampoline[], trampoline_end[];

unsigned platform_cpus(void)
{
	unsigned n = qemu_cpus();

	return n > NR_CPUS ? NR_CPUS : n;
}

void platform_start_cpu(unsigned id, const void *root, unsigned long stack_top, void (*entry)(void))
{
	struct start_parameters *p;
	char *page = pfn_to_virt(PFN(TRAMPOLINE_PAGE));

	memcpy(page, trampoline, (size_t)(trampoline_end - trampoline));
	p = (struct start_parameters *)(page + TRAMPOLINE_PARAMETERS);
	p->root = virt_to_pfn(root).v << PAGE_SHIFT;
	p->stack_top = stack_top;
	p->entry = (unsigned long)entry;
	p->per_cpu = per_cpu_parameter(id);
	barrier();
	apic_start(id, TRAMPOLINE_PAGE);
}

void platform_kick(unsigned id)
{
	count(smp_kicks);
	apic_send(id, VECTOR_KICK);
}
