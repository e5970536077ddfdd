/* SPDX-License-Identifier: MIT */
/*
 * Each vCPU has a segment table. Xen's part of it has the flat segments. Ours has a
 * segment for the CPU's struct cpu, and those for the running program's thread-local
 * storage, at the same indexes as on i386 Linux. For C and assembler.
 */
#ifndef XEN_32_SEGMENTS_H
#define XEN_32_SEGMENTS_H

#define GDT_TLS_FIRST 6
#define GDT_PER_CPU   9
/* Ring 1, as the kernel. */
#define PER_CPU_SELECTOR (GDT_PER_CPU * 8 + 1)

#ifndef __ASSEMBLER__
#include "arch/x86/tls.h"

#define GDT_SLOTS (PAGE_SIZE / 8) /* a page: Xen checks complete pages */

/* Makes that CPU's table, which is read-only from now on. Returns its frame. */
mfn_t segments_make(unsigned id);
/* Loads it on the first CPU. Counters work only after it. Returns 0 or Xen's errno. */
long segments_load_first(void);
/* Writes the thread-local segments that differ into this CPU's table. 0 or Xen's errno. */
long segments_set_tls(tls_t tls);
/* Whether the frame is a segment table, which is read-only. */
bool segments_hold(pfn_t pfn);
#endif

#endif
