// SPDX-License-Identifier: MIT
/*
 * The return to user mode of a task that must first die, stop, or take signals. To run a
 * handler, its frame (arch/x86/sigframe.h) is put onto the user's stack, and the registers
 * are set to its start. Afterwards the C library's restorer calls rt_sigreturn, which is
 * here too.
 *
 * An interrupted system call returns one of two codes. ERESTARTSYS: restart the call
 * unless a handler without SA_RESTART runs. ERESTARTNOHAND: restart the call unless any
 * handler runs. If the call is not restarted, it fails with EINTR. To restart it, its
 * number is put back into RAX, and RIP is set back to the SYSCALL instruction, which has
 * two bytes.
 */
#include "arch/x86/sigframe.h"

#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/family.h"

#define SYSCALL_BYTES 2

static void fail_or_restart(struct regs *regs, bool again)
{
	if (again) {
		regs->ax = regs->orig; /* handle_syscall() stores the number there */
		regs->ip -= SYSCALL_BYTES;
	} else {
		regs->ax = (unsigned long)-EINTR;
	}
}

/* The call will not be resumed in the kernel: a handler with these flags is about to run. */
static void leave_call(struct regs *regs, unsigned long sa_flags)
{
	long rc = (long)regs->ax;

	if (rc == -ERESTARTSYS)
		fail_or_restart(regs, sa_flags & SA_RESTART);
	else if (rc == -ERESTARTNOHAND)
		fail_or_restart(regs, false);
}

static bool on_alt_stack(const struct sigstack *s, unsigned long sp)
{
	return sp > s->sp && sp - s->sp <= s->size;
}

/* The running thread's stack as sigaltstack() reports it, for that stack pointer. */
struct sigstack signal_alt_stack(unsigned long sp)
{
	struct sigstack s = current->alt_stack;

	if (!s.size)
		s.flags = SS_DISABLE;
	else if (on_alt_stack(&s, sp))
		s.flags |= SS_ONSTACK;
	return s;
}

static unsigned long stack_for(const struct regs *regs, unsigned long sa_flags)
{
	struct sigstack s = signal_alt_stack(regs->sp);

	if ((sa_flags & SA_ONSTACK) && !(s.flags & (SS_DISABLE | SS_ONSTACK)))
		return s.sp + s.size;
	return regs->sp - RED_ZONE;
}

/* Returns false if the stack is not accessible. */
static bool push_frame(struct regs *regs, const struct siginfo *info, const struct sigact *act,
		       u64 mask)
{
	struct task *t = current;
	struct sigframe_place at = sigframe_place(stack_for(regs, act->flags));
	struct sigframe f;

	if (act->handler >= USER_TOP || !(act->flags & SA_RESTORER))
		return false;
	memset(&f, 0, sizeof(f));
	sigframe_save(&f, regs);
	sigframe_arguments(&f, &at, info->signo);
	f.restorer = act->restorer;
	f.info = *info;
	f.uc.stack = signal_alt_stack(regs->sp);
	f.uc.mask = mask;
	f.uc.mc.fpstate = at.fpu;
	f.uc.mc.oldmask = mask;
	f.uc.mc.trapno = t->trap.vector;
	f.uc.mc.err = t->trap.error;
	f.uc.mc.cr2 = t->trap.addr;
	fpu_save(t->fpu);
	if (!copy_to_user(at.fpu + FPSTATE_FXSAVE, t->fpu, sizeof(t->fpu)) ||
	    !copy_to_user(at.frame, &f, sizeof(f)))
		return false;
	if (t->alt_stack.flags & SS_AUTODISARM)
		t->alt_stack = (struct sigstack){.flags = SS_DISABLE};
	sigframe_enter(regs, &at, act->handler, info->signo);
	return true;
}

static void run_handler(struct regs *regs, const struct siginfo *info, const struct sigact *act)
{
	struct task *t = current;
	u64 mask = t->restore_mask ? t->saved_mask : t->blocked;
	u64 block = act->mask | (act->flags & SA_NODEFER ? 0 : SIG_BIT(info->signo));

	t->restore_mask = false;
	if (!push_frame(regs, info, act, mask)) {
		/*
		 * Without a stack for this handler there is none for a handler of SIGSEGV either.
		 */
		if (info->signo == SIGSEGV)
			task_kill(t, SIGSEGV);
		else
			signal_force(SIGSEGV, SI_KERNEL, 0);
		return;
	}
	signal_set_mask(t->blocked | block);
}

