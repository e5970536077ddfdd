// SPDX-License-Identifier: MIT
/*
 * Descriptor tables and traps. Each CPU has its own segment table, because the table names
 * the CPU's task state segment, which names the stack for entries from user mode. All
 * gates are interrupt gates: the kernel runs with interrupts masked.
 *
 * An overflow of a kernel stack causes a double fault. The double fault has its own stack,
 * so that it can still be reported.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "native/cpu.h"

#define GATE_INTERRUPT 0x8e00
#define GATE_USER      0x6000 /* may be raised by an instruction in user mode */
#define TSS_AVAILABLE  0x89
#define RFLAGS_MASKED  0x47700 /* cleared by SYSCALL: TF IF DF IOPL NT AC */

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

extern const unsigned long exception_stubs[NR_TRAPS];
extern char entry_syscall[], entry_timer[], entry_kick[], entry_spurious[];

void native_syscall(struct regs *regs);
void native_exception(struct regs *regs, unsigned vector);
void native_interrupt(struct regs *regs, unsigned vector);
void return_to_frame(struct regs *regs) __noreturn; /* entry.S */

_Static_assert(offsetof(struct cpu, kernel_sp) == CPU_KERNEL_SP, "entry.S");
_Static_assert(offsetof(struct cpu, user_sp) == CPU_USER_SP, "entry.S");

/* The last step of every exit. */
static __always_inline void finish(struct regs *regs, bool in_call)
{
	if (!regs_from_user(regs))
		return;
	/* A program's entry point may be an invalid address; returning to it would fail. */
	if (unlikely(regs->ip > USER_TOP))
		handle_exception(regs, TRAP_GP);
	prepare_user_return(regs, in_call);
}

void init_user_frame(struct regs *regs)
{
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	regs->flags = RFLAGS_IF | RFLAGS_FIXED;
}

void return_to_user(struct regs *regs)
{
	finish(regs, false);
	return_to_frame(regs);
}

void native_syscall(struct regs *regs)
{
	handle_syscall(regs);
	finish(regs, true);
}

void native_exception(struct regs *regs, unsigned vector)
{
	if (vector == TRAP_PF)
		handle_page_fault(regs, read_cr2());
	else
		handle_exception(regs, vector);
	finish(regs, false);
}

void native_interrupt(struct regs *regs, unsigned vector)
{
	apic_acknowledge();
	if (vector == VECTOR_TIMER)
		handle_timer();
	else
		handle_kick();
	finish(regs, false);
}

static void set_gate(unsigned vector, unsigned long entry, u16 flags)
{
	idt[vector] = (struct gate){
		.offset_low = (u16)entry,
		.selector = KERNEL_CS,
		.flags = GATE_INTERRUPT | flags,
		.offset_middle = (u16)(entry >> 16),
		.offset_high = (u32)(entry >> 32),
	};
}

static void fill_idt(void)
{
	for (unsigned i = 0; i < NR_TRAPS; i++)
		set_gate(i, exception_stubs[i], i == 3 || i == 4 ? GATE_USER : 0);
	set_gate(TRAP_DF, exception_stubs[TRAP_DF], 1); /* stack 1 of the TSS */
	set_gate(VECTOR_TIMER, (unsigned long)entry_timer, 0);
	set_gate(VECTOR_KICK, (unsigned long)entry_kick, 0);
	set_gate(VECTOR_SPURIOUS, (unsigned long)entry_spurious, 0);
}

static void load_tables(unsigned id)
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

void platform_init_traps(void)
{
	unsigned id = this_cpu()->id;

	if (!id)
		fill_idt();
	load_tables(id);
	write_msr(MSR_STAR, (u64)USER_CS_BASE << 48 | 3ul << 48 | (u64)KERNEL_CS << 32);
	write_msr(MSR_LSTAR, (unsigned long)entry_syscall);
	write_msr(MSR_FMASK, RFLAGS_MASKED);
	write_msr(MSR_KERNEL_GS_BASE, 0); /* the user's GS base, while in the kernel */
	apic_init();
}

void platform_set_kernel_stack(unsigned long sp)
{
	struct cpu *c = this_cpu();

	c->kernel_sp = sp;
	own[c->id].tss.rsp[0] = sp;
}

void platform_set_tls(tls_t tls)
{
	write_msr(MSR_FS_BASE, tls);
}

void platform_idle(void)
{
	/* STI takes effect after the next instruction, so no interrupt can come before the HLT. */
	asm volatile("sti\n hlt\n cli" ::: "memory");
}
