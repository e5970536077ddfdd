/* SPDX-License-Identifier: MIT */
/* Event channels: Xen's interrupts. See events.c. */
#ifndef XEN_EVENTS_H
#define XEN_EVENTS_H

#include "xen/public.h"

#include "arch/x86/types.h"

extern struct shared_info *shared_info; /* mapped at start of day */

/* Masks all ports; code that wants a port's events unmasks it. */
void mask_events(void);

/* Binds this CPU's virtual interrupt `virq` to `handler`; panics if Xen refuses. */
void bind_virq(unsigned virq, void (*handler)(void));

/* Binds a new port for sending to this CPU; returns it. Panics if Xen refuses. */
unsigned bind_ipi(void (*handler)(void));

/* Delivers all events that are pending on this CPU. Events must be masked. */
void deliver_events(void);

/* This CPU's part of the shared page. */
struct vcpu_info *my_vcpu_info(void);

#endif
