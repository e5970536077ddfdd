// SPDX-License-Identifier: MIT
/*
 * Starting programs: static ELF64 executables from the initial ramdisk. The new
 * address space is built to the end, private, before the old one is touched, so
 * a program that cannot be started leaves its caller as it was.
 *
 * On the new stack, from the top down (the System V ABI's start-up layout): the
 * strings, 16 random bytes, the auxiliary vector, environment and argument
 * pointers, argc.
 */
#include <elf.h>

#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/options.h"
#include "proc/task.h"
#include "mm/inode.h"
#include "sys/file.h"
#include "sys/path.h"

#define MAX_PHDRS 16

struct image {
	struct inode *file;
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdrs[MAX_PHDRS];
	unsigned long phdr_va; /* where the program finds its own headers */
};

static long read_headers(struct image *im)
{
	Elf64_Ehdr *e = &im->ehdr;

	if (inode_read(im->file, e, 0, sizeof(*e)) != sizeof(*e) ||
	    memcmp(e->e_ident, ELFMAG, SELFMAG) || e->e_ident[EI_CLASS] != ELFCLASS64 ||
	    e->e_machine != EM_X86_64 || e->e_type != ET_EXEC ||
	    e->e_phentsize != sizeof(Elf64_Phdr) || !e->e_phnum || e->e_phnum > MAX_PHDRS)
		return -ENOEXEC;
	if (inode_read(im->file, im->phdrs, e->e_phoff, e->e_phnum * sizeof(Elf64_Phdr)) !=
	    e->e_phnum * sizeof(Elf64_Phdr))
		return -ENOEXEC;
	return 0;
}

static unsigned segment_flags(const Elf64_Phdr *ph)
{
	return (ph->p_flags & PF_R ? VMA_READ : 0) | (ph->p_flags & PF_W ? VMA_WRITE : 0) |
	       (ph->p_flags & PF_X ? VMA_EXEC : 0);
}

/* The part of a segment that comes from the file, then the part that is zero. */
static long map_segment(struct mm *mm, struct image *im, const Elf64_Phdr *ph)
{
	unsigned long start = ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE);
	unsigned long file_end = ph->p_vaddr + ph->p_filesz;
	unsigned long zero_from = ALIGN_UP(file_end, PAGE_SIZE);
	unsigned long end = ALIGN_UP(ph->p_vaddr + ph->p_memsz, PAGE_SIZE);
	unsigned flags = segment_flags(ph);
	long rc;

	if (ph->p_filesz > ph->p_memsz || end > MMAP_TOP || end < start ||
	    (ph->p_vaddr ^ ph->p_offset) & ~PAGE_MASK)
		return -ENOEXEC;
	if (ph->p_filesz) {
		rc = mm_map(mm, start, zero_from - start, flags, im->file,
			    ph->p_offset >> PAGE_SHIFT, MAP_AT);
		if (rc < 0)
			return rc;
	} else {
		zero_from = start;
	}
	if (end > zero_from) {
		rc = mm_map(mm, zero_from, end - zero_from, flags, NULL, 0, MAP_AT);
		if (rc < 0)
			return rc;
	}
	/* What follows in the file's last page is not the program's. */
	if (ph->p_memsz > ph->p_filesz && (file_end & ~PAGE_MASK)) {
		char *tail = mm_build_page(mm, file_end);

		if (!tail)
			return -ENOMEM;
		memset(tail, 0, PAGE_SIZE - (file_end & ~PAGE_MASK));
	}
	if (end > mm->brk_start)
		mm->brk_start = mm->brk = end;
	if (im->ehdr.e_phoff >= ph->p_offset && im->ehdr.e_phoff < ph->p_offset + ph->p_filesz)
		im->phdr_va = ph->p_vaddr + im->ehdr.e_phoff - ph->p_offset;
	return 0;
}

static long map_image(struct mm *mm, struct image *im)
{
	long rc = read_headers(im);

	for (unsigned i = 0; !rc && i < im->ehdr.e_phnum; i++) {
		if (im->phdrs[i].p_type == PT_INTERP)
			return -ENOEXEC; /* dynamic programs need a loader we do not have */
		if (im->phdrs[i].p_type == PT_LOAD)
			rc = map_segment(mm, im, &im->phdrs[i]);
	}
	return rc;
}

/* Writes to the stack being built, which need not fit into one page. */
static bool put_bytes(struct mm *mm, unsigned long va, const void *p, size_t n)
{
	while (n) {
		size_t part = min_ul(n, PAGE_SIZE - (va & ~PAGE_MASK));
		void *to = mm_build_page(mm, va);

		if (!to)
			return false;
		memcpy(to, p, part);
		va += part;
		p = (const char *)p + part;
		n -= part;
	}
	return true;
}

