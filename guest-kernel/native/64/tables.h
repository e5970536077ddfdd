/* SPDX-License-Identifier: MIT */
/*
 * See native/tables.h. A gate may name a stack of the task state segment: double faults
 * have the first one.
 */
#ifndef NATIVE_64_TABLES_H
#define NATIVE_64_TABLES_H

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"
#include "native/cpu.h"

#define TSS_AVAILABLE 0x89
#define RFLAGS_MASKED 0x47700 /* cleared by SYSCALL: TF IF DF IOPL NT AC */

struct gate {
	u16 offset_low, selector, flags, offset_middle;
	u32 offset_high, reserved;
};

struct __packed tss {
	u32 reserved0;
	u64 rsp[3], reserved1;
	u64 ist[7], reserved2;
	u16 reserved3, io_map;
};

struct __packed table_pointer {
	u16 limit;
	u64 base;
};

static struct gate idt[256] __aligned(16);

static struct {
	u64 gdt[GDT_ENTRIES];
	struct tss tss;
	char fault_stack[PAGE_SIZE] __aligned(16);
} own[NR_CPUS];

_Static_assert(offsetof(struct cpu, kernel_sp) == CPU_KERNEL_SP, "entry.S");
_Static_assert(offsetof(struct cpu, user_sp) == CPU_USER_SP, "entry.S");

static inline void set_gate(unsigned vector, unsigned long entry, u16 flags)
{
	idt[vector] = (struct gate){
		.offset_low = (u16)entry,
		.selector = KERNEL_CS,
		.flags = GATE_INTERRUPT | flags,
		.offset_middle = (u16)(entry >> 16),
		.offset_high = (u32)(entry >> 32),
	};
}

static inline void fill_width_gates(const unsigned long *exception_stubs)
{
	set_gate(TRAP_DF, exception_stubs[TRAP_DF], 1); /* stack 1 of the TSS */
}

static inline void load_tables(unsigned id)
{
	unsigned long tss = (unsigned long)&own[id].tss;
	u64 *gdt = own[id].gdt;
	struct table_pointer gdt_at = {sizeof(own[id].gdt) - 1, (unsigned long)gdt};
	struct table_pointer idt_at = {sizeof(idt) - 1, (unsigned long)idt};

	own[id].tss.ist[0] = (unsigned long)own[id].fault_stack + PAGE_SIZE;
	own[id].tss.io_map = sizeof(struct tss); /* none: no ports for user mode */
	gdt[KERNEL_CS / 8] = DESCRIPTOR_KERNEL_CS;
	gdt[KERNEL_DS / 8] = DESCRIPTOR_KERNEL_DS;
	gdt[USER_DS / 8] = DESCRIPTOR_USER_DS;
	gdt[USER_CS / 8] = DESCRIPTOR_USER_CS;
	gdt[TSS_SELECTOR / 8] = (sizeof(struct tss) - 1) | (tss & 0xffffff) << 16 |
				(u64)TSS_AVAILABLE << 40 | (tss >> 24 & 0xff) << 56;
	gdt[TSS_SELECTOR / 8 + 1] = tss >> 32;
	/* The selectors in use have the same meaning as before. */
	asm volatile("lgdt %0" ::"m"(gdt_at));
	asm volatile("ltr %w0" ::"r"(TSS_SELECTOR));
	asm volatile("lidt %0" ::"m"(idt_at));
}

static inline void set_tss_stack(struct cpu *c, unsigned long sp)
{
	c->kernel_sp = sp;
	own[c->id].tss.rsp[0] = sp;
}

static inline void set_call_entry(const char *entry_syscall)
{
	write_msr(MSR_STAR, (u64)USER_CS_BASE << 48 | 3ul << 48 | (u64)KERNEL_CS << 32);
	write_msr(MSR_LSTAR, (unsigned long)entry_syscall);
	write_msr(MSR_FMASK, RFLAGS_MASKED);
	write_msr(MSR_KERNEL_GS_BASE, 0); /* the user's GS base, while in the kernel */
}

static inline void set_tls(tls_t tls)
{
	write_msr(MSR_FS_BASE, tls);
}

#define is_stepped_entry(regs, vector) false /* SYSCALL clears TF */

#endif
