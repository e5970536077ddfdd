// SPDX-License-Identifier: MIT
/*
 * The dispatch of system calls. The files of sys/, by their names:
 *
 *	sys_*.c					the system calls, by topic
 *	path, node, file, fdtable		from a path to an open file
 *	pipe, eventfd, poll, output		files that a task can wait for; the console
 *	devices, dev_*, audit, vmalloc, xenperf	devices, and the work behind them
 *	procfs, proc_text			/proc
 *	session, initramfs			the files that the host brings
 */
#include "sys/syscall.h"

#include "abi/counters.h"
#include "arch/x86/cpu.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mmu/policy.h"

extern const struct syscall syscalls_start[], syscalls_end[];

static long (*table[MAX_SYSCALL])(const struct syscall_args *args);
static const char *const names[MAX_SYSCALL] = {
#include "syscall_names.h" /* made by the build */
};
static u32 unknown[MAX_SYSCALL]; /* how often a missing call was made */

void syscall_init(void)
{
	for (const struct syscall *s = syscalls_start; s < syscalls_end; s++) {
		unsigned nr = SYSCALL_NUMBER(s->nr);

		if (WORD_BITS == 32 && nr == MAX_SYSCALL)
			continue;
		BUG_ON(nr >= MAX_SYSCALL || table[nr]);
		table[nr] = s->fn;
#if WORD_BITS == 32
		if (syscall_also(nr) < MAX_SYSCALL)
			table[syscall_also(nr)] = s->fn;
#endif
	}
}

void syscall_report_unknown(void)
{
	for (unsigned nr = 0; nr < MAX_SYSCALL; nr++) {
		char name[48], text[128];

		if (!unknown[nr])
			continue;
		if (names[nr])
			snprintf(name, sizeof(name), "%s (%u)", names[nr], nr);
		else
			snprintf(name, sizeof(name), "%u", nr);
		snprintf(text, sizeof(text), "system call %s does not exist here: ENOSYS, %u times",
			 name, unknown[nr]);
		record_begin("warning");
		record_str("text", text);
		record_end();
	}
}

void handle_syscall(struct regs *regs)
{
	struct syscall_args args = {
		.a = REGS_ARGUMENTS(regs),
		.regs = regs,
	};
	unsigned long nr = regs->ax;

	regs->orig = nr; /* to restart the call */
	count(syscalls_total);
	if (mutant(bug))
		BUG();
	while (mutant(hang))
		cpu_relax();
	if (nr >= MAX_SYSCALL || !table[nr]) {
		count(syscalls_unknown);
		if (nr < MAX_SYSCALL)
			__atomic_add_fetch(&unknown[nr], 1, __ATOMIC_RELAXED);
		regs->ax = (unsigned long)-ENOSYS;
		return;
	}
	regs->ax = (unsigned long)table[nr](&args);
}
