/* SPDX-License-Identifier: MIT */
/*
 * x86-64, four levels of 512 entries. A Xen PV guest shares its root with the hypervisor,
 * which owns entries 256-271 (xen/arch-x86/xen-x86_64.h), and runs kernel and user in the
 * same ring. So user mode has a second root without the kernel's entries. Without Xen
 * these entries stay empty, and one root serves both modes.
 *
 *	0 .. USER_TOP			user
 *	0xffff800000000000		Xen, with the machine-to-physical table
 *	0xffff880000000000		direct map of all memory; the kernel image is
 *					linked inside it, so each frame has exactly one
 *					kernel mapping and read-only means read-only
 *	0xffffc90000000000		vmalloc, 1 TiB
 *	0xffffcb0000000000		mapping slots for pte pages (mmu/ptemap.h)
 */
#ifndef ARCH_64_WIDTH_H
#define ARCH_64_WIDTH_H

#define PT_LEVELS 4

/* The root's entries: the number of user entries, and the index of the first one after Xen's. */
#ifdef PVMMU_HOSTED
/*
 * Unit tests: a process has no addresses above 2^47, so the same layout is compressed
 * below it. User addresses are only numbers there; the direct map is real.
 */
#define USER_TOP	  0x000017fffffff000UL
#define DIRECT_MAP_BASE	  0x0000200000000000UL
#define VMALLOC_BASE	  0x0000210000000000UL
#define PTE_SLOT_BASE	  0x0000230000000000UL
#define ROOT_USER_ENTRIES 48
#define ROOT_KERNEL_FIRST 64
#else
#define USER_TOP	  0x00007ffffffff000UL
#define DIRECT_MAP_BASE	  0xffff880000000000UL
#define VMALLOC_BASE	  0xffffc90000000000UL
#define PTE_SLOT_BASE	  0xffffcb0000000000UL
#define ROOT_USER_ENTRIES 256
#define ROOT_KERNEL_FIRST 272
#endif
/* More than one entry of the root, so that a test can add a second one. */
#define VMALLOC_END (VMALLOC_BASE + (1UL << 40))
/* End of the kernel's own addresses: the end of the address space. */
#define KERNEL_END 0UL

/*
 * The kernel's part: each tree has a copy of these entries, in a table of that level. All
 * trees share the tables below.
 */
#define KERNEL_PART_LEVEL PT_LEVELS
#define KERNEL_PART_FIRST ROOT_KERNEL_FIRST
#define KERNEL_PART_END	  PT_ENTRIES

/* None: system calls have an instruction of their own (arch/x86/32/width.h). */
#define CALL_PAGE 0

/* Whether user mode has a root of its own under Xen, without the kernel's part. */
#define PV_USER_ROOT 1

/* The number of pages that the direct map has room for, of n pages of memory. */
#define USABLE_PAGES(n) (n)

#define PTE_BITS(bits) bits##UL
/* The bits of an entry of the root. */
#define PTE_ROOT PTE_TABLE
/*
 * A 64-bit PV kernel runs in ring 3, so its pages are "user" pages to the
 * processor; Xen adds the bit itself where it is missing.
 */
#ifdef PVMMU_NATIVE
#define PTE_KERNEL_RING 0
#else
#define PTE_KERNEL_RING PTE_USER
#endif

#endif
