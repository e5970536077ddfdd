// SPDX-License-Identifier: MIT
/*
 * The console. Domain 0 prints by hypercall, straight to Xen's serial line. Any
 * other domain has a shared page with an output ring, emptied by xenconsoled in
 * domain 0, which is told by an event (xen/io/console.h). Before the ring's page
 * is known, a domU's text goes to Xen, which keeps it only in a debug build.
 */
#include "xen/public.h"
#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#include "arch/x86/platform.h"
#include "arch/x86/spinlock.h"
#include "xen/console.h"
#include "xen/hypercall.h"

static spinlock_t lock;
static struct xencons_interface *ring; /* NULL: domain 0 */
static evtchn_port_t ring_port;

void console_use_ring(void *page, unsigned port)
{
	ring_port = port;
	ring = page;
}

/*
 * Puts as much as fits; returns how much. Pure but for the ring, so that it is
 * tested on the host.
 */
size_t console_ring_put(struct xencons_interface *r, const char *s, size_t n)
{
	XENCONS_RING_IDX prod = r->out_prod;
	XENCONS_RING_IDX cons = __atomic_load_n(&r->out_cons, __ATOMIC_ACQUIRE);
	size_t room = sizeof(r->out) - (size_t)(prod - cons), i;

	for (i = 0; i < n && i < room; i++)
		r->out[MASK_XENCONS_IDX(prod + i, r->out)] = s[i];
	/* The reader may see the new index only after the bytes. */
	__atomic_store_n(&r->out_prod, prod + (XENCONS_RING_IDX)i, __ATOMIC_RELEASE);
	return i;
}

static void write_ring(const char *s, size_t n)
{
	while (n) {
		struct evtchn_send send = {.port = ring_port};
		size_t done = console_ring_put(ring, s, n);

		s += done;
		n -= done;
		hyp_event_channel_op(EVTCHNOP_send, &send);
		if (n)
			hyp_sched_op(SCHEDOP_yield, NULL); /* let domain 0 empty it */
	}
}

void platform_console_write(const char *s, size_t n)
{
	spin_lock(&lock);
	if (ring)
		write_ring(s, n);
	else
		hyp_console_io(CONSOLEIO_write, n, s);
	spin_unlock(&lock);
}
