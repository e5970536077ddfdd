// SPDX-License-Identifier: MIT
/*
 * Event channels. A pending port is a bit in the shared page. Above it is one selector
 * word per vCPU with a bit for each 64 ports, and above that the byte
 * evtchn_upcall_pending. Xen sets them from the bottom up, and we clear them from the top
 * down, so that a new event between two steps is seen in the next round.
 */
#include "xen/public.h"
#include <xen/event_channel.h>

#include "lib/bug.h"
#include "lib/string.h"
#include "xen/events.h"
#include "xen/hypercall.h"

#define MAX_PORTS WORD_BITS /* two for each vCPU, and some that are never unmasked */

static void (*handlers[MAX_PORTS])(void);
/* The pending bits of all vCPUs are in the same word; this says which belong to each vCPU. */
static unsigned long own_ports[NR_CPUS];

struct vcpu_info *my_vcpu_info(void)
{
	return &shared_info->vcpu_info[this_cpu()->id];
}

/*
 * The builder leaves all ports unmasked, and the console's is bound already. The reader's
 * answers would interrupt the measured processes.
 */
void mask_events(void)
{
	memset(shared_info->evtchn_mask, 0xff, sizeof(shared_info->evtchn_mask));
}

static void bound(evtchn_port_t port, void (*handler)(void))
{
	BUG_ON(port >= MAX_PORTS);
	handlers[port] = handler;
	own_ports[this_cpu()->id] |= 1UL << port;
	__atomic_and_fetch(&shared_info->evtchn_mask[0], ~(1UL << port), __ATOMIC_SEQ_CST);
}

void bind_virq(unsigned virq, void (*handler)(void))
{
	struct evtchn_bind_virq op = {.virq = virq, .vcpu = this_cpu()->id};
	long rc = hyp_event_channel_op(EVTCHNOP_bind_virq, &op);

	if (rc)
		panic("Xen refused to bind virq %u: %ld", virq, rc);
	bound(op.port, handler);
}

unsigned bind_ipi(void (*handler)(void))
{
	struct evtchn_bind_ipi op = {.vcpu = this_cpu()->id};
	long rc = hyp_event_channel_op(EVTCHNOP_bind_ipi, &op);

	if (rc)
		panic("Xen refused a port for kicks: %ld", rc);
	bound(op.port, handler);
	return op.port;
}

void deliver_events(void)
{
	struct vcpu_info *v = my_vcpu_info();
	unsigned long own = own_ports[this_cpu()->id];

	while (__atomic_exchange_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST)) {
		unsigned long words =
			__atomic_exchange_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);

		/*
		 * Only ports below MAX_PORTS are ever unmasked: word 0. A bound port is never
		 * unbound.
		 */
		if (!(words & 1))
			continue;
		for (;;) {
			unsigned long ready = shared_info->evtchn_pending[0] & own;
			unsigned port;

			if (!ready)
				break;
			port = __builtin_ctzl(ready);
			__atomic_and_fetch(&shared_info->evtchn_pending[0], ~(1UL << port),
					   __ATOMIC_SEQ_CST);
			if (handlers[port])
				handlers[port]();
		}
	}
}
