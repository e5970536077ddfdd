/* SPDX-License-Identifier: MIT */
/*
 * Everything that depends on the width of the machine: the levels of a page-table tree,
 * the format of an entry, and the layout of the virtual address space. Each width has a
 * header of its own, which defines the same names; this one has what both share. Code
 * outside these headers must not assume a width.
 *
 * Level 1 is the pte page, level PT_LEVELS the root. An entry has 64 bits on both widths.
 */
#ifndef ARCH_WIDTH_H
#define ARCH_WIDTH_H

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define PT_INDEX_BITS 9
#define PT_ENTRIES    (1 << PT_INDEX_BITS)

/* log2 of the bytes that one entry of a table of that level maps. */
#define PT_SHIFT(level) (PAGE_SHIFT + PT_INDEX_BITS * ((level)-1))
#define PT_SPAN(level)	(1UL << PT_SHIFT(level))

#ifdef __x86_64__
#include "arch/x86/64/width.h"
#else
#include "arch/x86/32/width.h"
#endif

/* Entry bits. */
#define PTE_PRESENT   PTE_BITS(0x001)
#define PTE_WRITE     PTE_BITS(0x002)
#define PTE_USER      PTE_BITS(0x004)
#define PTE_ACCESSED  PTE_BITS(0x020)
#define PTE_DIRTY     PTE_BITS(0x040)
#define PTE_LARGE     PTE_BITS(0x080) /* at level 2: maps memory, no table */
#define PTE_NX	      PTE_BITS(0x8000000000000000)
#define PTE_ADDR_MASK PTE_BITS(0x000ffffffffff000)

/* The bits of an entry that points to a table; Xen requires it to be permissive. */
#define PTE_TABLE (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED | PTE_DIRTY)
/* Kernel data. */
#define PTE_KERNEL_RO (PTE_PRESENT | PTE_KERNEL_RING | PTE_ACCESSED | PTE_DIRTY)
#define PTE_KERNEL    (PTE_KERNEL_RO | PTE_WRITE)

#endif
