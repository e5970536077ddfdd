/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: options, then "--" and process 1's arguments. With
 * the option `checkpoint` the others come later, from the host (arch/x86/qemu.c),
 * except for high_mib, which is needed before.
 */
#ifndef PROC_OPTIONS_H
#define PROC_OPTIONS_H

#include "arch/x86/types.h"

#define HIGH_MIB_DEFAULT (~(u64)0) /* an eighth of memory */

#define SEED_DEFAULT 1 /* leaves things where they come to lie */

struct options {
	const char *init;      /* program of process 1 */
	const char *init_args; /* blank-separated; may be empty */
	u64 seed;
	bool audit;   /* examine page tables outside the timed parts (mmu/audit.h) */
	u64 high_mib; /* size of the zone for pte pages, under pte=high */
	bool checkpoint;
	bool xenperf; /* read Xen's counters around what is measured (sys/xenperf.h) */
	/*
	 * By how many bytes the seed moves things; all but stack_bytes are whole pages, which
	 * are 0 for the default.
	 */
	struct {
		unsigned long
			stack_bytes; /* the first stack pointer, within a page; multiple of 16 */
		unsigned long stack, mmap; /* stack and mmap's area, downwards */
		unsigned long brk; /* the break, and programs that may lie anywhere, upwards */
	} layout;
};
extern struct options options;

/* Cuts the text up in place and keeps pointers into it; panics at what it does not know. */
void options_parse(char *text);

#endif
