/* SPDX-License-Identifier: MIT */
/*
 * Everything that depends on the width of the machine: the levels of a page-table tree,
 * the format of an entry, and the layout of the virtual address space. Code outside this
 * header must not assume 64 bits.
 *
 * x86-64, four levels of 512 entries. Level 1 is the pte page, level 4 the root. A Xen PV
 * guest shares its root with the hypervisor, which owns entries 256-271
 * (xen/arch-x86/xen-x86_64.h), and runs kernel and user in the same ring. So user mode has
 * a second root without the kernel's entries. Without Xen these entries stay empty, and
 * one root serves both modes.
 *
 *	0 .. USER_TOP			user
 *	0xffff800000000000		Xen, with the machine-to-physical table
 *	0xffff880000000000		direct map of all memory; the kernel image is
 *					linked inside it, so each frame has exactly one
 *					kernel mapping and read-only means read-only
 *	0xffffc90000000000		vmalloc, 1 TiB
 *	0xffffcb0000000000		mapping slots for pte pages (mmu/ptemap.h)
 */
#ifndef ARCH_WIDTH_H
#define ARCH_WIDTH_H

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define PT_LEVELS     4
#define PT_INDEX_BITS 9
#define PT_ENTRIES    (1 << PT_INDEX_BITS)

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

/* Entry bits. */
#define PTE_PRESENT   0x001UL
#define PTE_WRITE     0x002UL
#define PTE_USER      0x004UL
#define PTE_ACCESSED  0x020UL
#define PTE_DIRTY     0x040UL
#define PTE_NX	      0x8000000000000000UL
#define PTE_ADDR_MASK 0x000ffffffffff000UL

/* The bits of an entry that points to a table; Xen requires it to be permissive. */
#define PTE_TABLE (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED | PTE_DIRTY)
/*
 * Kernel data. A 64-bit PV kernel runs in ring 3, so its pages are "user" pages
 * to the processor; Xen adds the bit itself where it is missing.
 */
#ifdef PVMMU_NATIVE
#define PTE_KERNEL_RO (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY)
#else
#define PTE_KERNEL_RO (PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY)
#endif
#define PTE_KERNEL (PTE_KERNEL_RO | PTE_WRITE)

/* log2 of the bytes that one entry of a table of that level maps. */
#define PT_SHIFT(level) (PAGE_SHIFT + PT_INDEX_BITS * ((level)-1))
#define PT_SPAN(level)	(1UL << PT_SHIFT(level))

#endif
