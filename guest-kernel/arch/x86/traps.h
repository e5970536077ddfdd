/* SPDX-License-Identifier: MIT */
/*
 * The interface of the entry code. The platform's entry stubs call these functions, and
 * the layers above implement them. All run with events masked.
 */
#ifndef ARCH_TRAPS_H
#define ARCH_TRAPS_H

#include "arch/x86/regs.h"

/* mm/: fault at va, with the processor's error code in regs->orig. */
void handle_page_fault(struct regs *regs, unsigned long va);
/* proc/: all other exceptions. */
void handle_exception(struct regs *regs, unsigned vector);
/* sys/: system call; the result goes into regs->ax, its number into regs->orig. */
void handle_syscall(struct regs *regs);
/* proc/: this CPU's timer has expired. */
void handle_timer(void);
/* proc/: another CPU wants this CPU to look for work or cross-calls. */
void handle_kick(void);
/*
 * proc/: the last step before the return to user mode: reschedule, take signals, die.
 * in_call: the entry was handle_syscall(), whose result is in regs->rax.
 */
void prepare_user_return(struct regs *regs, bool in_call);

/* Platform entry code: returns to user mode with this frame, on the current stack. */
void return_to_user(struct regs *regs) __noreturn;
/* Sets the segment registers and flags of a frame for user mode. */
void init_user_frame(struct regs *regs);

#endif
