/* SPDX-License-Identifier: MIT */
/*
 * Frames have two names. A *pfn* is the guest's own, dense numbering of its
 * memory; an *mfn* is the machine's. Page tables hold mfns, everything else in
 * the guest speaks pfn, and mixing them up is the classic bug of a PV guest.
 * So they are distinct struct types: passing one for the other does not compile.
 */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86/width.h"

#ifdef PVMMU_HOSTED
#undef __always_inline /* the host's C library has its own */
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

typedef struct {
	unsigned long v;
} pfn_t;

typedef struct {
	unsigned long v;
} mfn_t;

/* A machine address: what mmu_update takes. */
typedef struct {
	u64 v;
} maddr_t;

/* An entry of a page table of any level, as the processor sees it (an mfn inside). */
typedef struct {
	u64 v;
} pte_t;

#define PFN(n) ((pfn_t){(unsigned long)(n)})
#define MFN(n) ((mfn_t){(unsigned long)(n)})

static inline void *pfn_to_virt(pfn_t pfn)
{
	return (void *)(DIRECT_MAP_BASE + (pfn.v << PAGE_SHIFT));
}

/* va must lie in the direct map. */
static inline pfn_t virt_to_pfn(const void *va)
{
	return PFN(((unsigned long)va - DIRECT_MAP_BASE) >> PAGE_SHIFT);
}

static inline bool pte_present(pte_t e)
{
	return e.v & PTE_PRESENT;
}

static inline mfn_t pte_mfn(pte_t e)
{
	return MFN((e.v & PTE_ADDR_MASK) >> PAGE_SHIFT);
}

static inline pte_t pte_from_mfn(mfn_t mfn, u64 bits)
{
	return (pte_t){((u64)mfn.v << PAGE_SHIFT) | bits};
}

static inline unsigned pt_index(unsigned long va, int level)
{
	return (va >> PT_SHIFT(level)) & (PT_ENTRIES - 1);
}

#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)	 (((x) + (a)-1) & ~((a)-1))
#define ALIGN_DOWN(x, a) ((x) & ~((a)-1))
#define min_ul(a, b)	 ((a) < (b) ? (a) : (b))
#define max_ul(a, b)	 ((a) > (b) ? (a) : (b))

#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#define __section(s)	__attribute__((section(s)))
#define __used		__attribute__((used))
#define __noreturn	__attribute__((noreturn))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define __always_inline inline __attribute__((always_inline))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#endif
