/* SPDX-License-Identifier: MIT */
/*
 * A fake hypervisor for the guest kernel's unit tests: Xen's rules about page tables
 * without Xen.
 *
 * A frame has a type - none, table of level 1 to 4, or writable - and a count of uses as
 * that type. The type changes only if the count is 0. A frame becomes a table when it is
 * pinned, when it is loaded as a root, or when a table of the level above points to it.
 * Then each entry in it is checked and takes a use of the frame that it points to; a
 * read-write mapping takes a use as `writable`. So no table can be mapped read-write
 * anywhere. When the last use is dropped, the uses of the entries are dropped too.
 *
 * The fake is stricter than Xen, to find more bugs:
 *   - pfn and mfn ranges are disjoint, the order is shuffled, and between our
 *     frames are frames of other domains, whose m2p entries are wrong;
 *   - the direct map is real memory of the test process, protected exactly as the
 *     fake's tables say: a plain store to a read-only table is a SIGSEGV;
 *   - entry bits that this guest does not use are refused;
 *   - the TLB never drops an entry by itself (fake_cpu.c), so a missing flush shows.
 *
 * A refusal returns Xen's error, with the reason in fake_reason. An action that would
 * crash a real machine, or a security hole that a real Xen would not notice, ends the test
 * process in fake_die().
 */
#ifndef FAKE_XEN_H
#define FAKE_XEN_H

#include "mmu/frame.h"

/* At the end of memory, not in the direct map. So few that some tests use all of them. */
#define FAKE_HIGH_PAGES (policy.pte == PTE_high ? 24UL : 0)

enum frame_owner { OWNER_NOBODY, OWNER_GUEST, OWNER_OTHER, OWNER_XEN };
enum { TYPE_NONE, TYPE_L1, TYPE_L2, TYPE_L3, TYPE_L4, TYPE_WRITABLE };

struct fake_frame {
	enum frame_owner owner;
	int type;
	unsigned types; /* uses as that type */
	unsigned refs;	/* uses of any kind: mappings, entries, pin, roots */
	bool pinned;
	bool kernel_part; /* maps part of the direct map in the loaded kernel root */
	unsigned tlb;	  /* TLB entries that map it */
};

/* -- fake_builder.c: the domain builder -------------------------------------------- */

/*
 * Makes a domain: memory of nr_pages frames at DIRECT_MAP_BASE. The boot tables map the
 * first `mapped` of them; the tables follow the image, and the boot stack follows the
 * tables. Fills boot_info and the p2m list. Once per process.
 */
void fake_build(unsigned long nr_pages, unsigned long mapped, u64 seed);
/* Pages of the pretended image, from HOSTED_IMAGE_PFN on. */
#define FAKE_IMAGE_PAGES 16

/* -- fake_xen.c: the rules; fake_direct.c: memory
 * ---------------------------------------------------------------------- */

extern struct fake_frame *fake_frames; /* by mfn */
extern unsigned long fake_mfn_first, fake_mfn_end;
extern mfn_t fake_kernel_root, fake_user_root; /* loaded; the second may be 0 */
extern char fake_reason[256];		       /* of the last refusal; "" if there was none */

/*
 * An operation that is about to be executed on a frame, for observers: entry `index` is
 * written, or the frame is pinned or unpinned.
 */
enum fake_event { FAKE_ENTRY, FAKE_PIN, FAKE_UNPIN };
extern void (*fake_watch)(enum fake_event what, mfn_t mfn, unsigned index, pte_t e);

/* Overwrite the executed entries of a multicall, as debug builds of Xen do. Initially on. */
extern bool fake_overwrites;

/* Number of mmu_update calls on a frame that is no table: written without a check. */
extern unsigned long fake_writable_updates;

/* Number of flushes requested on other CPUs; the fake has no other CPUs. */
extern unsigned long fake_remote_flushes;

struct fake_frame *fake_frame(pfn_t pfn);
bool fake_mfn_ok(mfn_t mfn); /* one of the guest's frames */
/* The contents of a frame as Xen reads and writes them. */
pte_t fake_read(mfn_t mfn, unsigned index);
void fake_write(mfn_t mfn, unsigned index, pte_t e);
/* Like Xen's pin and NEW_BASEPTR. */
long fake_pin(int level, mfn_t mfn);
long fake_load_root(mfn_t mfn);
/* The entry for va in the loaded kernel root: frame of its pte page, and index in it. */
bool fake_find_l1(unsigned long va, mfn_t *l1, unsigned *index);
/* An entry has changed: updates the protection of the process' memory. */
void fake_sync_after(mfn_t table, int level, unsigned index);
/* Updates the protection of all of the process' memory to match the loaded tables. */
void fake_sync_direct_map(void);
void fake_sync_slots(void);
/* The contents of a frame, mapped by the guest or not; writable if the frame is high. */
void *fake_memory(pfn_t pfn);
/* Call after a fork. */
void fake_own_high_memory(void);
/* Whether the guest can write to the frame through the direct map. */
bool fake_direct_writable(pfn_t pfn);
/* Counts all uses again, from the pins and roots; dies at a difference. */
void fake_audit(void);

void fake_die(const char *fmt, ...) __printf(1, 2) __noreturn;

/* -- fake_domctl.c: the toolstack's interface, its version, and an error for all operations -- */

long fake_domctl(unsigned long arg);
extern unsigned fake_domctl_version;
extern long fake_domctl_error;

/* All hypercalls except the MMU's go here; guest_world.c. */
long fake_other_hypercall(unsigned nr, unsigned long a1, unsigned long a2, unsigned long a3);

/* -- fake_cpu.c: user mode of the one CPU ---------------------------------------------- */

enum cpu_access { CPU_READ, CPU_WRITE, CPU_EXEC };
/*
 * A user program's access to the byte at va, through TLB and user root, with page faults
 * delivered to the guest. Returns false if the guest killed the program.
 */
bool cpu_touch(unsigned long va, enum cpu_access access, u8 *byte);
/* Called by the guest's user_fault(). */
void cpu_killed(void);

void cpu_flush_all(void);
void cpu_flush_page(unsigned long va);
/* The frame is about to become a table: Xen flushes stale write access to it. */
void cpu_flush_frame(mfn_t mfn);

#endif
