/* SPDX-License-Identifier: MIT */
/*
 * The functions that fault handling needs from the layers above, and exceptions that
 * kernel code expects: an instruction in the exception table continues at its fix-up.
 */
#ifndef MM_USER_H
#define MM_USER_H

#include "arch/x86/regs.h"
#include "mm/mm.h"

/* proc/: the running process' address space; NULL in a kernel thread. */
struct mm *current_mm(void);
/* proc/: the process made an illegal access, or memory is exhausted; `why` is not FAULT_OK. */
void user_fault(struct regs *regs, unsigned long va, enum fault_result why);

/* True if regs->ip was in the table and has been moved to the fix-up. */
bool fixup_exception(struct regs *regs);

#endif
