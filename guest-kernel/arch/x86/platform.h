/* SPDX-License-Identifier: MIT */
/*
 * What the kernel asks of the machine it stands on. xen/ and native/ each
 * implement all of it, and the console and the end of the machine, which lib/
 * declares; an image is linked with one of them. The page-table side of the
 * machine is apart, in mmu/backend.h.
 */
#ifndef ARCH_PLATFORM_H
#define ARCH_PLATFORM_H

#include "arch/x86/types.h"
#include "lib/bug.h"
#include "lib/print.h"

/* Filled in at start of day, constant afterwards. */
struct boot_info {
	const char *command_line;
	unsigned long nr_pages; /* pfns 0 .. nr_pages - 1 are memory */
	void *initrd;		/* in the direct map; NULL if there is none */
	size_t initrd_len;
	void *boot_root;     /* root of the tables we were started on */
	pfn_t free_from;     /* pfns from here on hold nothing of value */
	const char *role;    /* "dom0", "domU" */
	char hypervisor[64]; /* version as the hypervisor tells it */
	char capabilities[128];
};
extern struct boot_info boot_info;

/* Monotonic and wall-clock time in nanoseconds. */
u64 platform_clock_ns(void);
u64 platform_wall_ns(void);

/* One timer event on this CPU at that monotonic time; replaces the earlier one. */
void platform_set_timer(u64 deadline_ns);

/*
 * Waits for an event and handles it. Called and left with events masked; does
 * not wait if an event is already pending.
 */
void platform_idle(void);

/* Stack on which this CPU enters the kernel from user mode. */
void platform_set_kernel_stack(unsigned long sp);
void platform_set_fs_base(unsigned long base);

/* Called once on the boot CPU: trap table, callbacks, timer. */
void platform_init_traps(void);
void platform_init_time(void);

/*
 * The point from which the host starts measurements (xen/qemu.c): tells it that
 * we are there, then reads this measurement's options into text. Panics where
 * the machine has no such host.
 */
void platform_checkpoint(char *text, size_t room);

#endif
