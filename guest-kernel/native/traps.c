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
#include "lib/errno.h"
#include "native/cpu.h"
#include "native/tables.h"

extern const unsigned long exception_stubs[NR_TRAPS];
extern char entry_syscall[], entry_timer[], entry_kick[], entry_spurious[];

void native_syscall(struct regs *regs);
void native_syscall_fault(struct regs *regs);
void native_exception(struct regs *regs, unsigned vector);
void native_interrupt(struct regs *regs, unsigned vector);
void return_to_frame(struct regs *regs) __noreturn; /* entry.S */

/* The last step of every exit. */
static __always_inline void finish(struct regs *regs, bool in_call)
{
	if (!regs_from_user(regs))
		return;
	/* On 64 bits, a program's entry point may be an invalid address; returning to it would
	 * fail. */
	if (WORD_BITS == 64 && unlikely(regs->ip > USER_TOP))
		handle_exception(regs, TRAP_GP);
	prepare_user_return(regs, in_call);
}

void init_user_frame(struct regs *regs)
{
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	REGS_SET_DATA_SEGMENTS(regs, USER_DS);
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

#if WORD_BITS == 32
/* The entry code could not read the call's last argument from the program's stack. */
void native_syscall_fault(struct regs *regs)
{
	regs->ax = (unsigned long)-EFAULT;
	finish(regs, true);
}
#endif

void native_exception(struct regs *regs, unsigned vector)
{
	if (is_stepped_entry(regs, vector))
		return;
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

static void fill_idt(void)
{
	for (unsigned i = 0; i < NR_TRAPS; i++)
		set_gate(i, exception_stubs[i], i == 3 || i == 4 ? GATE_USER : 0);
	fill_width_gates(exception_stubs);
	set_gate(VECTOR_TIMER, (unsigned long)entry_timer, 0);
	set_gate(VECTOR_KICK, (unsigned long)entry_kick, 0);
	set_gate(VECTOR_SPURIOUS, (unsigned long)entry_spurious, 0);
}

void platform_init_traps(void)
{
	unsigned id = this_cpu()->id;

	if (!id)
		fill_idt();
	load_tables(id);
	set_call_entry(entry_syscall);
	apic_init();
}

void platform_set_kernel_stack(unsigned long sp)
{
	set_tss_stack(this_cpu(), sp);
}

void platform_set_tls(tls_t tls)
{
	set_tls(tls);
}

void platform_idle(void)
{
	/* STI takes effect after the next instruction, so no interrupt can come before the HLT. */
	asm volatile("sti\n hlt\n cli" ::: "memory");
}
