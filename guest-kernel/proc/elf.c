// SPDX-License-Identifier: MIT
/*
 * Static ELF64 programs: the addresses of their segments. The file is not trusted: a sum
 * may wrap, segments may overlap, the file may be shorter than it says.
 * Position-independent programs (ET_DYN, "static-pie") are mapped at two thirds of the
 * address space; the seed moves them.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/inode.h"
#include "mm/mm.h"
#include "proc/image.h"
#include "proc/options.h"

#define PIE_BASE  ALIGN_DOWN(USER_TOP / 3 * 2, PAGE_SIZE)
#define MAX_ALIGN (1UL << 30)

static bool header_ok(const elf_ehdr *e)
{
	return !memcmp(e->e_ident, ELFMAG, SELFMAG) && e->e_ident[EI_CLASS] == ELF_CLASS &&
	       e->e_ident[EI_DATA] == ELFDATA2LSB && e->e_machine == ELF_MACHINE &&
	       (e->e_type == ET_EXEC || e->e_type == ET_DYN) &&
	       e->e_phentsize == sizeof(elf_phdr) && e->e_phnum && e->e_phnum <= MAX_PHDRS;
}

long image_read(struct image *im)
{
	elf_ehdr *e = &im->ehdr;
	size_t n;

	e->e_ident[0] = '\0'; /* the file may be shorter than a header */
	if (inode_read(im->file, e, 0, sizeof(*e)) != sizeof(*e) || !header_ok(e))
		return -ENOEXEC;
	n = e->e_phnum * sizeof(elf_phdr);
	if (inode_read(im->file, im->phdrs, e->e_phoff, n) != n)
		return -ENOEXEC;
	for (unsigned i = 0; i < e->e_phnum; i++)
		if (im->phdrs[i].p_type == PT_INTERP)
			return -ENOENT;
	return 0;
}

static unsigned segment_flags(const elf_phdr *ph)
{
	return (ph->p_flags & PF_R ? VMA_READ : 0) | (ph->p_flags & PF_W ? VMA_WRITE : 0) |
	       (ph->p_flags & PF_X ? VMA_EXEC : 0);
}

/* Whether the segment lies in the file, and its addresses are valid and can map the file. */
static bool segment_ok(const struct image *im, const elf_phdr *ph)
{
	unsigned long top = MMAP_TOP - im->bias;

	if (ph->p_filesz > im->file->size || ph->p_offset > im->file->size - ph->p_filesz)
		return false;
	return ph->p_filesz <= ph->p_memsz && ph->p_memsz <= top &&
	       ph->p_vaddr <= top - ph->p_memsz && im->bias + ph->p_vaddr >= MMAP_MIN &&
	       !((ph->p_vaddr ^ ph->p_offset) & ~PAGE_MASK);
}

/* The rest of the file's last page does not belong to the program. */
static bool clear_tail(struct mm *mm, unsigned long from)
{
	char *tail = mm_build_page(mm, from);

	if (!tail)
		return false;
	memset(tail, 0, PAGE_SIZE - (from & ~PAGE_MASK));
	return true;
}

/* Maps the part of a segment that comes from the file, then the part that is zero. */
static long map_segment(struct mm *mm, struct image *im, const elf_phdr *ph)
{
	unsigned long va = im->bias + ph->p_vaddr, start = ALIGN_DOWN(va, PAGE_SIZE);
	unsigned long file_end = va + ph->p_filesz, end = ALIGN_UP(va + ph->p_memsz, PAGE_SIZE);
	unsigned long zero_from = ph->p_filesz ? ALIGN_UP(file_end, PAGE_SIZE) : start;
	unsigned flags = segment_flags(ph);
	long rc;

	if (zero_from > start) {
		rc = mm_map(mm, start, zero_from - start, flags, im->file,
			    ph->p_offset >> PAGE_SHIFT, MAP_AT);
		if (IS_ERROR(rc))
			return rc;
	}
	if (end > zero_from) {
		rc = mm_map(mm, zero_from, end - zero_from, flags, NULL, 0, MAP_AT);
		if (IS_ERROR(rc))
			return rc;
	}
	/* A read-only segment shows the file's bytes instead. */
	if (ph->p_memsz > ph->p_filesz && zero_from > file_end && (flags & VMA_WRITE) &&
	    !clear_tail(mm, file_end))
		return -ENOMEM;
	if (end > mm->brk_start)
		mm->brk_start = end;
	if (im->ehdr.e_phoff >= ph->p_offset && im->ehdr.e_phoff - ph->p_offset < ph->p_filesz)
		im->phdr_va = va + im->ehdr.e_phoff - ph->p_offset;
	return 0;
}

/* A multiple of the alignments of all segments, which are powers of two. */
static unsigned long pie_base(const struct image *im)
{
	unsigned long align = PAGE_SIZE;

	for (unsigned i = 0; i < im->ehdr.e_phnum; i++) {
		const elf_phdr *ph = &im->phdrs[i];

		if (ph->p_type == PT_LOAD && ph->p_align > align && ph->p_align <= MAX_ALIGN &&
		    !(ph->p_align & (ph->p_align - 1)))
			align = ph->p_align;
	}
	return ALIGN_DOWN(PIE_BASE + options.layout.brk, align);
}

long image_map(struct mm *mm, struct image *im)
{
	const elf_ehdr *e = &im->ehdr;
	bool any = false;

	if (e->e_type == ET_DYN)
		im->bias = pie_base(im);
	for (unsigned i = 0; i < e->e_phnum; i++) {
		const elf_phdr *ph = &im->phdrs[i];
		long rc;

		if (ph->p_type == PT_GNU_STACK)
			im->stack_exec = ph->p_flags & PF_X;
		if (ph->p_type != PT_LOAD || !ph->p_memsz)
			continue;
		if (!segment_ok(im, ph))
			return -ENOEXEC;
		rc = map_segment(mm, im, ph);
		if (rc)
			return rc;
		any = true;
	}
	im->entry = im->bias + e->e_entry;
	/* With an address beyond user space the processor would fault while still in the kernel. */
	if (!any || im->entry < im->bias || im->entry >= USER_TOP)
		return -ENOEXEC;
	mm->brk_start += options.layout.brk;
	mm->brk = mm->brk_start;
	return 0;
}
