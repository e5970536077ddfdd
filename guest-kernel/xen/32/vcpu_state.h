/* SPDX-License-Identifier: MIT */
/* A vCPU's segments and registers on 32 bits. xen/64/vcpu_state.h has the same names. */
#ifndef XEN_32_VCPU_STATE_H
#define XEN_32_VCPU_STATE_H

#include <xen/vcpu.h>

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"
#include "arch/x86/tls.h"
#include "xen/32/segments.h"
#include "xen/p2m.h"

#define TLS_NAME(tls) ((unsigned long)((tls).segment[0] >> 32))

#define CALLBACK_ADDRESS(entry)                                                                    \
	{                                                                                          \
		.cs = FLAT_KERNEL_CS, .eip = (unsigned long)(entry)                                \
	}
/* Not Xen's: on 32 bits there is one way out, and the value only marks system calls. */
#define VGCF_in_syscall 1

/* Makes this_cpu() work on the first vCPU. Counters work only after it. */
static inline long vcpu_begin_first(struct cpu *c, const struct start_info *si)
{
	(void)c;
	p2m_list = (unsigned long *)si->mfn_list;
	return segments_load_first();
}

/* Registers of a further one that is to call entry() on that stack, on tables below
 * that root. */
static inline void vcpu_registers(struct vcpu_guest_context *ctx, unsigned id, const void *root,
				  unsigned long stack_top, void (*entry)(void))
{
	ctx->user_regs.eip = (unsigned long)entry;
	ctx->user_regs.cs = FLAT_KERNEL_CS;
	ctx->user_regs.eflags = RFLAGS_FIXED;
	ctx->user_regs.esp = stack_top - 4; /* as if it had been called */
	ctx->user_regs.ss = FLAT_KERNEL_SS;
	ctx->user_regs.ds = ctx->user_regs.es = FLAT_KERNEL_DS;
	ctx->user_regs.fs = PER_CPU_SELECTOR;
	ctx->kernel_ss = FLAT_KERNEL_SS;
	ctx->kernel_sp = stack_top;
	ctx->ctrlreg[3] = xen_pfn_to_cr3(pfn_to_mfn(virt_to_pfn(root)).v);
	ctx->gdt_frames[0] = segments_make(id).v;
	ctx->gdt_ents = GDT_SLOTS;
}

static inline long vcpu_set_tls(tls_t tls)
{
	return segments_set_tls(tls);
}

#endif
