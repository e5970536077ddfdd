// SPDX-License-Identifier: MIT
/*
 * The fake hypervisor's domain builder and auditor: the memory of a domain when its kernel
 * starts, and a second count of all uses.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake_xen.h"

#include "arch/x86/platform.h"
#include "mmu/pgtable.h"

struct boot_info boot_info;
unsigned long *p2m_list;
unsigned long p2m_pages;
unsigned long *hosted_m2p;

void fake_die(const char *fmt, ...)
{
	va_list ap;

	fputs("fake hypervisor: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

static u64 next(u64 *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/*
 * A third of the machine frames is ours, in random order; the m2p entries of the others
 * are wrong on purpose.
 */
static void scramble(unsigned long nr_pages, u64 seed)
{
	unsigned long span = 3 * nr_pages, *order = malloc(span * sizeof(*order));

	fake_mfn_first = 2 * nr_pages;
	fake_mfn_end = fake_mfn_first + span;
	fake_frames = calloc(fake_mfn_end, sizeof(*fake_frames));
	hosted_m2p = malloc(fake_mfn_end * sizeof(*hosted_m2p));
	p2m_list = malloc(nr_pages * sizeof(*p2m_list));
	p2m_pages = nr_pages;
	for (unsigned long i = 0; i < span; i++) {
		unsigned long j = next(&seed) % (i + 1);

		order[i] = order[j];
		order[j] = fake_mfn_first + i;
	}
	for (unsigned long mfn = 0; mfn < fake_mfn_end; mfn++)
		hosted_m2p[mfn] = next(&seed) % nr_pages;
	for (unsigned long i = 0; i < span; i++) {
		struct fake_frame *f = &fake_frames[order[i]];

		f->owner = i < nr_pages ? OWNER_GUEST : i % 2 ? OWNER_OTHER : OWNER_XEN;
		if (i < nr_pages) {
			p2m_list[i] = order[i];
			hosted_m2p[order[i]] = i;
		}
	}
	free(order);
}

void fake_build(unsigned long nr_pages, unsigned long mapped, u64 seed)
{
	void *base = (void *)DIRECT_MAP_BASE;
	unsigned long next_pfn = HOSTED_IMAGE_PFN + FAKE_IMAGE_PAGES, first = next_pfn, end;
	pte_t *tables[PT_LEVELS + 1];
	mfn_t root;

	if (mmap(base, nr_pages << PAGE_SHIFT, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0) != base)
		fake_die("no memory for the direct map: %s", strerror(errno));
	/* Memory is not zeroed at the start, but the builder's own pages are. */
	memset(base, 0xe5, nr_pages << PAGE_SHIFT);
	memset((char *)base + (HOSTED_IMAGE_PFN << PAGE_SHIFT), 0, FAKE_IMAGE_PAGES << PAGE_SHIFT);
	scramble(nr_pages, seed);

	for (int level = PT_LEVELS; level > 1; level--)
		tables[level] = memset(pfn_to_virt(PFN(next_pfn++)), 0, PAGE_SIZE);
	for (int level = PT_LEVELS; level > 2; level--)
		tables[level][pt_index(DIRECT_MAP_BASE, level)] =
			pte_make(virt_to_pfn(tables[level - 1]), PTE_TABLE);
	end = next_pfn + (mapped + PT_ENTRIES - 1) / PT_ENTRIES;
	for (unsigned long pfn = 0; pfn < mapped; pfn++) {
		if (!(pfn % PT_ENTRIES)) {
			tables[1] = memset(pfn_to_virt(PFN(next_pfn)), 0, PAGE_SIZE);
			tables[2][pfn / PT_ENTRIES] = pte_make(PFN(next_pfn++), PTE_TABLE);
		}
		/* Without the user bit, which Xen adds. */
		tables[1][pfn % PT_ENTRIES] = pte_make(
			PFN(pfn),
			(pfn >= first && pfn < end ? PTE_KERNEL_RO : PTE_KERNEL) & ~PTE_USER);
	}
	/* An entry in the user part, which a builder may leave there. */
	tables[PT_LEVELS][5] = tables[PT_LEVELS][pt_index(DIRECT_MAP_BASE, PT_LEVELS)];

	boot_info = (struct boot_info){
		.command_line = "",
		.nr_pages = nr_pages,
		.boot_root = tables[PT_LEVELS],
		.free_from = PFN(end + 1),

		.role = "dom0",
		.hypervisor = "fake",
	};
	fake_own_high_memory();
	memset(fake_memory(PFN(nr_pages - FAKE_HIGH_PAGES)), 0xe5, FAKE_HIGH_PAGES << PAGE_SHIFT);
	root = pfn_to_mfn(virt_to_pfn(tables[PT_LEVELS]));
	fake_kernel_root = root;
	fake_sync_direct_map();
	fake_kernel_root = MFN(0);
	if (fake_pin(PT_LEVELS, root) || fake_load_root(root))
		fake_die("the builder's tables are refused: %s", fake_reason);
	fake_sync_direct_map();
	fake_audit();
}

/* -- the second count ------------------------------------------------------------------ */

struct tally {
	unsigned types, refs;
	int type;
};

static void tally_table(struct tally *t, mfn_t mfn, int level)
{
	t[mfn.v].refs++;
	if (t[mfn.v].types++) {
		if (t[mfn.v].type != level)
			fake_die("audit: mfn %lx is level %d and %d", mfn.v, level, t[mfn.v].type);
		return;
	}
	t[mfn.v].type = level;
	for (unsigned i = 0; i < PT_ENTRIES; i++) {
		pte_t e = fake_read(mfn, i);

		if (level == PT_LEVELS && i >= ROOT_USER_ENTRIES && i < ROOT_KERNEL_FIRST)
			continue;
		if (!pte_present(e))
			continue;
		if (!fake_mfn_ok(pte_mfn(e)))
			fake_die("audit: level %d entry %u of mfn %lx is %lx", level, i, mfn.v,
				 e.v);
		if (level > 1) {
			tally_table(t, pte_mfn(e), level - 1);
			continue;
		}
		t[pte_mfn(e).v].refs++;
		if (!(e.v & PTE_WRITE))
			continue;
		if (t[pte_mfn(e).v].types++ && t[pte_mfn(e).v].type != TYPE_WRITABLE)
			fake_die("audit: table mfn %lx is mapped writable", pte_mfn(e).v);
		t[pte_mfn(e).v].type = TYPE_WRITABLE;
	}
}

void fake_audit(void)
{
	struct tally *t = calloc(fake_mfn_end, sizeof(*t));

	for (unsigned long mfn = fake_mfn_first; mfn < fake_mfn_end; mfn++)
		if (fake_frames[mfn].pinned)
			tally_table(t, MFN(mfn), fake_frames[mfn].type);
	if (fake_kernel_root.v)
		tally_table(t, fake_kernel_root, PT_LEVELS);
	if (fake_user_root.v)
		tally_table(t, fake_user_root, PT_LEVELS);
	for (unsigned long mfn = fake_mfn_first; mfn < fake_mfn_end; mfn++) {
		const struct fake_frame *f = &fake_frames[mfn];

		if (f->types != t[mfn].types || f->refs != t[mfn].refs ||
		    (f->types && f->type != t[mfn].type))
			fake_die("audit: mfn %lx has type %d, %u uses of it, %u in all; "
				 "counted anew: %d, %u, %u",
				 mfn, f->type, f->types, f->refs, t[mfn].type, t[mfn].types,
				 t[mfn].refs);
	}
	free(t);
}
