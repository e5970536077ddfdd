/* SPDX-License-Identifier: MIT */
/*
 * The machine's side of page tables, as inline calls so that the measured code
 * has no indirect one: pfn_to_mfn(), mfn_to_pfn(), and the operations of
 * xen/mmu_ops.h. The native back end offers the same names.
 */
#ifndef MMU_BACKEND_H
#define MMU_BACKEND_H

#ifdef PVMMU_NATIVE
#include "native/mmu_ops.h"
#include "native/p2m.h"
#else
#include "xen/mmu_ops.h"
#include "xen/p2m.h"
#endif

#endif
