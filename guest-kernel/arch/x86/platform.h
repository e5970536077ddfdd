/* SPDX-License-Identifier: MIT */
/*
 * The kernel's interface to the machine below it. xen/ and native/ each implement all of
 * it, and also the console and the shutdown, which lib/ declares. An image is linked with
 * one of them. The page-table part of the interface is separate, in mmu/backend.h.
 */
#ifndef ARCH_PLATFORM_H
#define ARCH_PLATFORM_H

#include "arch/x86/tls.h"
#include "lib/bug.h"
#include "lib/print.h"

/* Set at start of day, constant afterwards. */
struct boot_info {
	const char *env; /* "xen64", "native64" */
	const char *command_line;
	unsigned long nr_pages; /* pfns 0 .. nr_pages - 1 are memory */
	void *initrd;		/* in the direct map; NULL if there is none */
	size_t initrd_len;
	void *boot_root;     /* root of the tables we were started on */
	pfn_t free_from;     /* pfns from here on contain nothing that must be kept */
	pfn_t low_end;	     /* the same holds for pfns 1 .. low_end - 1, below the image */
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
 * Waits for an event and handles it. Called and left with events masked. Does not wait if
 * an event is already pending.
 */
void platform_idle(void);

/*
 * The stack on which this CPU enters the kernel from user mode. In a lazy section it takes
 * effect at its end.
 */
void platform_set_kernel_stack(unsigned long sp);
/* Where the program has its thread-local storage. In a lazy section, at its end. */
void platform_set_tls(tls_t tls);

/* Call once on each CPU, by itself: sets up trap table, callbacks and kicks, then its timer. */
void platform_init_traps(void);
void platform_init_time(void);

/* Number of CPUs, the boot CPU included; at most NR_CPUS. */
unsigned platform_cpus(void);

/*
 * Starts CPU `id`, once, from the boot CPU. The CPU calls entry(), which does not return,
 * with events masked, on the stack that ends at `stack_top`. `root` is the kernel virtual
 * address of a root that may be loaded, and the CPU uses its tables. this_cpu() is
 * &cpus[id], which the caller has filled in. Returns at once.
 */
void platform_start_cpu(unsigned id, const void *root, unsigned long stack_top,
			void (*entry)(void));

/*
 * Makes that CPU call handle_kick() soon: at once from user mode or platform_idle(), and
 * from the kernel when it leaves the kernel or goes idle. It sees all earlier stores of
 * the caller. Pending kicks are merged into one. The CPU must have called
 * platform_init_traps(). Locks may be held.
 */
void platform_kick(unsigned id);

/*
 * The point from which the host starts measurements (arch/x86/qemu.c). Tells the host that
 * we have reached it, then reads this measurement's options into text. Panics on a machine
 * without such a host.
 */
void platform_checkpoint(char *text, size_t room);

/*
 * The session archive: files that the host adds to the initial ramdisk for this
 * measurement. Returns its size in bytes, 0 if there is none. Known after the checkpoint.
 */
size_t platform_archive_size(void);
/* Copies all of it to kernel memory, which need not be physically contiguous. */
void platform_archive_read(void *to);

/* A counter that the hypervisor keeps about its own work: its name, and how many values it has. */
struct hv_counter {
	char name[80];
	u32 values;
};
/*
 * Reads all counters: their descriptions, and the values of all of them in a row. *nr and
 * *nr_values are the room in the arrays, and on return the numbers. If both arrays are
 * NULL, only these numbers are returned. Returns NULL, or the reason why the counters
 * cannot be read. Exists only with a hypervisor (HV_PARAVIRT).
 */
const char *platform_hv_counters(struct hv_counter *counters, u32 *values, u32 *nr, u32 *nr_values);

#endif
