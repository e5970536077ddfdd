/* SPDX-License-Identifier: MIT */
/* Privileged instructions, and declarations that the files of this directory share. */
#ifndef NATIVE_CPU_H
#define NATIVE_CPU_H

#include "arch/x86/types.h"
#include "native/descriptors.h"

static inline void write_msr(u32 msr, u64 v)
{
	asm volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

/* Also flushes all TLB entries: none of ours is global. */
static inline void write_cr3(unsigned long v)
{
	asm volatile("mov %0, %%cr3" ::"r"(v) : "memory");
}

static inline unsigned long read_cr3(void)
{
	unsigned long v;

	asm volatile("mov %%cr3, %0" : "=r"(v));
	return v;
}

static inline unsigned long read_cr2(void)
{
	unsigned long v;

	asm volatile("mov %%cr2, %0" : "=r"(v));
	return v;
}

static inline void invlpg(unsigned long va)
{
	asm volatile("invlpg (%0)" ::"r"(va) : "memory");
}

/* -- apic.c: the local APIC, this CPU's interrupt controller and timer --------- */

#define APIC_BASE 0xfee00000UL
#if WORD_BITS == 64
/*
 * Part of the direct map. start.c maps the APIC's registers at this address, instead of
 * its own frame.
 */
extern char apic_page[PAGE_SIZE];
#else
/* Mapped where they are, in a large page. */
#define apic_page ((char *)APIC_BASE)
#endif

/* Call once on each CPU. No interrupt arrives before. */
void apic_init(void);
void apic_acknowledge(void);
/* Starts the timer, which expires once after that many of its ticks; 0 stops it. */
void apic_set_timer(u32 ticks);
u32 apic_timer_left(void);
/* Sends an interrupt to another CPU. */
void apic_send(unsigned id, unsigned vector);
/* Starts a CPU that has not run yet, in real mode at page `page` of the first 256. */
void apic_start(unsigned id, unsigned page);

#endif
