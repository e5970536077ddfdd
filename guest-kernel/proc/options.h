/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: options, then "--" and process 1's arguments. With
 * the option `checkpoint` the others come later, from the host (xen/qemu.c).
 */
#ifndef PROC_OPTIONS_H
#define PROC_OPTIONS_H

#include "arch/x86/types.h"

struct options {
	const char *init;      /* program of process 1 */
	const char *init_args; /* blank-separated; may be empty */
	u64 seed;
	bool audit; /* examine page tables outside the timed parts (mmu/audit.h) */
	bool checkpoint;
	unsigned long stack_shift; /* bytes by which the seed moves user stacks; multiple of 16 */
};
extern struct options options;

/* Cuts the text up in place and keeps pointers into it; panics at what it does not know. */
void options_parse(char *text);

#endif
