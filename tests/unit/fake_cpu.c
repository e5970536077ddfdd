// SPDX-License-Identifier: MIT
/*
 * User mode of the fake's one CPU: TLB, page walk, page faults.
 *
 * The TLB has room for every translation. It loses one only by a flush or, as on the real
 * processor, when that page faults. So after a forgotten flush the old translation is
 * surely still there, and guest_world.c allows no page to be freed that is still in it.
 */
#include "fake_xen.h"

#include "arch/x86/traps.h"
#include "lib/bug.h"

#define TLB_SIZE 1024 /* a power of two; far more than any test touches */

static struct tlb_entry {
	unsigned long page; /* va | 1; 0: free */
	pte_t e;
} tlb[TLB_SIZE];
static unsigned tlb_used;
static bool killed;

static struct tlb_entry *tlb_find(unsigned long va)
{
	unsigned long page = (va & PAGE_MASK) | 1, at = va >> PAGE_SHIFT;

	for (at *= 0x9e3779b97f4a7c15u, at >>= 20;; at++) {
		struct tlb_entry *t = &tlb[at % TLB_SIZE];

		if (t->page == page || !t->page)
			return t;
	}
}

static void tlb_forget(struct tlb_entry *t)
{
	/*
	 * Open addressing: the place stays reserved for this page, so that a search continues past
	 * it.
	 */
	if (t->page && pte_present(t->e)) {
		fake_frames[pte_mfn(t->e).v].tlb--;
		t->e = (pte_t){0};
	}
}

static void tlb_insert(unsigned long va, pte_t e)
{
	struct tlb_entry *t = tlb_find(va);

	if (!t->page && ++tlb_used > TLB_SIZE / 2)
		fake_die("the fake's TLB is full");
	tlb_forget(t);
	t->page = (va & PAGE_MASK) | 1;
	t->e = e;
	fake_frames[pte_mfn(e).v].tlb++;
}

void cpu_flush_all(void)
{
	for (unsigned i = 0; tlb_used && i < TLB_SIZE; i++) {
		tlb_forget(&tlb[i]);
		tlb[i].page = 0;
	}
	tlb_used = 0;
}

void cpu_flush_page(unsigned long va)
{
	tlb_forget(tlb_find(va));
}

void cpu_flush_frame(mfn_t mfn)
{
	for (unsigned i = 0; fake_frames[mfn.v].tlb && i < TLB_SIZE; i++)
		if (tlb[i].page && pte_present(tlb[i].e) && pte_mfn(tlb[i].e).v == mfn.v)
			tlb_forget(&tlb[i]);
}

void cpu_killed(void)
{
	killed = true;
}

static bool allowed(pte_t e, enum cpu_access access)
{
	if (!pte_present(e) || !(e.v & PTE_USER))
		return false;
	if (access == CPU_WRITE)
		return e.v & PTE_WRITE;
	return access != CPU_EXEC || !(e.v & PTE_NX);
}

/* The leaf entry for va, {0} if there is none; sets accessed and dirty bits like the processor. */
static pte_t walk(unsigned long va, enum cpu_access access)
{
	mfn_t mfn = fake_user_root;

	if (!mfn.v)
		fake_die("user access to %lx without a user root", va);
	for (int level = PT_LEVELS;; level--) {
		unsigned index = pt_index(va, level);
		pte_t e = fake_read(mfn, index), seen = e;

		if (fake_frames[mfn.v].type != level || !fake_frames[mfn.v].types)
			fake_die("the processor walks mfn %lx, which is no level %d", mfn.v, level);
		if (!pte_present(e))
			return (pte_t){0};
		if (level == 1 && !allowed(e, access))
			return e;
		seen.v |= PTE_ACCESSED;
		if (level == 1 && access == CPU_WRITE)
			seen.v |= PTE_DIRTY;
		if (seen.v != e.v)
			fake_write(mfn, index, seen);
		if (level == 1)
			return seen;
		mfn = pte_mfn(e);
	}
}

static void deliver_fault(unsigned long va, enum cpu_access access, bool present)
{
	struct regs regs = {
		.orig = PF_USER | (present ? PF_PRESENT : 0) |
			(access == CPU_WRITE  ? PF_WRITE
			 : access == CPU_EXEC ? PF_INSN
					      : 0),
		.cs = FLAT_USER_CS,
	};

	handle_page_fault(&regs, va);
}

bool cpu_touch(unsigned long va, enum cpu_access access, u8 *byte)
{
	killed = false;
	for (int tries = 0; tries < 4; tries++) {
		struct tlb_entry *t = tlb_find(va);
		pte_t e = t->page ? t->e : (pte_t){0};
		u8 *p;

		if (!pte_present(e)) {
			e = walk(va, access);
			if (allowed(e, access))
				tlb_insert(va, e);
		}
		if (!allowed(e, access)) {
			cpu_flush_page(va);
			deliver_fault(va, access, pte_present(e));
			if (killed)
				return false;
			continue;
		}
		p = (u8 *)pfn_to_virt(mfn_to_pfn(pte_mfn(e))) + (va & ~PAGE_MASK);
		if (access == CPU_WRITE)
			*p = *byte;
		else
			*byte = *p;
		return true;
	}
	fake_die("va %lx faults again and again", va);
}
