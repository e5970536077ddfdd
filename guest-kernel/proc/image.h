/* SPDX-License-Identifier: MIT */
/*
 * From a file to a program in an address space that is being built. elf.c maps the file,
 * script.c finds the interpreter of a "#!" file, start_stack.c fills the initial stack.
 * exec.c combines them.
 */
#ifndef PROC_IMAGE_H
#define PROC_IMAGE_H

#include <elf.h>

#include "proc/task.h"

struct inode;
struct mm;

/* The width's programs. */
#if WORD_BITS == 64
typedef Elf64_Ehdr elf_ehdr;
typedef Elf64_Phdr elf_phdr;
#define ELF_CLASS    ELFCLASS64
#define ELF_MACHINE  EM_X86_64
#define ELF_PLATFORM "x86_64"
#else
typedef Elf32_Ehdr elf_ehdr;
typedef Elf32_Phdr elf_phdr;
#define ELF_CLASS    ELFCLASS32
#define ELF_MACHINE  EM_386
#define ELF_PLATFORM "i686"
#endif

#define MAX_PHDRS 16

struct image {
	struct inode *file;
	elf_ehdr ehdr;
	elf_phdr phdrs[MAX_PHDRS];
	unsigned long bias;    /* added to all addresses of the file */
	unsigned long entry;   /* address of the first instruction */
	unsigned long phdr_va; /* the program's own headers in its memory; 0: not mapped */
	bool stack_exec;       /* its stack is executable */
};

/*
 * Reads im->file's headers: 0, or -ENOEXEC, with the bytes read in im->ehdr, or -ENOENT
 * for programs that need a dynamic loader, which we do not have.
 */
long image_read(struct image *im);
/* Maps the segments and sets the start of the break. Returns 0 or a negative errno. */
long image_map(struct mm *mm, struct image *im);

/*
 * The arguments that replace a script's argv[0]: the interpreter's name, one argument, the
 * script's name. Strings one after the other, from text + at to the end.
 */
#define SCRIPT_TEXT 1024
struct script {
	size_t at;
	unsigned n;
	char text[SCRIPT_TEXT];
};

bool script_is(const struct image *im);
/*
 * Adds what the first line of im->file says at the front; `path` is the file's name.
 * Returns the interpreter's name, or NULL if the line is invalid or too long.
 */
const char *script_interpreter(struct script *s, const struct image *im, const char *path);

/*
 * Maps the stack and fills it; *sp is the initial stack pointer. `script` may be NULL;
 * path is the name by which the program was called.
 */
long start_stack(struct mm *mm, const struct image *im, const struct exec_strings *s,
		 const struct script *script, const char *path, unsigned long *sp);

#endif
