/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: options, then "--" and process 1's arguments. With the option
 * `checkpoint` the other options come later, from the host (arch/x86/qemu.c), except for
 * high_mib, which is needed before.
 */
#ifndef PROC_OPTIONS_H
#define PROC_OPTIONS_H

#include "arch/x86/types.h"

#define HIGH_MIB_DEFAULT (~(u64)0) /* an eighth of memory */

#define SEED_DEFAULT 1 /* moves nothing */

struct options {
	const char *init;      /* the program of process 1 */
	const char *init_args; /* blank-separated; may be empty */
	u64 seed;
	bool audit;   /* check page tables outside the timed parts (mmu/audit.h) */
	u64 high_mib; /* size of the zone for pte pages, under pte=high */
	bool checkpoint;
	bool xenperf; /* read Xen's counters around the measured parts (sys/xenperf.h) */
	/*
	 * By how many bytes the seed moves things. All but stack_bytes are complete pages, and 0
	 * by default.
	 */
	struct {
		unsigned long
			stack_bytes; /* the first stack pointer, within a page; multiple of 16 */
		unsigned long stack, mmap; /* stack and mmap's area, downwards */
		unsigned long brk; /* the break, and position-independent programs, upwards */
	} layout;
};
extern struct options options;

/* Splits the text in place and keeps pointers into it. Panics at an unknown option. */
void options_parse(char *text);

#endif
