/* SPDX-License-Identifier: MIT */
/*
 * From a file to a program in an address space that is being built: elf.c maps the
 * file, script.c finds the interpreter of a "#!" file, start_stack.c lays out what the
 * program finds on its stack. exec.c puts them together.
 */
#ifndef PROC_IMAGE_H
#define PROC_IMAGE_H

#include <elf.h>

#include "proc/task.h"

struct inode;
struct mm;

#define MAX_PHDRS 16

struct image {
	struct inode *file;
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdrs[MAX_PHDRS];
	unsigned long bias;    /* what was added to all addresses in the file */
	unsigned long entry;   /* where it starts */
	unsigned long phdr_va; /* where the program finds its own headers; 0: it does not */
	bool stack_exec;       /* code runs on its stack */
};

/*
 * Reads im->file's headers: 0, or -ENOEXEC, with what there is in im->ehdr, or -ENOENT for
 * programs that want a dynamic loader, which we do not have.
 */
long image_read(struct image *im);
/* Maps the segments and says where the break begins. 0 or negative errno. */
long image_map(struct mm *mm, struct image *im);

/*
 * What a script's interpreter gets instead of argv[0]: its own name, one argument, the
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
 * Puts what the first line of im->file says in front; `path` is the file's name. Returns the
 * interpreter's, or NULL if the line is no good or too long.
 */
const char *script_interpreter(struct script *s, const struct image *im, const char *path);

/*
 * Maps the stack and fills it; *sp is where it starts. `script` may be NULL; path is what
 * the program was called by.
 */
long start_stack(struct mm *mm, const struct image *im, const struct exec_strings *s,
		 const struct script *script, const char *path, unsigned long *sp);

#endif