struct vector {
	unsigned long words[128];
	unsigned n;
	bool full;
};

static void push(struct vector *v, unsigned long w)
{
	if (v->n == ARRAY_SIZE(v->words))
		v->full = true;
	else
		v->words[v->n++] = w;
}

static void push_aux(struct vector *v, unsigned long type, unsigned long value)
{
	push(v, type);
	push(v, value);
}

/* Pointers to the strings that follow each other from *text on. */
static void push_strings(struct vector *v, const struct exec_strings *s, unsigned n, size_t *at,
			 unsigned long text_va)
{
	while (n--) {
		push(v, text_va + *at);
		*at += strlen(s->text + *at) + 1;
	}
	push(v, 0);
}

static long build_stack(struct mm *mm, const struct image *im, const struct exec_strings *s,
			unsigned long *sp)
{
	unsigned long text_va, random_va, top = STACK_TOP - options.stack_shift;
	struct vector v = {.n = 0};
	u64 random[2] = {options.seed * 0x9e3779b97f4a7c15u, ~options.seed};
	size_t at = 0;
	long rc;

	rc = mm_map(mm, STACK_TOP - STACK_SIZE, STACK_SIZE, VMA_READ | VMA_WRITE, NULL, 0, MAP_AT);
	if (rc < 0)
		return rc;
	text_va = top - s->len;
	random_va = ALIGN_DOWN(text_va, 16) - 16;

	push(&v, s->argc);
	push_strings(&v, s, s->argc, &at, text_va);
	push_strings(&v, s, s->envc, &at, text_va);
	push_aux(&v, AT_PHDR, im->phdr_va);
	push_aux(&v, AT_PHENT, sizeof(Elf64_Phdr));
	push_aux(&v, AT_PHNUM, im->ehdr.e_phnum);
	push_aux(&v, AT_PAGESZ, PAGE_SIZE);
	push_aux(&v, AT_ENTRY, im->ehdr.e_entry);
	push_aux(&v, AT_UID, 0);
	push_aux(&v, AT_EUID, 0);
	push_aux(&v, AT_GID, 0);
	push_aux(&v, AT_EGID, 0);
	push_aux(&v, AT_SECURE, 0);
	push_aux(&v, AT_RANDOM, random_va);
	push_aux(&v, AT_NULL, 0);
	if (v.full)
		return -E2BIG;

	*sp = ALIGN_DOWN(random_va - v.n * sizeof(v.words[0]), 16);
	if (!put_bytes(mm, text_va, s->text, s->len) ||
	    !put_bytes(mm, random_va, random, sizeof(random)) ||
	    !put_bytes(mm, *sp, v.words, v.n * sizeof(v.words[0])))
		return -ENOMEM;
	return 0;
}

static void start_program(struct regs *regs, unsigned long entry, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	init_user_frame(regs);
	regs->rip = entry;
	regs->rsp = sp;

	memset(current->fpu, 0, sizeof(current->fpu));
	*(u16 *)current->fpu = 0x37f; /* x87 control word and MXCSR: no exceptions */
	*(u32 *)(current->fpu + 24) = 0x1f80;
	asm volatile("fxrstor64 %0" ::"m"(current->fpu));
}

static void switch_mm(struct mm *mm)
{
	struct task *t = current;
	struct mm *old = t->mm;

	pgtable_publish(&mm->pt);
	t->mm = mm;
	pgtable_load(&mm->pt);
	if (old)
		mm_put(old);
	else
		platform_set_kernel_stack((unsigned long)t->stack + KERNEL_STACK_SIZE);
	t->fs_base = 0;
	t->clear_tid = 0;
	if (this_cpu()->fs_base) {
		platform_set_fs_base(0);
		this_cpu()->fs_base = 0;
	}
}

long do_exec(struct regs *regs, const char *path, const struct exec_strings *strings)
{
	struct image *im = kzalloc(sizeof(*im));
	struct mm *mm = im ? mm_alloc() : NULL;
	unsigned long sp = 0;
	long rc = -ENOMEM;
	const char *name = path, *slash;

	if (!mm)
		goto out;
	rc = inode_open(path, &im->file);
	if (rc)
		goto out;
	rc = map_image(mm, im);
	if (!rc)
		rc = build_stack(mm, im, strings, &sp);
	if (!rc) {
		switch_mm(mm);
		mm = NULL;
		files_exec();
		count(proc_execs);
		start_program(regs, im->ehdr.e_entry, sp);
		while ((slash = strchr(name, '/')))
			name = slash + 1;
		copy_string(current->name, name, sizeof(current->name));
	}
	inode_put(im->file);
out:
	if (mm)
		mm_put(mm);
	kfree(im);
	return rc;
}