/* Family locked. The default action of a signal. */
static void by_default(int sig)
{
	if (signal_ignored(current->leader, sig))
		return;
	if (SIG_BIT(sig) & SIG_STOPPING)
		stop_group(current->leader, sig);
	else
		kill_group(current->leader, sig);
}

/* Takes one signal. Returns false if there was none. */
static bool deliver(struct regs *regs, bool *in_call)
{
	struct task *leader = current->leader;
	struct siginfo info;
	struct sigact act = {.handler = SIG_DFL};
	int sig;

	spin_lock(&family_lock);
	sig = signal_take(~current->blocked, &info);
	if (sig) {
		act = signal_action(leader, sig);
		if (act.handler <= SIG_IGN)
			by_default(sig);
		else if (act.flags & SA_RESETHAND)
			signal_set_default(leader, sig);
	}
	signal_refresh();
	spin_unlock(&family_lock);
	if (act.handler > SIG_IGN) {
		if (*in_call)
			leave_call(regs, act.flags);
		*in_call = false;
		current->restart_at = 0;
		run_handler(regs, &info, &act);
	}
	return sig;
}

/* Waits until continued or killed. */
static void stand_still(void)
{
	struct task *t = current;

	for (;;) {
		t->state = TASK_PARKED;
		if (!(__atomic_load_n(&t->work, __ATOMIC_SEQ_CST) & WORK_STOP) || task_killed(t))
			break;
		schedule();
	}
	t->state = TASK_RUNNING;
}

static void do_work(struct regs *regs, bool *in_call)
{
	struct task *t = current;

	if (task_killed(t))
		task_exit(t->kill_status);
	if (t->work & WORK_SET_TID) {
		__atomic_and_fetch(&t->work, ~WORK_SET_TID, __ATOMIC_SEQ_CST);
		copy_to_user(t->set_tid, &t->pid, sizeof(t->pid)); /* like Linux: no error */
	}
	if (t->work & WORK_STOP)
		stand_still();
	else if (t->work & WORK_SIGNAL)
		deliver(regs, in_call);
}

static __noinline void work_off(struct regs *regs, bool in_call)
{
	do {
		while (this_cpu()->need_resched)
			schedule();
		if (!current->work)
			continue;
		do_work(regs, &in_call);
		if (current->work)
			continue;
		/* No handler: the interrupted call continues. */
		if (in_call &&
		    ((long)regs->ax == -ERESTARTSYS || (long)regs->ax == -ERESTARTNOHAND))
			fail_or_restart(regs, true);
		in_call = false;
		if (current->restore_mask)
			signal_mask_end(false);
	} while (this_cpu()->need_resched || current->work);
}

void prepare_user_return(struct regs *regs, bool in_call)
{
	struct cpu *cpu = this_cpu();

	/* Every exit to user mode passes here. */
	if (unlikely(cpu->need_resched || cpu->task->work))
		work_off(regs, in_call);
}

void signal_return(struct regs *regs)
{
	struct task *t = current;
	/* The restorer has popped its own address from the stack. */
	unsigned long at = regs->sp - sizeof(unsigned long);
	struct sigframe f;
	struct sigstack s;

	if (!copy_from_user(&f, at, sizeof(f)) ||
	    (f.uc.mc.fpstate &&
	     !copy_from_user(t->fpu, f.uc.mc.fpstate + FPSTATE_FXSAVE, sizeof(t->fpu))) ||
	    !sigframe_restore(&f, regs)) {
		signal_force(SIGSEGV, SI_KERNEL, 0);
		return_to_user(regs);
	}
	if (!f.uc.mc.fpstate)
		fpu_initial(t->fpu);
	fpu_sanitize(t->fpu);
	fpu_load(t->fpu);
	s = f.uc.stack;
	s.flags &= ~SS_ONSTACK;
	if (!(s.flags & ~(SS_DISABLE | (int)SS_AUTODISARM)))
		t->alt_stack = s.flags & SS_DISABLE ? (struct sigstack){.flags = SS_DISABLE} : s;
	signal_set_mask(f.uc.mask);
	return_to_user(regs);
}
