// SPDX-License-Identifier: MIT
/*
 * The console. Domain 0 prints by hypercall, directly to Xen's serial line. Any other
 * domain has a shared page with an output ring. xenconsoled in domain 0 empties it, and an
 * event tells it to do so (xen/io/console.h). Before the ring's page is known, a domU's
 * text goes to Xen, which keeps it only in a debug build.
 */
#include "xen/public.h"
#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#include "arch/x86/platform.h"
#include "arch/x86/spinlock.h"
#include "xen/console.h"
#include "xen/events.h"
#include "xen/hypercall.h"

/* xenconsoled serves a busy guest in slices of 200 ms, and domain 0 may be slow. */
#define DRAIN_NS 5000000000u

static spinlock_t lock;
static struct xencons_interface *ring; /* NULL: domain 0 */
static evtchn_port_t ring_port;

void console_use_ring(void *page, unsigned port)
{
	ring_port = port;
	ring = page;
}

/*
 * Puts as many bytes as fit; returns how many. It changes only the ring, so the host can
 * test it.
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

static size_t ring_unread(void)
{
	return ring->out_prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);
}

/*
 * Blocks while `unread` bytes are unread. The reader sends an event after each read. Its
 * port stays masked, so the event is not an interrupt, and polling needs only its pending
 * bit. We clear the bit before we check the ring for the last time, so a read in between
 * ends the poll at once. The deadline is for a reader that sends no event.
 */
static void wait_for_reader(size_t unread)
{
	evtchn_port_t port = ring_port;
	struct sched_poll poll = {.nr_ports = 1, .timeout = platform_clock_ns() + 100000000};

	set_xen_guest_handle(poll.ports, &port);
	__atomic_and_fetch(&shared_info->evtchn_pending[port / WORD_BITS],
			   ~(1UL << port % WORD_BITS), __ATOMIC_SEQ_CST);
	if (ring_unread() == unread)
		hyp_sched_op(SCHEDOP_poll, &poll);
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
			wait_for_reader(sizeof(ring->out));
	}
}

void console_drain(void)
{
	size_t unread;
	u64 give_up;

	if (!ring)
		return;
	give_up = platform_clock_ns() + DRAIN_NS;
	while ((unread = ring_unread()) && platform_clock_ns() < give_up)
		wait_for_reader(unread);
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
