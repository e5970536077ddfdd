/* SPDX-License-Identifier: MIT */
/*
 * Signals. A signal is sent to a process or to one thread and stays *pending* there
 * until a thread that does not block it is on its way to user mode; then it is
 * *delivered*: ignored, or it runs a handler, or does what it does by default.
 *
 * One lock guards all of that, the family's. A sender makes the signal pending and
 * sets WORK_SIGNAL of one thread that can take it; that thread looks for itself and
 * clears the bit, so while a call that was interrupted is on its way out, the bit is
 * set. Standard signals are pending once or not at all; those from SIGRTMIN queue up.
 *
 * What the signals of a process do (struct sigactions) is NULL while nobody has said
 * so, and shared with children until one of them says otherwise: fork copies nothing.
 */
#ifndef PROC_SIGNAL_H
#define PROC_SIGNAL_H

#include "arch/x86/sigframe.h"

struct task;

/* Linux's numbers. A wait status names the signal that killed. */
#define SIGHUP	   1
#define SIGINT	   2
#define SIGQUIT	   3
#define SIGILL	   4
#define SIGTRAP	   5
#define SIGABRT	   6
#define SIGBUS	   7
#define SIGFPE	   8
#define SIGKILL	   9
#define SIGUSR1	   10
#define SIGSEGV	   11
#define SIGUSR2	   12
#define SIGPIPE	   13
#define SIGALRM	   14
#define SIGTERM	   15
#define SIGCHLD	   17
#define SIGCONT	   18
#define SIGSTOP	   19
#define SIGTSTP	   20
#define SIGTTIN	   21
#define SIGTTOU	   22
#define SIGURG	   23
#define SIGWINCH   28
#define SIGSYS	   31
#define SIGRTMIN   32
#define NR_SIGNALS 64

#define SIG_BIT(sig)	(1UL << ((sig)-1))
#define SIG_UNBLOCKABLE (SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP))
#define SIG_STOPPING	(SIG_BIT(SIGSTOP) | SIG_BIT(SIGTSTP) | SIG_BIT(SIGTTIN) | SIG_BIT(SIGTTOU))

#define SIG_DFL 0UL
#define SIG_IGN 1UL

#define SA_NOCLDSTOP 1u
#define SA_NOCLDWAIT 2u
#define SA_ONSTACK   0x08000000u
#define SA_RESTART   0x10000000u
#define SA_NODEFER   0x40000000u
#define SA_RESETHAND 0x80000000u
#define SA_RESTORER  0x04000000u

/* siginfo.code */
#define SI_USER	      0
#define SI_KERNEL     0x80
#define SI_QUEUE      (-1)
#define SI_TKILL      (-6)
#define SEGV_MAPERR   1
#define SEGV_ACCERR   2
#define BUS_ADRALN    1
#define BUS_ADRERR    2
#define ILL_ILLOPN    2
#define TRAP_TRACE    2
#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_STOPPED   5
#define CLD_CONTINUED 6

/* As rt_sigaction() passes it. */
struct sigact {
	unsigned long handler; /* or SIG_DFL, SIG_IGN */
	unsigned long flags, restorer;
	u64 mask;
};

struct sigactions;
struct sigentry;

/* Signals that have come and are not delivered. All zero: none. */
struct sigpending {
	u64 set;
	struct sigentry *first; /* what they tell; one without an entry tells nothing */
	unsigned n;		/* entries */
};

/* -- signal.c: family locked in all of these, unless it says otherwise ---------------- */

/*
 * Sends info->signo to a thread, or, with `group`, to its process. 0, or -EAGAIN if a
 * queue is full. One that is gone takes it without a word.
 */
long signal_post(struct task *t, bool group, const struct siginfo *info);
/* Whether sending it to the process would do nothing. */
bool signal_ignored(const struct task *leader, int sig);
/* Whether a child that ends is to be forgotten at once. */
bool signal_unwanted_children(const struct task *leader);
/*
 * Takes a pending signal out of those in `mask` that the running thread can take, and
 * fills *info. 0: none.
 */
int signal_take(u64 mask, struct siginfo *info);
/* Sets or clears the running thread's WORK_SIGNAL. */
void signal_refresh(void);
/* Wakes threads for what is pending for their process; another one will not take it. */
void signal_retarget(struct task *leader);
/* What a signal does in that process. */
struct sigact signal_action(const struct task *leader, int sig);
/* Gives it its default, unless there is no memory for that. */
void signal_set_default(struct task *leader, int sig);
/* Not locked. Sets what `sig` does in the running process, and says what it did. -ENOMEM. */
long signal_set_action(int sig, const struct sigact *new, struct sigact *old);
/* Not locked. A new program starts: handlers are gone, what is ignored stays so. */
void signal_exec(void);
/*
 * Not locked. The running process' actions for a child that is being made, all, or without
 * handlers, as for exec. -ENOMEM.
 */
long signal_inherit(struct task *child, bool clear_handlers);
/* Not locked. All that is pending for a task, and its share of the actions, is freed. */
void signal_free(struct task *t);

/* Not locked. Sets the running thread's mask; returns the one before. */
u64 signal_set_mask(u64 mask);
/*
 * For calls that wait with another mask: sets it, and puts the one before back at the
 * end, if it was interrupted after the handler that then runs.
 */
void signal_mask_begin(u64 mask);
void signal_mask_end(bool interrupted);

/* -- for the rest of the kernel, nothing locked ----------------------------------------- */

/* Sends to the running thread, as if it had done so. */
void signal_self(int sig);
/*
 * The running thread has done something that it cannot go on from. A handler can only
 * run if the signal is neither blocked nor ignored. False if it will die of it.
 */
bool signal_force(int sig, int code, unsigned long addr);

/* -- deliver.c -------------------------------------------------------------------------- */

/* What sigaltstack() tells of the running thread, whose stack pointer is sp. */
struct sigstack signal_alt_stack(unsigned long sp);
/* Puts back what the frame at that user address has saved, and goes on there. */
void signal_return(struct regs *regs) __noreturn;

#endif
