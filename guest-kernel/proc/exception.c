// SPDX-License-Identifier: MIT
/* Exceptions that are nobody's business but the process', or a bug of ours. */
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/print.h"
#include "mm/user.h"
#include "proc/task.h"

/* Linux's signal numbers: a wait status names the signal that killed. */
#define SIGILL	4
#define SIGTRAP 5
#define SIGBUS	7
#define SIGFPE	8
#define SIGKILL 9
#define SIGSEGV 11

static void die(struct regs *regs, int sig, const char *what, unsigned long detail)
{
	struct task *t = current;

	print("%s[%d]: %s (%lx) at rip %lx, rsp %lx: killed by signal %d\n", t->name, t->pid, what,
	      detail, regs->rip, regs->rsp, sig);
	task_kill(t, sig);
}

void user_fault(struct regs *regs, unsigned long va, enum fault_result why)
{
	switch (why) {
	case FAULT_OOM: die(regs, SIGKILL, "out of memory", va); break;
	case FAULT_BUS: die(regs, SIGBUS, "access beyond the end of a file", va); break;
	default: die(regs, SIGSEGV, "bad access to memory", va); break;
	}
}

void handle_exception(struct regs *regs, unsigned vector)
{
	if (!regs_from_user(regs)) {
		if (fixup_exception(regs))
			return;
		panic("exception %u in the kernel: error %lx, rip %lx, rsp %lx", vector, regs->orig,
		      regs->rip, regs->rsp);
	}
	switch (vector) {
	case 0:
	case 16:
	case 19: die(regs, SIGFPE, "arithmetic exception", vector); break;
	case 1:
	case 3: die(regs, SIGTRAP, "trap", vector); break;
	case 6: die(regs, SIGILL, "invalid instruction", vector); break;
	default: die(regs, SIGSEGV, "exception", vector); break;
	}
}
