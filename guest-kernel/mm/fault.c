// SPDX-License-Identifier: MIT
/*
 * Page faults: demand-zero memory, pages of files, copy on write.
 *
 * A page with one use belongs to one process only. The page cache and the zero page hold a
 * use themselves, so "may I write to it in place" is `refs == 1`.
 */
#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/rmap.h"
#include "mm/user.h"
#include "mmu/ptlock.h"
#include "mmu/update.h"
#include "mm/inode.h"

static struct page *zero_page;

void zero_page_init(void)
{
	zero_page = page_alloc_zeroed();
	BUG_ON(!zero_page);
}

void zero_page_uses(void (*use)(struct page *p))
{
	use(zero_page);
}

u64 vma_pte_bits(const struct vma *vma, bool write)
{
	u64 bits = PTE_PRESENT | PTE_USER | PTE_ACCESSED;

	/* Set now the bits that the processor would set in another walk. */
	if (write)
		bits |= PTE_WRITE | PTE_DIRTY;
	if (!(vma->flags & VMA_EXEC))
		bits |= PTE_NX;
	return bits;
}

/* Other CPUs flush their stale entries when they fault. */
static void flush_here(unsigned long va)
{
	unsigned long self = 1UL << this_cpu()->id;

	hv_flush_page(va, &self);
}

struct fault {
	struct mm *mm;
	struct vma *vma;
	unsigned long va; /* page-aligned */
	bool write;
	struct pte_at at;
	pte_t seen; /* the entry as first read, without its lock */
};

/*
 * Makes the entry map p, unless the entry has changed since it was read: then another CPU
 * was faster, or aged it, and p is not used. The program faults again if needed.
 */
static bool install(struct fault *f, struct page *p, bool write, enum hv_flush flush)
{
	struct pgtable *pt = &f->mm->pt;
	pte_t e = pte_make(page_to_pfn(p), vma_pte_bits(f->vma, write));
	bool same;

	if (!mutant(fault_no_lock))
		pte_lock(pt, f->at.page);
	same = f->at.ptep->v == f->seen.v;
	if (likely(same)) {
		pt_set(pt, f->va, f->at.ptep, e, flush);
		if (!f->seen.v)
			__atomic_add_fetch(&f->mm->resident, 1, __ATOMIC_RELAXED);
	}
	pte_unlock(pt, f->at.page);
	if (unlikely(!same))
		count(faults_raced);
	return same;
}

/* The same for a new page of this address space only; it is freed if it is not used. */
static __always_inline bool install_new(struct fault *f, struct page *p, enum hv_flush flush)
{
	bool installed;

	/* Areas are locked for reading only, but this bit is only ever set. */
	__atomic_or_fetch(&f->vma->flags, VMA_HAS_ANON, __ATOMIC_RELAXED);
	rmap_set(p, f->mm, f->va);
	installed = install(f, p, true, flush);
	if (!installed)
		page_put(p);
	return installed;
}

/* The same for a page that others use too. */
static bool install_shared(struct fault *f, struct page *p, bool write)
{
	bool installed;

	page_get(p);
	installed = install(f, p, write, HV_NO_FLUSH);
	if (!installed)
		page_put(p);
	return installed;
}

/* `given_up`: the page that the entry maps now, or NULL. */
static enum fault_result map_copy(struct fault *f, struct page *source, struct page *given_up)
{
	struct page *p = page_alloc();

	if (!p)
		return FAULT_OOM;
	/* If the source is freed meanwhile, the entry has changed, and the copy is not used. */
	memcpy(page_to_virt(p), page_to_virt(source), PAGE_SIZE);
	if (install_new(f, p, given_up ? HV_FLUSH_PAGE : HV_NO_FLUSH)) {
		count(faults_cow_copy);
		if (given_up)
			page_put(given_up);
	}
	return FAULT_OK;
}

static enum fault_result fault_anonymous(struct fault *f)
{
	struct page *p;

	if (!f->write) {
		__atomic_or_fetch(&f->vma->flags, VMA_HAS_ANON, __ATOMIC_RELAXED);
		if (install_shared(f, zero_page, false))
			count(faults_zero_read);
		return FAULT_OK;
	}
	p = page_alloc_zeroed();
	if (!p)
		return FAULT_OOM;
	if (install_new(f, p, HV_NO_FLUSH))
		count(faults_demand_zero);
	return FAULT_OK;
}

static enum fault_result fault_inode(struct fault *f)
{
	unsigned long index = f->vma->pgoff + ((f->va - f->vma->start) >> PAGE_SHIFT);
	struct page *p;
	enum fault_result rc;

	rc = inode_page(f->vma->inode, index, &p);
	if (rc != FAULT_OK)
		return rc;
	if (f->write && !(f->vma->flags & VMA_SHARED))
		rc = map_copy(f, p, NULL);
	else if (install_shared(f, p, f->write))
		count(faults_file);
	page_put(p);
	return rc;
}

static enum fault_result fault_write_protected(struct fault *f)
{
	struct page *p = pte_page(f->seen);

