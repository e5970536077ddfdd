/* SPDX-License-Identifier: MIT */
/*
 * Where the entry code hands over. The platform's entry stubs call these; the
 * layers above implement them. All run with events masked.
 */
#ifndef ARCH_TRAPS_H
#define ARCH_TRAPS_H

#include "arch/x86/regs.h"

/* mm/: fault at va, with the processor's error code in regs->orig. */
void handle_page_fault(struct regs *regs, unsigned long va);
/* proc/: any other exception. */
void handle_exception(struct regs *regs, unsigned vector);
/* sys/: system call; the result goes into regs->rax, its number into regs->orig. */
void handle_syscall(struct regs *regs);
/* proc/: the timer of this CPU went off. */
void handle_timer(void);
/* proc/: another CPU wants this one to look for work or cross-calls. */
void handle_kick(void);
/*
 * proc/: last thing before returning to user mode: reschedule, take signals, die.
 * in_call: out of handle_syscall(), whose result is in regs->rax.
 */
void prepare_user_return(struct regs *regs, bool in_call);

/* In platform entry code: leaves for user mode with this frame, on the current stack. */
void return_to_user(struct regs *regs) __noreturn;
/* What a frame for user mode must have in its segment registers and flags. */
void init_user_frame(struct regs *regs);

#endif
