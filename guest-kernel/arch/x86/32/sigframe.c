// SPDX-License-Identifier: MIT
#include "arch/x86/sigframe.h"

#include "arch/x86/types.h"

#define RFLAGS_DF   0x400
#define RFLAGS_RF   0x10000
#define RFLAGS_USER 0x50dd5 /* CF PF AF ZF SF TF DF OF RF AC: a program's own */

_Static_assert(sizeof(struct siginfo) == 32, "siginfo");
_Static_assert(sizeof(struct sigcontext) == 88, "sigcontext");
_Static_assert(offsetof(struct sigframe, info) == 16 && offsetof(struct sigframe, uc) == 144 &&
		       offsetof(struct sigframe, uc.mc) == 164 &&
		       offsetof(struct sigframe, uc.mask) == 252,
	       "frame");

struct sigframe_place sigframe_place(unsigned long top)
{
	struct sigframe_place at;

	at.fpu = ALIGN_DOWN(top - FXSAVE_SIZE, 64) - FPSTATE_FXSAVE;
	/* As after a call: 4 below a multiple of 16. */
	at.frame = ALIGN_DOWN(at.fpu - sizeof(struct sigframe), 16) - 4;
	return at;
}

#define COPY_REGISTERS(to, from)                                                                   \
	do {                                                                                       \
		(to)->di = (from)->di;                                                             \
		(to)->si = (from)->si;                                                             \
		(to)->bp = (from)->bp;                                                             \
		(to)->bx = (from)->bx;                                                             \
		(to)->dx = (from)->dx;                                                             \
		(to)->ax = (from)->ax;                                                             \
		(to)->cx = (from)->cx;                                                             \
		(to)->sp = (from)->sp;                                                             \
		(to)->ip = (from)->ip;                                                             \
	} while (0)

void sigframe_save(struct sigframe *f, const struct regs *regs)
{
	struct sigcontext *mc = &f->uc.mc;

	COPY_REGISTERS(mc, regs);
	mc->sp_at_signal = regs->sp;
	mc->flags = regs->flags;
	mc->cs = (u16)regs->cs;
	mc->ss = (u16)regs->ss;
	mc->ds = (u16)regs->ds;
	mc->es = (u16)regs->es;
	mc->fs = (u16)regs->fs;
	mc->gs = (u16)regs->gs;
}

void sigframe_arguments(struct sigframe *f, const struct sigframe_place *at, int sig)
{
	f->sig = sig;
	f->info_at = at->frame + offsetof(struct sigframe, info);
	f->uc_at = at->frame + offsetof(struct sigframe, uc);
}

/* Registers have the arguments too, for handlers that expect them there. */
void sigframe_enter(struct regs *regs, const struct sigframe_place *at, unsigned long handler,
		    int sig)
{
	regs->ax = (unsigned long)sig;
	regs->dx = at->frame + offsetof(struct sigframe, info);
	regs->cx = at->frame + offsetof(struct sigframe, uc);
	regs->ds = regs->es = regs->ss;
	regs->sp = at->frame;
	regs->ip = handler;
	regs->flags &= ~(unsigned long)(RFLAGS_TF | RFLAGS_DF | RFLAGS_RF);
}

/* The segment if a program can load it, otherwise the null segment. */
static unsigned long user_segment(unsigned long s)
{
	return (s & 3) == 3 ? (u16)s : 0;
}

bool sigframe_restore(const struct sigframe *f, struct regs *regs)
{
	const struct sigcontext *mc = &f->uc.mc;

	if (mc->ip >= USER_TOP && !IN_CALL_PAGE(mc->ip))
		return false;
	COPY_REGISTERS(regs, mc);
	regs->ds = user_segment(mc->ds);
	regs->es = user_segment(mc->es);
	regs->fs = user_segment(mc->fs);
	regs->gs = user_segment(mc->gs);
	regs->flags = (regs->flags & ~(unsigned long)RFLAGS_USER) | (mc->flags & RFLAGS_USER);
	return true;
}
