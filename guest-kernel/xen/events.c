// SPDX-License-Identifier: MIT
/*
 * Event channels. A pending port is a bit in the shared page; above it lies one
 * selector word per vCPU with a bit for each 64 ports, and above that the byte
 * evtchn_upcall_pending. Xen sets from the bottom up, we clear from the top
 * down, so that a new event between two steps is seen in the next round.
 */
#include "xen/public.h"
#include <xen/event_channel.h>

#include "lib/bug.h"
#include "lib/string.h"
#include "xen/events.h"
#include "xen/hypercall.h"

#define MAX_PORTS 64 /* timer, and later one wake-up port per vCPU */

static void (*handlers[MAX_PORTS])(void);

struct vcpu_info *my_vcpu_info(void)
{
	return &shared_info->vcpu_info[this_cpu()->id];
}

/*
 * The builder leaves all ports unmasked, and the console's is bound already: the
 * reader's answers would interrupt the processes that are measured.
 */
void mask_events(void)
{
	memset(shared_info->evtchn_mask, 0xff, sizeof(shared_info->evtchn_mask));
}

void bind_virq(unsigned virq, void (*handler)(void))
{
	struct evtchn_bind_virq op = {.virq = virq, .vcpu = this_cpu()->id};
	long rc = hyp_event_channel_op(EVTCHNOP_bind_virq, &op);

	if (rc)
		panic("Xen refused to bind virq %u: %ld", virq, rc);
	BUG_ON(op.port >= MAX_PORTS);
	handlers[op.port] = handler;
	__atomic_and_fetch(&shared_info->evtchn_mask[0], ~(1UL << op.port), __ATOMIC_SEQ_CST);
}

void deliver_events(void)
{
	struct vcpu_info *v = my_vcpu_info();

	while (__atomic_exchange_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST)) {
		unsigned long words =
			__atomic_exchange_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);

		/* Only ports below MAX_PORTS are ever unmasked: word 0. */
		if (!(words & 1))
			continue;
		for (;;) {
			unsigned long ready =
				shared_info->evtchn_pending[0] & ~shared_info->evtchn_mask[0];
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
