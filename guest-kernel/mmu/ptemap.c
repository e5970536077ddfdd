// SPDX-License-Identifier: MIT
/*
 * The mapping slots of highpte (ptemap.h). A slot's mapping must take effect at once, so
 * it is never queued. It does not depend on queued calls either, with one exception: a
 * page may be mapped writable only after it has been unpinned.
 */
#include "mmu/ptemap.h"

#include "lib/bug.h"

struct pte_slot pte_slots[PTE_ALL_SLOTS];

_Static_assert(NR_CPUS <= 8 * sizeof(((struct page *)0)->slot_cpus), "a bit for each CPU");

static struct {
	spinlock_t lock; /* held while a slot gets another page, or a stray mapping becomes
			    read-only */
	unsigned used;	 /* how many are in use, from slot 0 on; only this CPU changes it */
} slots_of[NR_CPUS];

static pte_t *slot_table;

void pte_slots_init(pte_t *table)
{
	slot_table = &table[pt_index(PTE_SLOT_BASE, 1)];
}

static void set_slot(unsigned number, struct page *p, bool writable)
{
	unsigned long cpu = 1UL << (number / PTE_SLOTS);
	struct pte_slot *s = &pte_slots[number];
	pfn_t pfn = page_to_pfn(p);
	pte_t e = pte_make(pfn, writable ? PTE_KERNEL : PTE_KERNEL_RO);
	long rc = hv_map_now(PTE_SLOT_BASE + number * PAGE_SIZE, &slot_table[number], e,
			     s->page ? HV_FLUSH_PAGE : HV_NO_FLUSH, &cpu);

	if (rc)
		panic("Xen refused to map pte page pfn %lx %s: %ld", pfn.v,
		      writable ? "writable" : "read-only", rc);
	*s = (struct pte_slot){p, (u64)pfn_to_mfn(pfn).v << PAGE_SHIFT, writable};
}

static void change_slot(unsigned cpu, unsigned number, struct page *p, bool writable)
{
	hv_sync(); /* the page's unpinning may still be queued */
	count(mmu_slot_maps);
	spin_lock(&slots_of[cpu].lock);
	set_slot(number, p, writable);
	spin_unlock(&slots_of[cpu].lock);
	if (writable)
		__atomic_or_fetch(&p->slot_cpus, 1u << cpu, __ATOMIC_RELAXED);
}

pte_t *pte_slot_map(struct page *p)
{
	unsigned cpu = this_cpu()->id, used = slots_of[cpu].used++;
	unsigned number = cpu * PTE_SLOTS + used;
	const struct pte_slot *s = &pte_slots[number];
	bool writable = !(p->flags & PAGE_PROTECTED) || mutant(slot_rw);

	BUG_ON(used == PTE_SLOTS);
	/* No lock: other CPUs change only mappings of pages that no CPU uses at this time. */
	if (s->page == p && (s->writable || !writable))
		count(mmu_slot_hits);
	else
		change_slot(cpu, number, p, writable);
	return (pte_t *)(PTE_SLOT_BASE + number * PAGE_SIZE);
}

void pte_slot_unmap(const pte_t *entry)
{
	unsigned cpu = this_cpu()->id;

	BUG_ON(pte_slot_number(entry) != cpu * PTE_SLOTS + slots_of[cpu].used - 1);
	slots_of[cpu].used--;
}

/* The stray mappings of one CPU. */
static void protect_strays(unsigned cpu, struct page *p)
{
	unsigned first = cpu * PTE_SLOTS;

	spin_lock(&slots_of[cpu].lock);
	for (unsigned number = first; number < first + PTE_SLOTS; number++) {
		if (pte_slots[number].page != p || !pte_slots[number].writable)
			continue;
		BUG_ON(cpu == this_cpu()->id && number < first + slots_of[cpu].used);
		count(mmu_stray_flushed);
		set_slot(number, p, false);
	}
	spin_unlock(&slots_of[cpu].lock);
}

void pte_page_protect(struct page *p)
{
	unsigned cpus = __atomic_load_n(&p->slot_cpus, __ATOMIC_RELAXED);

	if (mutant(keep_stray))
		return;
	for (; cpus; cpus &= cpus - 1)
		protect_strays((unsigned)__builtin_ctz(cpus), p);
	p->slot_cpus = 0;
}
