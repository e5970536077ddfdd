/* SPDX-License-Identifier: MIT */
/*
 * A fake hypervisor for the guest kernel's unit tests: Xen's rules about page
 * tables without Xen.
 *
 * A frame has a type - none, table of level 1 to 4, or writable - and a count of
 * uses as that type; the type changes only when the count is 0. A frame becomes
 * a table by being pinned, by being loaded as a root, or because a table of the
 * level above points to it, and then each entry in it is checked and takes a use
 * of what it points to: a read-write mapping one as `writable`. Hence no table
 * can be mapped read-write anywhere. When the last use goes, the entries' uses go.
 *
 * Beyond what Xen does, to find more:
 *   - pfn and mfn ranges are disjoint, the order is shuffled, and between our
 *     frames lie other domains' ones, for which the m2p table holds lies;
 *   - the direct map is real memory of the test process, protected exactly as the
 *     fake's tables say: a plain store to a read-only table is a SIGSEGV;
 *   - entry bits that this guest has no use for are refused;
 *   - a TLB that forgets nothing by itself (fake_cpu.c), so a missing flush shows.
 * A refusal returns what Xen would, with the reason in fake_reason. What would
 * take down a real machine, or is a hole that a real Xen would not notice, ends
 * the test process in fake_die().
 */
#ifndef FAKE_XEN_H
#define FAKE_XEN_H

#include "mmu/frame.h"

/* At the end of memory, not for the direct map. So few that some tests use them all up. */
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
 * Makes a domain: memory of nr_pages frames at DIRECT_MAP_BASE, of which the first
 * `mapped` are in the boot tables; these follow the image, and the boot stack them.
 * Fills boot_info and the p2m list. Once per process.
 */
void fake_build(unsigned long nr_pages, unsigned long mapped, u64 seed);
/* Pages of the pretended image, from HOSTED_IMAGE_PFN on. */
#define FAKE_IMAGE_PAGES 16

/* -- fake_xen.c: the rules; fake_direct.c: memory
 * ---------------------------------------------------------------------- */

extern struct fake_frame *fake_frames; /* by mfn */
extern unsigned long fake_mfn_first, fake_mfn_end;
extern mfn_t fake_kernel_root, fake_user_root; /* loaded; the second may be 0 */
extern char fake_reason[256];		       /* of the last refusal; "" if none */

/*
 * What is about to be carried out on a frame, for who wants to look on: entry `index` written, or
 * the frame pinned or unpinned.
 */
enum fake_event { FAKE_ENTRY, FAKE_PIN, FAKE_UNPIN };
extern void (*fake_watch)(enum fake_event what, mfn_t mfn, unsigned index, pte_t e);

/* Overwrite what a multicall has carried out, as debug builds of Xen do. On from the start. */
extern bool fake_overwrites;

/* Calls of mmu_update on a frame that is no table: written without a check. */
extern unsigned long fake_writable_updates;

/* Flushes that were asked for on other CPUs, of which the fake has none. */
extern unsigned long fake_remote_flushes;

struct fake_frame *fake_frame(pfn_t pfn);
bool fake_mfn_ok(mfn_t mfn); /* one of the guest's frames */
/* Contents of a frame as Xen reads them, and Xen's way to write. */
pte_t fake_read(mfn_t mfn, unsigned index);
void fake_write(mfn_t mfn, unsigned index, pte_t e);
/* Like Xen's pin and NEW_BASEPTR. */
long fake_pin(int level, mfn_t mfn);
long fake_load_root(mfn_t mfn);
/* The entry for va in the loaded kernel root: frame of its pte page, and which one. */
bool fake_find_l1(unsigned long va, mfn_t *l1, unsigned *index);
/* An entry has been changed: makes the process' memory protection follow. */
void fake_sync_after(mfn_t table, int level, unsigned index);
/* Makes all of the process' memory protection follow the loaded tables. */
void fake_sync_direct_map(void);
void fake_sync_slots(void);
/* What is in a frame, wherever the guest sees it or not; writable if it is high. */
void *fake_memory(pfn_t pfn);
/* After a fork. */
void fake_own_high_memory(void);
/* Whether the direct map lets the guest write to it. */
bool fake_direct_writable(pfn_t pfn);
/* Recounts every use from the pins and roots up; dies at a difference. */
void fake_audit(void);

void fake_die(const char *fmt, ...) __printf(1, 2) __noreturn;

/* -- fake_domctl.c: the toolstack's interface, its version, and an error for all questions -- */

long fake_domctl(unsigned long arg);
extern unsigned fake_domctl_version;
extern long fake_domctl_error;

/* What the hypercalls other than the MMU's go to; guest_world.c. */
long fake_other_hypercall(unsigned nr, unsigned long a1, unsigned long a2, unsigned long a3);

/* -- fake_cpu.c: user mode of the one CPU ---------------------------------------------- */

enum cpu_access { CPU_READ, CPU_WRITE, CPU_EXEC };
/*
 * An access of a user program to the byte at va, through TLB and user root, with
 * page faults delivered to the guest. False if the guest killed the program.
 */
bool cpu_touch(unsigned long va, enum cpu_access access, u8 *byte);
/* What the guest's user_fault() tells it. */
void cpu_killed(void);

void cpu_flush_all(void);
void cpu_flush_page(unsigned long va);
/* The frame is about to become a table: Xen drops stale write access to it. */
void cpu_flush_frame(mfn_t mfn);

#endif
