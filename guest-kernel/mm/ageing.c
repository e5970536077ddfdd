// SPDX-License-Identifier: MIT
#include "mm/ageing.h"

#include "arch/x86/platform.h"
#include "mm/rmap.h"
#include "mmu/update.h"

struct look {
	unsigned mapped;
};

/*
 * The TLBs are not flushed. A CPU that has the entry in its TLB does not set the bit
 * again, so a page in use may look idle for a while. This makes the hint less exact, but
 * access and address of the entry stay correct.
 */
static void age(struct pgtable *pt, const struct pte_at *at, void *arg)
{
	struct look *look = arg;

	(void)pt;
	look->mapped++;
	if (!(at->ptep->v & PTE_ACCESSED))
		return;
	if (pt_clear_bits(at, PTE_ACCESSED))
		count(ageing_cleared);
	else
		count(ageing_refused);
}

void ageing_step(void)
{
	static unsigned long next;
	unsigned work = 0;

	while (work < 4096) {
		struct look look = {0};
		unsigned looked = rmap_for_each(&mem_map[next], age, &look);

		work += looked ? 64 : 1;
		count_n(CNT_ageing_visited, look.mapped);
		count_n(CNT_ageing_skipped, looked - look.mapped);
		if (++next == boot_info.nr_pages) {
			next = 0;
			count(ageing_rounds);
		}
	}
}
