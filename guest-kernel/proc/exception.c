// SPDX-License-Identifier: MIT
/* Exceptions that only concern the process, or are a bug of the kernel. */
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/print.h"
#include "mm/user.h"
#include "proc/oom.h"
#include "proc/task.h"

static void raise(struct regs *regs, int sig, int code, unsigned long addr, const char *what)
{
	struct task *t = current;

	t->trap.error = regs->orig;
	if (signal_force(sig, code, addr))
		return;
	print("%s[%d]: %s (%lx) at " IP_NAME " %lx, " SP_NAME " %lx: killed by signal %d\n",
	      t->name, t->pid, what, addr, regs->ip, regs->sp, sig);
}

void user_fault(struct regs *regs, unsigned long va, enum fault_result why)
{
	current->trap.vector = TRAP_PF;
	current->trap.addr = va;
	switch (why) {
	case FAULT_OOM: oom_kill(); break;
	case FAULT_BUS:
		raise(regs, SIGBUS, BUS_ADRERR, va, "access beyond the end of a file");
		break;
	case FAULT_ACCESS: raise(regs, SIGSEGV, SEGV_ACCERR, va, "bad access to memory"); break;
	default: raise(regs, SIGSEGV, SEGV_MAPERR, va, "bad access to memory"); break;
	}
}

/* The reason of a floating-point exception: the lowest set bit, as one of Linux's FPE_* codes. */
static int fpe_code(unsigned vector)
{
	/* invalid, denormal, by zero, overflow, underflow, inexact */
	static const u8 codes[] = {7, 5, 3, 4, 5, 6};
	unsigned raised;
	u16 control, status;
	u32 mxcsr;

	if (vector == 0)
		return 1; /* integer division by zero */
	if (vector == 16) {
		asm volatile("fnstcw %0" : "=m"(control));
		asm volatile("fnstsw %0" : "=m"(status));
		raised = status & ~control;
	} else {
		asm volatile("stmxcsr %0" : "=m"(mxcsr));
		raised = mxcsr & ~(mxcsr >> 7);
	}
	for (unsigned i = 0; i < sizeof(codes); i++)
		if (raised >> i & 1)
			return codes[i];
	return 0;
}

void handle_exception(struct regs *regs, unsigned vector)
{
	if (!regs_from_user(regs)) {
		if (fixup_exception(regs))
			return;
		panic("exception %u in the kernel: error %lx, " IP_NAME " %lx, " SP_NAME " %lx",
		      vector, regs->orig, regs->ip, regs->sp);
	}
	current->trap.vector = vector;
	switch (vector) {
	case 0:
	case 16:
	case 19: raise(regs, SIGFPE, fpe_code(vector), regs->ip, "arithmetic exception"); break;
	case 1: raise(regs, SIGTRAP, TRAP_TRACE, regs->ip, "trap"); break;
	case 3: raise(regs, SIGTRAP, SI_KERNEL, 0, "trap"); break;
	case 6: raise(regs, SIGILL, ILL_ILLOPN, regs->ip, "invalid instruction"); break;
	case 12: raise(regs, SIGBUS, SI_KERNEL, 0, "stack exception"); break;
	case 17: raise(regs, SIGBUS, BUS_ADRALN, 0, "alignment exception"); break;
	default: raise(regs, SIGSEGV, SI_KERNEL, 0, "exception"); break;
	}
}
