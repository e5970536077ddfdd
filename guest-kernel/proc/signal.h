/* SPDX-License-Identifier: MIT */
/*
 * Signals. A signal is sent to a process or to one thread, and stays *pending* there until
 * a thread that does not block it is about to return to user mode. Then it is *delivered*:
 * it is ignored, or runs a handler, or does its default action.
 *
 * The family's lock guards all of that. A sender makes the signal pending and sets
 * WORK_SIGNAL of one thread that can take it. Only that thread clears the bit, after it
 * has looked. So while an interrupted call returns, the bit is set. Standard signals are
 * pending at most once; those from SIGRTMIN on are queued.
 *
 * The actions of a process (struct sigactions) are NULL until one is set, and are shared
 * with children until one of them changes them, so fork copies nothing.
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

#define SIG_BIT(sig)	((u64)1 << ((sig)-1))
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
	unsigned long handler; /* address, or SIG_DFL, SIG_IGN */
	unsigned long flags, restorer;
	u64 mask;
};

struct sigactions;
struct sigentry;

/* Signals that are not delivered yet. All zero: none. */
struct sigpending {
	u64 set;
	struct sigentry *first; /* their siginfo; a signal without an entry has none */
	unsigned n;		/* number of entries */
};

/* -- signal.c: family locked in all of these, unless it says otherwise ---------------- */

/*
 * Sends info->signo to a thread or, with `group`, to its process. Returns 0, or -EAGAIN if
 * a queue is full. No error if the target has ended.
 */
long signal_post(struct task *t, bool group, const struct siginfo *info);
/* Whether the process would ignore the signal. */
bool signal_ignored(const struct task *leader, int sig);
/* Whether a child that ends is freed at once, without waiting for it. */
bool signal_unwanted_children(const struct task *leader);
/*
 * Takes one pending signal of `mask` that the running thread can take, and fills *info.
 * Returns 0 if there is none.
 */
int signal_take(u64 mask, struct siginfo *info);
/* Sets or clears the running thread's WORK_SIGNAL. */
void signal_refresh(void);
/* Wakes other threads for the process' pending signals, because this thread will not take them. */
void signal_retarget(struct task *leader);
/* The action of a signal in that process. */
struct sigact signal_action(const struct task *leader, int sig);
/* Sets the default action, unless there is no memory for that. */
void signal_set_default(struct task *leader, int sig);
/* Not locked. Sets the action of `sig` in the running process, and returns the old one. -ENOMEM. */
long signal_set_action(int sig, const struct sigact *new, struct sigact *old);
/* Not locked. A new program starts: handlers are removed, ignored signals stay ignored. */
void signal_exec(void);
/*
 * Not locked. Gives the running process' actions to a child that is being made: all of
 * them, or without handlers, as for exec. -ENOMEM.
 */
long signal_inherit(struct task *child, bool clear_handlers);
/* Not locked. Frees a task's pending signals and its reference to the actions. */
void signal_free(struct task *t);

/* Not locked. Sets the running thread's mask; returns the old one. */
u64 signal_set_mask(u64 mask);
/*
 * For calls that wait with another mask: sets it. If the call is interrupted, the old mask
 * is restored after the handler.
 */
void signal_mask_begin(u64 mask);
void signal_mask_end(bool interrupted);

/* -- for the rest of the kernel, not locked ---------------------------------------------- */

/* Sends a signal to the running thread, as if the thread had sent it. */
void signal_self(int sig);
/*
 * The running thread cannot continue after an error. A handler can run only if the signal
 * is neither blocked nor ignored. Returns false if the thread will die.
 */
bool signal_force(int sig, int code, unsigned long addr);

/* -- deliver.c -------------------------------------------------------------------------- */

/* The running thread's stack as sigaltstack() reports it, for stack pointer sp. */
struct sigstack signal_alt_stack(unsigned long sp);
/* Restores the state that the frame at that user address has saved, and continues there. */
void signal_return(struct regs *regs) __noreturn;

#endif
