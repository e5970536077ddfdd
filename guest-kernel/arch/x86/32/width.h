/* SPDX-License-Identifier: MIT */
/*
 * 32-bit PAE, three levels: a root of 4 entries, below it four tables of 512 entries
 * (PMDs), and pte pages. A Xen PV kernel runs in ring 1 and user code in ring 3, so one
 * root serves both modes. The end of the address space belongs to Xen, which fills the
 * entries for it in the last PMD. For that reason two roots may not share that PMD. So the
 * kernel's part is not an entry of the root, as on 64 bits, but most of a PMD that each
 * tree has for itself. All trees share the pte pages below.
 *
 * Without Xen the kernel runs in ring 0, and its part is the root's last entry: all trees
 * share one PMD.
 *
 *	0 .. USER_TOP	user
 *	0xc0000000	direct map of low memory; the kernel image is linked inside it
 *	0xec000000	vmalloc, 128 MiB
 *	0xf4000000	slots for pages without an address in the direct map (mmu/ptemap.h)
 *	0xf5800000	Xen, with the machine-to-physical table (xen/arch-x86/xen-x86_32.h)
 *	0xfee00000	without Xen: the local APIC
 *	0xffffe000	without Xen: the page that programs call for a system call
 */
#ifndef ARCH_32_WIDTH_H
#define ARCH_32_WIDTH_H

#define PT_LEVELS 3

#define USER_TOP	  0xc0000000UL
#define DIRECT_MAP_BASE	  0xc0000000UL
#define VMALLOC_BASE	  0xec000000UL
#define VMALLOC_END	  0xf4000000UL
#define PTE_SLOT_BASE	  0xf4000000UL
#define ROOT_USER_ENTRIES 3
#define ROOT_KERNEL_FIRST 3

#ifdef PVMMU_NATIVE
#define KERNEL_END	  0UL /* the end of the address space */
#define KERNEL_PART_LEVEL PT_LEVELS
#define KERNEL_PART_FIRST ROOT_KERNEL_FIRST
#define KERNEL_PART_END	  (ROOT_KERNEL_FIRST + 1)
#else
#define KERNEL_END	  0xf5800000UL
#define KERNEL_PART_LEVEL 2
#define KERNEL_PART_FIRST 0
#define KERNEL_PART_END	  ((KERNEL_END - DIRECT_MAP_BASE) >> PT_SHIFT(2))
#endif

/* A page that programs call for a system call, where there is one (AT_SYSINFO). */
#ifdef PVMMU_NATIVE
#define CALL_PAGE	 0xffffe000UL
#define IN_CALL_PAGE(ip) ((ip) >= CALL_PAGE && (ip) < CALL_PAGE + PAGE_SIZE)
#else
#define CALL_PAGE	 0
#define IN_CALL_PAGE(ip) false
#endif

#define PV_USER_ROOT 0

/* The number of pages that the direct map has room for. Memory beyond it is not used yet. */
#define LOW_PAGES	((VMALLOC_BASE - DIRECT_MAP_BASE) >> PAGE_SHIFT)
#define USABLE_PAGES(n) ((n) < LOW_PAGES ? (n) : LOW_PAGES)

/* Wider than a word, so that `~` of a mask has all 64 bits. */
#define PTE_BITS(bits) bits##ULL
/* The processor requires the other bits of the root's entries to be zero. */
#define PTE_ROOT PTE_PRESENT
/* Paging regards ring 1 as supervisor. */
#define PTE_KERNEL_RING 0

#endif
