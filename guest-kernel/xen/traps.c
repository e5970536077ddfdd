// SPDX-License-Identifier: MIT
/*
 * Traps under Xen: the registration of the entry points, and the C side of each. Xen
 * stores CR2 in the shared page. A trap with flag 4 is entered with events masked, as this
 * kernel always runs.
 */
#include "xen/public.h"
#include <xen/callback.h>

#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "xen/events.h"
#include "xen/hypercall.h"
#include "xen/smp.h"
#include "xen/vcpu_state.h"

extern const unsigned long trap_stubs[NR_TRAPS];
extern char entry_syscall[], entry_event[], entry_failsafe[];

void xen_syscall(struct regs *regs);
void xen_event(struct regs *regs);
void xen_trap(struct regs *regs, unsigned vector);
void xen_failsafe(void) __noreturn;
void return_to_frame(struct regs *regs) __noreturn; /* entry.S */

/* The last step of every exit: sets regs->orig, and may switch to another task. */
static __always_inline void finish(struct regs *regs, unsigned long vgcf)
{
	if (regs_from_user(regs))
		prepare_user_return(regs, vgcf == VGCF_in_syscall);
	regs->orig = vgcf;
	count(hypercalls_iret);
}

void init_user_frame(struct regs *regs)
{
	regs->cs = FLAT_USER_CS;
	regs->ss = FLAT_USER_SS;
	REGS_SET_DATA_SEGMENTS(regs, FLAT_USER_DS);
	regs->flags = RFLAGS_IF | RFLAGS_FIXED;
}

void return_to_user(struct regs *regs)
{
	finish(regs, 0);
	return_to_frame(regs);
}

void xen_syscall(struct regs *regs)
{
	handle_syscall(regs);
	/* Xen may return by SYSRET; a system call may destroy RCX and R11. */
	finish(regs, VGCF_in_syscall);
}

void xen_event(struct regs *regs)
{
	deliver_events();
	finish(regs, 0);
}

void xen_trap(struct regs *regs, unsigned vector)
{
	if (vector == TRAP_PF)
		handle_page_fault(regs, my_vcpu_info()->arch.cr2);
	else
		handle_exception(regs, vector);
	finish(regs, 0);
}

void xen_failsafe(void)
{
	panic("failsafe callback: Xen could not restore our segments");
}

static void register_callback(u16 type, const char *entry)
{
	struct callback_register cb = {
		.type = type,
		.flags = CALLBACKF_mask_events,
		.address = CALLBACK_ADDRESS(entry),
	};
	long rc = hyp_callback_op(CALLBACKOP_register, &cb);

	if (rc)
		panic("Xen refused callback %u: %ld", type, rc);
}

void platform_init_traps(void)
{
	static struct trap_info table[NR_TRAPS + HAS_SYSCALL_VECTOR + 1];
	long rc;

	for (unsigned i = 0; i < NR_TRAPS; i++) {
		table[i].vector = (u8)i;
		/* User code may raise breakpoint and overflow. */
		table[i].flags = (i == 3 || i == 4 ? 3 : 0) | 4;
		table[i].cs = FLAT_KERNEL_CS;
		table[i].address = trap_stubs[i];
	}
	if (HAS_SYSCALL_VECTOR)
		table[NR_TRAPS] = (struct trap_info){
			.vector = SYSCALL_VECTOR,
			.flags = 3 | 4,
			.cs = FLAT_KERNEL_CS,
			.address = (unsigned long)entry_syscall,
		};
	rc = hyp_set_trap_table(table);
	if (rc)
		panic("Xen refused the trap table: %ld", rc);
	register_callback(CALLBACKTYPE_event, entry_event);
	register_callback(CALLBACKTYPE_failsafe, entry_failsafe);
	if (!HAS_SYSCALL_VECTOR)
		register_callback(CALLBACKTYPE_syscall, entry_syscall);
	take_kicks();
	/* Xen emulates the kernel's stores to pte pages. */
	rc = hyp_vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
	if (rc)
		panic("Xen refused to emulate stores to pte pages: %ld", rc);
}
