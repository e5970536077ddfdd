// SPDX-License-Identifier: MIT
/*
 * Further vCPUs. Xen creates as many as the domain is given, and starts only the first
 * one. Each other vCPU is described by a structure with all its registers
 * (VCPUOP_initialise) and then started (VCPUOP_up). It registers its own trap table and
 * callbacks. A kick is an event channel bound to the vCPU that it is sent to.
 */
#include "xen/smp.h"

#include "xen/public.h"
#include <xen/event_channel.h>
#include <xen/vcpu.h>

#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "xen/events.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"
#include "xen/vcpu_state.h"

static struct kick {
	evtchn_port_t port;
	u32 sent; /* and not taken yet: a second one would add nothing */
} kicks[NR_CPUS];

static void receive_kick(void)
{
	/* Clear it first, so that a CPU that adds work from here on kicks again. */
	__atomic_exchange_n(&kicks[this_cpu()->id].sent, 0, __ATOMIC_SEQ_CST);
	handle_kick();
}

void take_kicks(void)
{
	kicks[this_cpu()->id].port = bind_ipi(receive_kick);
}

void platform_kick(unsigned id)
{
	struct evtchn_send send = {.port = kicks[id].port};
	long rc;

	if (__atomic_exchange_n(&kicks[id].sent, 1, __ATOMIC_SEQ_CST))
		return;
	count(smp_kicks);
	rc = hyp_event_channel_op(EVTCHNOP_send, &send);
	if (rc)
		panic("Xen refused to send to vCPU %u: %ld", id, rc);
}

unsigned platform_cpus(void)
{
	unsigned n = 1;

	while (n < NR_CPUS && hyp_vcpu_op(VCPUOP_is_up, n, NULL) >= 0)
		n++;
	return n;
}

void platform_start_cpu(unsigned id, const void *root, unsigned long stack_top, void (*entry)(void))
{
	static struct vcpu_guest_context ctx; /* too big for a stack; Xen copies it */
	long rc;

	memset(&ctx, 0, sizeof(ctx));
	ctx.flags = VGCF_in_kernel;
	vcpu_registers(&ctx, id, root, stack_top, entry);
	shared_info->vcpu_info[id].evtchn_upcall_mask = 1;

	rc = hyp_vcpu_op(VCPUOP_initialise, id, &ctx);
	if (rc)
		panic("Xen refused the registers of vCPU %u: %ld", id, rc);
	rc = hyp_vcpu_op(VCPUOP_up, id, NULL);
	if (rc)
		panic("Xen refused to start vCPU %u: %ld", id, rc);
}
