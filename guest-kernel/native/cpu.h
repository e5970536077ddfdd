/* SPDX-License-Identifier: MIT */
/* Privileged instructions, and what the files of this directory tell each other. */
#ifndef NATIVE_CPU_H
#define NATIVE_CPU_H

#include "arch/x86/types.h"
#include "native/descriptors.h"

static inline void write_msr(u32 msr, u64 v)
{
	asm volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

/* Also drops all TLB entries: none of ours is global. */
static inline void write_cr3(unsigned long v)
{
	asm volatile("movq %0, %%cr3" ::"r"(v) : "memory");
}

static inline unsigned long read_cr3(void)
{
	unsigned long v;

	asm volatile("movq %%cr3, %0" : "=r"(v));
	return v;
}

static inline unsigned long read_cr2(void)
{
	unsigned long v;

	asm volatile("movq %%cr2, %0" : "=r"(v));
	return v;
}

static inline void invlpg(unsigned long va)
{
	asm volatile("invlpg (%0)" ::"r"(va) : "memory");
}

/* -- apic.c: the local APIC, this CPU's interrupt controller and timer --------- */

/*
 * In the direct map; start.c lets it show the APIC's registers instead of its own
 * frame.
 */
extern char apic_page[PAGE_SIZE];
#define APIC_BASE 0xfee00000UL

/* Once on each CPU. No interrupt comes before. */
void apic_init(void);
void apic_acknowledge(void);
/* The timer's ticks: sets it to go off after so many, once; 0 stops it. */
void apic_set_timer(u32 ticks);
u32 apic_timer_left(void);
/* An interrupt for another CPU. */
void apic_send(unsigned id, unsigned vector);
/* Wakes a CPU that has not run yet, in real mode at page `page` of the first 256. */
void apic_start(unsigned id, unsigned page);

#endif
