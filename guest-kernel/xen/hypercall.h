/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls. The stub for number nr is at hypercall_page + 32 * nr. Arguments go in RDI
 * RSI RDX R10 R8. The result is in RAX, a negative errno on failure
 * (xen/arch-x86/xen-x86_64.h). This file counts every call by kind; there is no other way
 * to make one.
 *
 * A debug build of Xen destroys the argument registers, so they are outputs too.
 */
#ifndef XEN_HYPERCALL_H
#define XEN_HYPERCALL_H

#include "xen/public.h"

#include "arch/x86/cpu.h"

#ifdef PVMMU_HOSTED
/* Unit tests: the entry of a fake hypervisor (tests/unit/fake_xen.c). */
long hosted_hypercall(unsigned nr, unsigned long a1, unsigned long a2, unsigned long a3,
		      unsigned long a4);
/* Stores to pte pages, which the fake hypervisor emulates. */
void hosted_store(pte_t *ptep, pte_t e);
void hosted_clear_bits(pte_t *ptep, u64 bits);

#define HYPERCALL_(nr, counter, a1, a2, a3, a4, a5)                                                \
	({                                                                                         \
		count(counter);                                                                    \
		hosted_hypercall(nr, (unsigned long)(a1), (unsigned long)(a2),                     \
				 (unsigned long)(a3), (unsigned long)(a4));                        \
	})
#else
extern char hypercall_page[];

#define HYPERCALL_(nr, counter, a1, a2, a3, a4, a5)                                                \
	({                                                                                         \
		long ret_;                                                                         \
		unsigned long a1_ = (unsigned long)(a1), a2_ = (unsigned long)(a2),                \
			      a3_ = (unsigned long)(a3);                                           \
		register unsigned long a4_ asm("r10") = (unsigned long)(a4);                       \
		register unsigned long a5_ asm("r8") = (unsigned long)(a5);                        \
		count(counter);                                                                    \
		asm volatile("call hypercall_page + %c[off]"                                       \
			     : "=a"(ret_), "+D"(a1_), "+S"(a2_), "+d"(a3_), "+r"(a4_), "+r"(a5_)   \
			     : [off] "i"((nr)*32)                                                  \
			     : "memory", "rcx", "r11", "cc");                                      \
		ret_;                                                                              \
	})
#endif

/* Any call, by number; not counted. */
static inline long hypercall_by_number(unsigned long nr, unsigned long a1, unsigned long a2,
				       unsigned long a3, unsigned long a4)
{
#ifdef PVMMU_HOSTED
	return hosted_hypercall((unsigned)nr, a1, a2, a3, a4);
#else
	long ret = (long)(hypercall_page + nr * 32);
	register unsigned long r10 asm("r10") = a4;

	asm volatile("call *%0"
		     : "+a"(ret), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10)
		     :
		     : "memory", "rcx", "r8", "r11", "cc");
	return ret;
#endif
}

#define hypercall1(nr, counter, a)	    HYPERCALL_(nr, counter, a, 0, 0, 0, 0)
#define hypercall2(nr, counter, a, b)	    HYPERCALL_(nr, counter, a, b, 0, 0, 0)
#define hypercall3(nr, counter, a, b, c)    HYPERCALL_(nr, counter, a, b, c, 0, 0)
#define hypercall4(nr, counter, a, b, c, d) HYPERCALL_(nr, counter, a, b, c, d, 0)

static inline long hyp_set_trap_table(const struct trap_info *t)
{
	return hypercall1(__HYPERVISOR_set_trap_table, hypercalls_other, t);
}

static inline long hyp_callback_op(int cmd, const void *arg)
{
	return hypercall2(__HYPERVISOR_callback_op, hypercalls_other, cmd, arg);
}

static inline long hyp_mmu_update(struct mmu_update *req, unsigned n)
{
	return hypercall4(__HYPERVISOR_mmu_update, hypercalls_mmu_update, req, n, 0, DOMID_SELF);
}

static inline long hyp_mmuext_op(struct mmuext_op *op, unsigned n)
{
	return hypercall4(__HYPERVISOR_mmuext_op, hypercalls_mmuext_op, op, n, 0, DOMID_SELF);
}

static inline long hyp_update_va_mapping(unsigned long va, pte_t e, unsigned long flags)
{
	return hypercall3(__HYPERVISOR_update_va_mapping, hypercalls_update_va_mapping, va, e.v,
			  flags);
}

static inline long hyp_multicall(struct multicall_entry *list, unsigned n)
{
	return hypercall2(__HYPERVISOR_multicall, hypercalls_multicall, list, n);
}

static inline long hyp_stack_switch(unsigned long ss, unsigned long sp)
{
	return hypercall2(__HYPERVISOR_stack_switch, hypercalls_stack_switch, ss, sp);
}

static inline long hyp_set_segment_base(int which, unsigned long base)
{
	return hypercall2(__HYPERVISOR_set_segment_base, hypercalls_set_segment_base, which, base);
}

static inline long hyp_sched_op(int cmd, const void *arg)
{
	return hypercall2(__HYPERVISOR_sched_op, hypercalls_sched_op, cmd, arg);
}

static inline long hyp_event_channel_op(int cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_event_channel_op, hypercalls_event_channel_op, cmd, arg);
}

static inline long hyp_set_timer_op(u64 deadline)
{
	return hypercall1(__HYPERVISOR_set_timer_op, hypercalls_set_timer_op, deadline);
}

static inline long hyp_vcpu_op(int cmd, unsigned vcpu, void *arg)
{
	return hypercall3(__HYPERVISOR_vcpu_op, hypercalls_other, cmd, vcpu, arg);
}

static inline long hyp_console_io(int cmd, size_t n, const char *s)
{
	return hypercall3(__HYPERVISOR_console_io, hypercalls_console_io, cmd, n, s);
}

static inline long hyp_xen_version(int cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_xen_version, hypercalls_other, cmd, arg);
}

struct xen_domctl;

static inline long hyp_domctl(struct xen_domctl *op)
{
	return hypercall1(__HYPERVISOR_domctl, hypercalls_other, op);
}

struct xen_sysctl;

static inline long hyp_sysctl(struct xen_sysctl *op)
{
	return hypercall1(__HYPERVISOR_sysctl, hypercalls_other, op);
}

static inline long hyp_vm_assist(unsigned cmd, unsigned type)
{
	return hypercall2(__HYPERVISOR_vm_assist, hypercalls_other, cmd, type);
}

#endif
