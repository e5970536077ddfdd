// SPDX-License-Identifier: MIT
/*
 * Segments, task state and gates of 32 bits.
 *
 * A gate cannot name a stack here. A double fault is therefore handled by another task, to
 * which the processor switches: it has its own stack, and the interrupted registers are in
 * the first task's state.
 *
 * SYSENTER sets the stack pointer from a register that is the same for all tasks. It
 * points to the task state segment, in which the entry code finds the task's stack. The
 * entry may trap before it does: a program that steps itself (TF) stops at the first
 * instruction. For this there is a small stack below the task state segment.
 */
#include "native/tables.h"

#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "native/cpu.h"
#include "native/per_cpu.h"

#define GATE_TASK     0x8500
#define FAULT_STACK   PAGE_SIZE
#define TSS_LIMIT     (sizeof(struct tss) - 1)
#define PER_CPU_LIMIT (sizeof(struct cpu) - 1)

struct gate {
	u16 offset_low, selector, flags, offset_high;
};

struct tss {
	u32 link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags;
	u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs, ldt;
	u16 trap, io_map;
};
_Static_assert(offsetof(struct tss, esp0) == TSS_ESP0, "entry.S");

struct __packed table_pointer {
	u16 limit;
	u32 base;
};

static struct gate idt[256] __aligned(16);

static struct {
	u64 gdt[GDT_ENTRIES];
	char call_stack[1024] __aligned(16);
	struct tss tss; /* above call_stack */
	struct tss fault_tss __aligned(128);
	char fault_stack[FAULT_STACK] __aligned(16);
	struct table_pointer gdt_at;
} own[NR_CPUS];

extern u64 start_root[]; /* head.S */
extern char entry_syscall[], entry_sysenter[], entry_double_fault[];

void native_double_fault(void) __noreturn;

static u64 descriptor(const void *at, unsigned long limit, u64 bits)
{
	unsigned long base = (unsigned long)at;

	return bits | limit | (u64)(base & 0xffffff) << 16 | (u64)(base >> 24) << 56;
}

static void make_fault_task(unsigned id)
{
	own[id].fault_tss = (struct tss){
		.cr3 = virt_to_pfn(start_root).v << PAGE_SHIFT |
		       ((unsigned long)start_root & ~PAGE_MASK),
		.eip = (unsigned long)entry_double_fault,
		.eflags = RFLAGS_FIXED,
		.esp = (unsigned long)own[id].fault_stack + FAULT_STACK,
		.cs = KERNEL_CS,
		.ss = KERNEL_DS,
		.ds = KERNEL_DS,
		.es = KERNEL_DS,
		.fs = PER_CPU_SELECTOR,
		.io_map = sizeof(struct tss),
	};
}

unsigned long per_cpu_parameter(unsigned id)
{
	u64 *gdt = own[id].gdt;

	gdt[PER_CPU_SELECTOR / 8] = descriptor(&cpus[id], PER_CPU_LIMIT, DESCRIPTOR_PER_CPU);
	gdt[KERNEL_CS / 8] = DESCRIPTOR_KERNEL_CS;
	gdt[KERNEL_DS / 8] = DESCRIPTOR_KERNEL_DS;
	gdt[USER_CS / 8] = DESCRIPTOR_USER_CS;
	gdt[USER_DS / 8] = DESCRIPTOR_USER_DS;
	gdt[TSS_SELECTOR / 8] = descriptor(&own[id].tss, TSS_LIMIT, DESCRIPTOR_TSS);
	gdt[FAULT_SELECTOR / 8] = descriptor(&own[id].fault_tss, TSS_LIMIT, DESCRIPTOR_TSS);
	own[id].tss.ss0 = KERNEL_DS;
	own[id].tss.io_map = sizeof(struct tss); /* none: no ports for user mode */
	make_fault_task(id);
	own[id].gdt_at = (struct table_pointer){sizeof(own[id].gdt) - 1, (unsigned long)gdt};
	return (unsigned long)&own[id].gdt_at;
}

void per_cpu_begin(void)
{
	per_cpu_parameter(0);
	/* The selectors in use have the same meaning as before. */
	asm volatile("lgdt %0" ::"m"(own[0].gdt_at));
	asm volatile("movl %0, %%fs" ::"r"(PER_CPU_SELECTOR));
}

void set_gate(unsigned vector, unsigned long entry, u16 flags)
{
	idt[vector] = (struct gate){
		.offset_low = (u16)entry,
		.selector = KERNEL_CS,
		.flags = GATE_INTERRUPT | flags,
		.offset_high = (u16)(entry >> 16),
	};
}

void fill_width_gates(const unsigned long *exception_stubs)
{
	(void)exception_stubs;
	idt[TRAP_DF] = (struct gate){.selector = FAULT_SELECTOR, .flags = GATE_TASK};
	set_gate(SYSCALL_VECTOR, (unsigned long)entry_syscall, GATE_USER);
}

void load_tables(unsigned id)
{
	struct table_pointer idt_at = {sizeof(idt) - 1, (unsigned long)idt};

	(void)id;
	asm volatile("ltr %w0" ::"r"(TSS_SELECTOR));
	asm volatile("lidt %0" ::"m"(idt_at));
}

void set_tss_stack(const struct cpu *c, unsigned long sp)
{
	own[c->id].tss.esp0 = sp;
}

void set_call_entry(const char *entry)
{
	(void)entry; /* of INT $0x80, which is a gate */
	if (!(cpu_features() & FEATURE_SEP))
		return;
	write_msr(MSR_SYSENTER_CS, KERNEL_CS);
	write_msr(MSR_SYSENTER_ESP, (unsigned long)&own[this_cpu()->id].tss);
	write_msr(MSR_SYSENTER_EIP, (unsigned long)entry_sysenter);
}

void set_tls(tls_t tls)
{
	u64 *gdt = own[this_cpu()->id].gdt;

	/* The program's selectors are loaded again on the way out. */
	for (unsigned i = 0; i < TLS_SEGMENTS; i++)
		gdt[GDT_TLS_FIRST + i] = tls.segment[i];
}

bool is_stepped_entry(struct regs *regs, unsigned vector)
{
	if (vector != 1 || regs->ip != (unsigned long)entry_sysenter || regs_from_user(regs))
		return false;
	regs->flags &= ~(unsigned long)RFLAGS_TF;
	return true;
}

void native_double_fault(void)
{
	const struct tss *t = &own[this_cpu()->id].tss;

	panic("exception %u in the kernel: " IP_NAME " %x, " SP_NAME " %x", TRAP_DF, t->eip,
	      t->esp);
}
