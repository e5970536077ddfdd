/* SPDX-License-Identifier: MIT */
/* A vCPU's segments and registers on 64 bits. xen/32/vcpu_state.h has the same names. */
#ifndef XEN_64_VCPU_STATE_H
#define XEN_64_VCPU_STATE_H

#include <xen/vcpu.h>

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"
#include "arch/x86/tls.h"
#include "xen/multicall.h"
#include "xen/p2m.h"

/*
 * No function in this header panics: a panic's number (lib/bug.h) would change the code of
 * all files that include it.
 */

/* The value for a panic's message. */
#define TLS_NAME(tls) (tls)

#define CALLBACK_ADDRESS(entry) ((unsigned long)(entry))

/* Makes this_cpu() work on the first vCPU. Counters work only after it. */
static inline long vcpu_begin_first(struct cpu *c, const struct start_info *si)
{
	unsigned long which = SEGBASE_GS_KERNEL;
	struct cpu *base = c;
	long rc;

	(void)si;
	/* By hand: counting a hypercall needs GS, which this one sets. */
	asm volatile("call hypercall_page + %c[off]"
		     : "=a"(rc), "+D"(which), "+S"(base)
		     : [off] "i"(__HYPERVISOR_set_segment_base * 32)
		     : "memory", "rcx", "r11", "cc");
	return rc;
}

/* Registers of a further one that is to call entry() on that stack, on tables below
 * that root. */
static inline void vcpu_registers(struct vcpu_guest_context *ctx, unsigned id, const void *root,
				  unsigned long stack_top, void (*entry)(void))
{
	ctx->user_regs.rip = (unsigned long)entry;
	ctx->user_regs.cs = FLAT_KERNEL_CS;
	ctx->user_regs.rflags = RFLAGS_FIXED;
	ctx->user_regs.rsp = stack_top - 8; /* as if it had been called */
	ctx->user_regs.ss = FLAT_KERNEL_SS;
	ctx->kernel_ss = FLAT_KERNEL_SS;
	ctx->kernel_sp = stack_top;
	ctx->ctrlreg[3] = xen_pfn_to_cr3(pfn_to_mfn(virt_to_pfn(root)).v);
	ctx->gs_base_kernel = (unsigned long)&cpus[id];
}

static inline long vcpu_set_tls(tls_t tls)
{
	if (hv_lazy()) {
		mc_call2(__HYPERVISOR_set_segment_base, SEGBASE_FS, tls);
		return 0;
	}
	return hyp_set_segment_base(SEGBASE_FS, tls);
}

#endif
