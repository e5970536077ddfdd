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
	const char *env; /* "xen64", "native64" */
	const char *command_line;
	unsigned long nr_pages; /* pfns 0 .. nr_pages - 1 are memory */
	void *initrd;		/* in the direct map; NULL if there is none */
	size_t initrd_len;
	void *boot_root;     /* root of the tables we were started on */
	pfn_t free_from;     /* pfns from here on hold nothing of value */
	pfn_t low_end;	     /* the same is true of pfns 1 .. low_end - 1, below the image */
	const char *role;    /* "dom0", "domU", "machine" */
	char hypervisor[64]; /* version as the hypervisor tells it; empty without one */
	char capabilities[128];
};
extern struct boot_info boot_info;

/* Monotonic and wall-clock time in nanoseconds. */
u64 platform_clock_ns(void);
u64 platform_wall_ns(void);

/* How long that many ticks of the time-stamp counter take. */
u64 platform_ticks_ns(u64 ticks);

/* One timer event on this CPU at that monotonic time; replaces the earlier one. */
void platform_set_timer(u64 deadline_ns);

/*
 * Waits for an event and handles it. Called and left with events masked; does
 * not wait if an event is already pending.
 */
void platform_idle(void);

/* Stack on which this CPU enters the kernel from user mode. In a lazy section, at its end. */
void platform_set_kernel_stack(unsigned long sp);
/* The program's FS segment base. In a lazy section, at its end. */
void platform_set_fs_base(unsigned long base);

/* Called once on each CPU, by itself: trap table, callbacks, kicks; then its timer. */
void platform_init_traps(void);
void platform_init_time(void);

/* CPUs that there are, the boot CPU included; at most NR_CPUS. */
unsigned platform_cpus(void);

/*
 * Starts CPU `id`, once, from the boot CPU: it calls entry(), which does not
 * return, with events masked, on the stack whose end is `stack_top`, on the tables
 * below `root` (kernel virtual address of a root that may be loaded), with
 * this_cpu() == &cpus[id], which the caller has filled in. Returns at once.
 */
void platform_start_cpu(unsigned id, const void *root, unsigned long stack_top,
			void (*entry)(void));

/*
 * Makes that CPU call handle_kick() soon: out of user mode or platform_idle() at
 * once, out of the kernel when it leaves it or goes idle. What was stored before is
 * visible to it. Kicks that it has not taken yet are one. The CPU has called
 * platform_init_traps(). Locks may be held.
 */
void platform_kick(unsigned id);

/*
 * The point from which the host starts measurements (arch/x86/qemu.c): tells it that
 * we are there, then reads this measurement's options into text. Panics where
 * the machine has no such host.
 */
void platform_checkpoint(char *text, size_t room);

/*
 * The session archive: files that the host adds to the initial ramdisk for this
 * measurement. Its size in bytes, 0 if there is none; known after the checkpoint.
 */
size_t platform_archive_size(void);
/* Copies all of it to kernel memory, which need not be contiguous to the machine. */
void platform_archive_read(void *to);

/* A counter that a hypervisor keeps of its own work: so many values have this name. */
struct hv_counter {
	char name[80];
	u32 values;
};
/*
 * Reads them all: descriptions, and behind each other the values of all. *nr and
 * *nr_values, of which there must be room for as many, say how many there are; with
 * NULL in place of both arrays nothing else is done. NULL, or why they cannot be read. Only there
 * where there is a hypervisor (HV_PARAVIRT).
 */
const char *platform_hv_counters(struct hv_counter *counters, u32 *values, u32 *nr, u32 *nr_values);

#endif
