// SPDX-License-Identifier: MIT
#include "arch/x86/sigframe.h"

#include "arch/x86/types.h"

#define UC_FLAGS    6 /* the frame holds a valid ss, to be restored as it is */
#define RFLAGS_DF   0x400
#define RFLAGS_RF   0x10000
#define RFLAGS_USER 0x50dd5 /* CF PF AF ZF SF TF DF OF RF AC: flags that a program may set */

_Static_assert(sizeof(struct siginfo) == 48, "siginfo");
_Static_assert(sizeof(struct sigcontext) == 256, "sigcontext");
_Static_assert(offsetof(struct sigframe, uc) == 8 && offsetof(struct sigframe, uc.mc) == 48 &&
		       offsetof(struct sigframe, info) == 312 && sizeof(struct sigframe) == 440,
	       "frame");

struct sigframe_place sigframe_place(unsigned long top)
{
	struct sigframe_place at;

	at.fpu = ALIGN_DOWN(top - FXSAVE_SIZE, 64);
	/* As after a call: 8 below a multiple of 16. */
	at.frame = ALIGN_DOWN(at.fpu - sizeof(struct sigframe), 16) - 8;
	return at;
}

#define COPY_REGISTERS(to, from)                                                                   \
	do {                                                                                       \
		(to)->r8 = (from)->r8;                                                             \
		(to)->r9 = (from)->r9;                                                             \
		(to)->r10 = (from)->r10;                                                           \
		(to)->r11 = (from)->r11;                                                           \
		(to)->r12 = (from)->r12;                                                           \
		(to)->r13 = (from)->r13;                                                           \
		(to)->r14 = (from)->r14;                                                           \
		(to)->r15 = (from)->r15;                                                           \
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
	mc->flags = regs->flags;
	mc->cs = (u16)regs->cs;
	mc->ss = (u16)regs->ss;
	f->uc.flags = UC_FLAGS;
}

void sigframe_enter(struct regs *regs, const struct sigframe_place *at, unsigned long handler,
		    int sig)
{
	regs->di = (unsigned long)sig;
	regs->si = at->frame + offsetof(struct sigframe, info);
	regs->dx = at->frame + offsetof(struct sigframe, uc);
	regs->ax = 0; /* no vector registers hold arguments */
	regs->sp = at->frame;
	regs->ip = handler;
	regs->flags &= ~(unsigned long)(RFLAGS_TF | RFLAGS_DF | RFLAGS_RF);
}

bool sigframe_restore(const struct sigframe *f, struct regs *regs)
{
	const struct sigcontext *mc = &f->uc.mc;

	if (mc->ip >= USER_TOP)
		return false;
	COPY_REGISTERS(regs, mc);
	regs->flags = (regs->flags & ~(unsigned long)RFLAGS_USER) | (mc->flags & RFLAGS_USER);
	return true;
}
