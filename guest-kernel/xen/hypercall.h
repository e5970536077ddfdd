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
#ifdef __x86_64__
#include "xen/64/call.h"
#else
#include "xen/32/call.h"
#endif

/* A 64-bit argument, as the arguments that it is, in a call and in a list of them. */
#if WORD_BITS == 64
#define HALVES(v) (v)
#else
#define HALVES(v) (u32)(v), (u32)((v) >> 32)
#endif
#define NR_HALVES (64 / WORD_BITS)

static inline void put_halves(unsigned long *args, u64 v)
{
	args[0] = (unsigned long)v;
	if (NR_HALVES > 1)
		args[1] = v >> 32;
}

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
#define HYPERCALL_(nr, counter, a1, a2, a3, a4, a5)                                                \
	HYPERCALL_ASM(nr, count(counter), a1, a2, a3, a4, a5)
#endif

/* Any call, by number; not counted. */
static inline long hypercall_by_number(unsigned long nr, unsigned long a1, unsigned long a2,
				       unsigned long a3, unsigned long a4)
{
#ifdef PVMMU_HOSTED
	return hosted_hypercall((unsigned)nr, a1, a2, a3, a4);
#else
	return hypercall_raw(nr, a1, a2, a3, a4);
#endif
}

/* Up to five arguments; HALVES() may be among them. */
#define hypercall(nr, counter, ...)			HYPERCALL_FIVE(nr, counter, __VA_ARGS__, 0, 0, 0, 0)
#define HYPERCALL_FIVE(nr, counter, a, b, c, d, e, ...) HYPERCALL_(nr, counter, a, b, c, d, e)

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
	return hypercall(__HYPERVISOR_update_va_mapping, hypercalls_update_va_mapping, va,
			 HALVES(e.v), flags);
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

/* A segment's descriptor, at that machine address. */
static inline long hyp_update_descriptor(u64 at, u64 descriptor)
{
	return hypercall(__HYPERVISOR_update_descriptor, hypercalls_other, HALVES(at),
			 HALVES(descriptor));
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
	return hypercall(__HYPERVISOR_set_timer_op, hypercalls_set_timer_op, HALVES(deadline));
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
