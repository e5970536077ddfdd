// SPDX-License-Identifier: MIT
/*
 * Time under Xen. For each vCPU Xen publishes a base in nanoseconds, the TSC at that time,
 * and a factor. A version number, which is odd while Xen writes, makes the reader try
 * again. The timer is a one-shot hypercall and arrives as VIRQ_TIMER.
 */
#include "xen/public.h"
#include <xen/arch-x86/cpuid.h>
#include <xen/vcpu.h>

#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/print.h"
#include "xen/events.h"
#include "xen/hypercall.h"

static u64 scale(u64 ticks, u32 mul, signed char shift)
{
	if (shift < 0)
		ticks >>= -shift;
	else
		ticks <<= shift;
	return scale_32(ticks, mul);
}

u64 platform_clock_ns(void)
{
	volatile struct vcpu_time_info *t = &my_vcpu_info()->time;
	u32 version;
	u64 now;

	do {
		version = t->version;
		barrier();
		now = t->system_time +
		      scale(rdtsc() - t->tsc_timestamp, t->tsc_to_system_mul, t->tsc_shift);
		barrier();
	} while ((version & 1) || version != t->version);
	return now;
}

u64 platform_ticks_ns(u64 ticks)
{
	volatile struct vcpu_time_info *t = &my_vcpu_info()->time;

	return scale(ticks, t->tsc_to_system_mul, t->tsc_shift);
}

u64 platform_wall_ns(void)
{
	volatile struct shared_info *s = shared_info;
	u32 version;
	u64 base;

	do {
		version = s->wc_version;
		barrier();
		base = (u64)s->wc_sec * 1000000000u + s->wc_nsec;
		barrier();
	} while ((version & 1) || version != s->wc_version);
	return base + platform_clock_ns();
}

void platform_set_timer(u64 deadline_ns)
{
	long rc = hyp_set_timer_op(deadline_ns);

	if (rc)
		panic("Xen refused a timer: %ld", rc);
}

/*
 * Without tsc_mode=native, Xen emulates the TSC for a domU if it cannot trust the
 * processor's. The CPUID instruction with this prefix is Xen's own.
 */
static void warn_if_tsc_emulated(void)
{
	u32 eax = XEN_CPUID_LEAF(3), ebx, ecx = 0, edx;

	asm volatile(XEN_CPUID : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	if (!(eax & 1))
		return;
	record_begin("warning");
	record_str("text", "Xen emulates the time-stamp counter: ticks are nanoseconds, and each "
			   "sample includes a trap to read it. Set tsc_mode=\"native\"");
	record_end();
}

void platform_init_time(void)
{
	/* The 100 Hz tick that every vCPU starts with would fall into samples. */
	long rc = hyp_vcpu_op(VCPUOP_stop_periodic_timer, this_cpu()->id, NULL);

	if (rc)
		panic("Xen refused to stop the periodic timer: %ld", rc);
	bind_virq(VIRQ_TIMER, handle_timer);
	if (!this_cpu()->id)
		warn_if_tsc_emulated();
}
