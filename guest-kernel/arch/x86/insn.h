/* SPDX-License-Identifier: MIT */
/*
 * Instructions that have no C and differ between the widths of the machine. Each width has
 * a header with these names:
 *
 *	per_cpu_self()		the first word of the per-CPU segment
 *	per_cpu_add()		adds to a 64-bit number at a constant offset there
 *	CODE_ADDRESS()		sets a pointer to the address of this code
 *	scale_32()		a * b / 2^32, with a wide intermediate result
 *	entry_load()		reads a page-table entry in one piece
 *	entry_store()		writes an entry that other CPUs may read
 *	entry_exchange()	writes an entry if it is still *old; otherwise sets *old
 *	FXSAVE, FXRSTOR		the mnemonics for all registers of the width
 */
#ifndef ARCH_INSN_H
#define ARCH_INSN_H

#ifdef __x86_64__
#include "arch/x86/64/insn.h"
#else
#include "arch/x86/32/insn.h"
#endif

#endif
