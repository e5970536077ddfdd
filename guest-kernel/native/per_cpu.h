/* SPDX-License-Identifier: MIT */
/* How this_cpu() begins to work on a CPU: a base of GS, or on 32 bits a segment for FS. */
#ifndef NATIVE_PER_CPU_H
#define NATIVE_PER_CPU_H

#include "arch/x86/cpu.h"
#include "native/cpu.h"

#if WORD_BITS == 64
static inline void per_cpu_begin(void)
{
	write_msr(MSR_GS_BASE, (unsigned long)&cpus[0]);
}

/* The trampoline of that CPU is told this value. */
static inline unsigned long per_cpu_parameter(unsigned id)
{
	return (unsigned long)&cpus[id];
}
#else
/* 32/tables.c: on the first CPU. */
void per_cpu_begin(void);
/* Makes that CPU's segment table. Returns the address of what LGDT reads. */
unsigned long per_cpu_parameter(unsigned id);
#endif

#endif
