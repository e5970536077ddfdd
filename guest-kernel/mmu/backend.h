/* SPDX-License-Identifier: MIT */
/*
 * The machine's side of page tables, for Xen and for hardware without a hypervisor.
 * The operations are inline, so that the measured code has no indirect call.
 *
 * Both back ends implement these names. An operation that returns long returns 0, or
 * Xen's negative errno. An error means that the guest broke a rule of Xen's, so the
 * caller panics and says what it tried. `cpus` points to the mask of CPUs that may
 * have old TLB entries.
 *
 * Frames (p2m.h)
 *	pfn_to_mfn(pfn)			the machine frame of a frame of ours
 *	mfn_to_pfn(mfn)			the reverse; the frame must be ours
 *	mfn_is_ours(mfn)		whether it is
 *
 * Entries (mmu_ops.h); `at` is an entry's machine address
 *	hv_update(at, e)		write an entry of any level
 *	hv_update_va(va, e, flush, cpus)  write the level-1 entry that maps va in the
 *					loaded tables; Xen only
 *	hv_store(ptep, e)		store to a level-1 entry. Xen emulates it if the
 *					page is a table. Never queued
 *	hv_clear_bits(ptep, bits)	the same for clearing bits, atomically
 *	hv_map_now(va, ptep, e, flush, cpu)  map the kernel's address va, which one CPU
 *					uses, to something else. Never queued
 *
 * TLB; on Xen a load of a root flushes too
 *	hv_flush_page(va, cpus)		drop one page's entry on the CPUs of the mask
 *	hv_flush_tlb(cpus)		drop all entries on the CPUs of the mask
 *
 * Roots
 *	hv_load_root(mfn)		use this root in kernel mode
 *	hv_load_first_root(mfn)		the same for the first one, in place of the boot tables
 *	hv_load_user_root(mfn)		use this root in user mode, mfn 0 for none; Xen only
 *	hv_pin(level, mfn)		validate the tree below and keep it valid; Xen only
 *	hv_unpin(mfn)			end that; Xen only
 *
 * Lazy sections (xen/multicall.h). Operations in a lazy section are queued, and take
 * effect when the section ends or at hv_sync(). The native back end queues nothing
 *	hv_lazy_enter(), hv_lazy_leave()  begin and end a section; sections may nest
 *	hv_lazy()			whether this CPU is in a section
 *	hv_sync()			execute what this CPU has queued
 *	hv_after(fn, arg)		call fn(arg) when all that is queued so far is
 *					executed; at once outside of a section
 *	hv_lazy_suspend(), hv_lazy_resume(nest)  hv_sync(), then leave all sections;
 *					and enter them again
 *
 * Audit
 *	hv_frame_types(frames, n)	replace n mfns by the types that the hypervisor
 *					has for these frames
 *	hv_reads_frame(pfn)		whether a frame that is no table is read-only all
 *					the same, because the hypervisor reads it
 *
 * HV_PARAVIRT is 1 if page tables are registered with a hypervisor: they are
 * read-only and pinned. HV_USER_ROOT is 1 if a process has a second root, for user mode.
 * HV_TAKES_TABLES is 1 if the boot tables have the format of ours and we take them over.
 * HV_LARGE_PAGES is 1 if entries of level 2 map the direct map, where all of it is low.
 * HV_ROOT_CACHED is 1 if the processor reads the entries of the root when it is loaded only.
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