	/* No CPU can take a second use of our own page: fork locks the areas for writing. */
	if ((f->vma->flags & VMA_SHARED) || __atomic_load_n(&p->refs, __ATOMIC_ACQUIRE) == 1) {
		if (install(f, p, true, HV_FLUSH_PAGE))
			count(faults_cow_reuse);
		return FAULT_OK;
	}
	return map_copy(f, p, p);
}

static enum fault_result fault_mapped(struct fault *f)
{
	pte_t e = f->seen;

	BUG_ON(pte_hidden(e)); /* the area allows access, so nothing in it is hidden */
	if (!e.v)
		return f->vma->inode ? fault_inode(f) : fault_anonymous(f);
	if (f->write && !(e.v & PTE_WRITE))
		return fault_write_protected(f);
	/* Another CPU was faster, or a TLB still had a stale entry. */
	count(faults_spurious);
	flush_here(f->va);
	return FAULT_OK;
}

static enum fault_result fault_allowed(struct fault *f)
{
	enum fault_result rc;

	if (!pte_map(&f->mm->pt, f->va, &f->at))
		return FAULT_OOM;
	f->seen.v = entry_load(&f->at.ptep->v);
	rc = fault_mapped(f);
	pte_unmap(&f->at);
	return rc;
}

enum fault_result mm_fault(struct mm *mm, unsigned long va, unsigned access)
{
	struct fault f = {.mm = mm, .va = va & PAGE_MASK, .write = access & VMA_WRITE};
	enum fault_result rc = FAULT_SEGV;

	read_lock(&mm->lock);
	f.vma = vma_find(mm, va);
	if (f.vma)
		rc = (f.vma->flags & access) == access ? fault_allowed(&f) : FAULT_ACCESS;
	read_unlock(&mm->lock);
	return rc;
}

/* The page that a private tree maps writable at va, or NULL. */
static struct page *built_page(struct mm *mm, unsigned long va)
{
	struct page *p = NULL;
	struct pte_at at;

	if (!pte_map_existing(&mm->pt, va, &at))
		return NULL;
	if (at.ptep->v & PTE_WRITE)
		p = pte_page(*at.ptep);
	pte_unmap(&at);
	return p;
}

void *mm_build_page(struct mm *mm, unsigned long va)
{
	struct page *p;

	BUG_ON(mm->pt.published);
	p = built_page(mm, va);
	if (!p) {
		if (mm_fault(mm, va, VMA_WRITE) != FAULT_OK)
			return NULL;
		p = built_page(mm, va);
	}
	return (char *)page_to_virt(p) + (va & ~PAGE_MASK);
}

/* A kernel address that is valid by now: a stale entry after a table page became writable. */
static bool kernel_spurious(unsigned long va, unsigned long error)
{
	pte_t *ptep;

	if (va < DIRECT_MAP_BASE || !(error & PF_PRESENT))
		return false;
	hv_sync(); /* the change that makes it valid may be queued */
	ptep = pgtable_lookup(&kernel_pgtable, va);
	if (!ptep || !pte_present(*ptep) || ((error & PF_WRITE) && !(ptep->v & PTE_WRITE)))
		return false;
	count(faults_spurious);
	flush_here(va);
	return true;
}

/*
 * A store to a pte page works while the page is writable, and Xen emulates it while the
 * page is a table. Between the two it faults and ends here: some code did not hold the
 * entry's lock.
 */
static bool caught_between(unsigned long va, unsigned long error)
{
	unsigned long pfn = (va - DIRECT_MAP_BASE) >> PAGE_SHIFT;
	const struct page *p = pfn_to_page(PFN(pfn));

	return va >= DIRECT_MAP_BASE && pfn < boot_info.nr_pages && (error & PF_WRITE) &&
	       (p->flags & PAGE_TABLE) && p->level == 1;
}

/* The kernel copies to or from user memory. No process is killed here, where locks may be held. */
static enum fault_result kernel_fault(struct mm *mm, unsigned long va, unsigned access)
{
	enum fault_result rc;

	count(faults_kernel);
	this_cpu()->emergency = true;
	rc = mm_fault(mm, va, access);
	this_cpu()->emergency = false;
	return rc;
}

void handle_page_fault(struct regs *regs, unsigned long va)
{
	unsigned long error = regs->orig;
	unsigned access = VMA_READ;
	enum fault_result rc = FAULT_SEGV;
	struct mm *mm = current_mm();

	if (error & PF_WRITE)
		access = VMA_WRITE;
	else if (error & PF_INSN)
		access = VMA_EXEC;

	if (va < USER_TOP && mm) {
		rc = likely(regs_from_user(regs)) ? mm_fault(mm, va, access)
						  : kernel_fault(mm, va, access);
	} else if (!regs_from_user(regs) && kernel_spurious(va, error)) {
		return;
	}
	if (rc == FAULT_OK)
		return;
	if (regs_from_user(regs)) {
		count(faults_bad);
		user_fault(regs, va, rc);
		return;
	}
	if (fixup_exception(regs))
		return;
	if (caught_between(va, error))
		panic("fault in the kernel: write to a page table that is read-only and not a "
		      "table for Xen (or Xen refused the entry): pfn %lx, " IP_NAME " %lx",
		      virt_to_pfn((void *)va).v, regs->ip);
	panic("fault in the kernel: va %lx, error %lx, " IP_NAME " %lx", va, error, regs->ip);
}
