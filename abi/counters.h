/* SPDX-License-Identifier: MIT */
/*
 * The guest kernel's counters, in one list that the kernel, the workloads and the host all
 * expand: X(group, name, what it counts).
 *
 * Reading /dev/pvmmu gives struct pvmmu_counters: the sums over all vCPUs at the time of
 * the read. Every build may change the layout; guest kernel and workloads come from one
 * build.
 */
#ifndef PVMMU_ABI_COUNTERS_H
#define PVMMU_ABI_COUNTERS_H

#include <stdint.h>

#define PVMMU_COUNTERS(X)                                                                          \
	X(hypercalls, mmu_update, "mmu_update calls")                                              \
	X(hypercalls, mmuext_op, "mmuext_op calls")                                                \
	X(hypercalls, update_va_mapping, "update_va_mapping calls")                                \
	X(hypercalls, multicall, "multicall calls")                                                \
	X(hypercalls, iret, "returns to user or interrupted code through Xen")                     \
	X(hypercalls, stack_switch, "kernel stack changes")                                        \
	X(hypercalls, set_segment_base, "FS/GS base changes")                                      \
	X(hypercalls, sched_op, "sched_op calls: block, yield, shutdown")                          \
	X(hypercalls, event_channel_op, "event channel operations")                                \
	X(hypercalls, set_timer_op, "one-shot timer programmed")                                   \
	X(hypercalls, console_io, "console reads and writes")                                      \
	X(hypercalls, other, "every other hypercall")                                              \
	X(queued, mmu_update, "mmu_update calls made in a multicall")                              \
	X(queued, mmuext_op, "mmuext_op calls made in a multicall")                                \
	X(queued, update_va_mapping, "update_va_mapping calls made in a multicall")                \
	X(queued, other, "every other call made in a multicall")                                   \
	X(batch_size, 1, "batches of one operation: made without a multicall")                     \
	X(batch_size, 2, "batches of 2 operations: entries written, tables pinned and so on")      \
	X(batch_size, 3_4, "batches of 3 or 4 operations")                                         \
	X(batch_size, 5_8, "batches of 5 to 8 operations")                                         \
	X(batch_size, 9_16, "batches of 9 to 16 operations")                                       \
	X(batch_size, 17_32, "batches of 17 to 32 operations")                                     \
	X(batch_size, 33_64, "batches of 33 to 64 operations")                                     \
	X(batch_size, 65_128, "batches of 65 to 128 operations")                                   \
	X(batch_size, 129_256, "batches of 129 to 256 operations")                                 \
	X(batch_flush, leave, "batches flushed because their lazy section ended")                  \
	X(batch_flush, full_entries, "batches flushed because all entries were in use")            \
	X(batch_flush, full_args, "batches flushed because the space for arguments was in use")    \
	X(batch_flush, full_callbacks, "batches flushed because all callbacks were in use")        \
	X(batch_flush, need, "batches flushed because an entry in them was needed")                \
	X(mmuext, pin, "tables pinned, any level")                                                 \
	X(mmuext, unpin, "tables unpinned")                                                        \
	X(mmuext, new_baseptr, "kernel roots loaded")                                              \
	X(mmuext, new_user_baseptr, "user roots loaded")                                           \
	X(mmuext, tlb_flush, "whole-TLB flushes asked for, local or remote")                       \
	X(mmuext, invlpg, "single-page flushes asked for, local or remote")                        \
	X(mmuext, other, "every other mmuext operation")                                           \
	X(mmu, entries_va, "entries written by update_va_mapping")                                 \
	X(mmu, entries_mmu, "entries written by mmu_update")                                       \
	X(mmu, entries_emulated, "entries of live tables stored to: Xen traps and emulates")       \
	X(mmu, entries_plain, "entries written by plain stores to private tables")                 \
	X(mmu, protected, "table pages made read-only wherever they are mapped")                   \
	X(mmu, unprotected, "table pages made writable again")                                     \
	X(mmu, cr3_loads, "address-space switches that loaded a root")                             \
	X(mmu, moved_off, "vCPUs taken off a tree that was about to be retired, by others")        \
	X(mmu, shootdowns, "TLB flushes that other vCPUs take part in, whole or a page")           \
	X(mmu, validations, "unpinned roots loaded: Xen validated the whole tree")                 \
	X(mmu, tables_allocated, "table pages allocated, all levels")                              \
	X(mmu, propagated,                                                                         \
	  "kernel slots written into other roots than the one they were added to")                 \
	X(mmu, slot_maps, "pte pages mapped in a slot, or with other access than before")          \
	X(mmu, slot_hits, "pte pages that a slot showed already")                                  \
	X(mmu, stray_flushed, "stray mappings that had to become read-only")                       \
	X(mmu, high_fallbacks, "pte pages taken from low memory: the high zone was used up")       \
	X(faults, demand_zero, "first touch of anonymous memory: a new zeroed page")               \
	X(faults, zero_read, "first read of anonymous memory: the shared zero page")               \
	X(faults, file, "first touch of file or shared memory: page cache mapped")                 \
	X(faults, cow_copy, "write to a shared page: copied")                                      \
	X(faults, cow_reuse, "write to a page no longer shared: made writable")                    \
	X(faults, spurious, "nothing to do: the entry was already good")                           \
	X(faults, raced, "another CPU changed the entry meanwhile: done again if need be")         \
	X(faults, bad, "no mapping or no permission: the process was killed")                      \
	X(faults, kernel, "faults of kernel mode on user memory")                                  \
	X(proc, forks, "processes created")                                                        \
	X(proc, execs, "programs started")                                                         \
	X(proc, exits, "processes ended")                                                          \
	X(sched, switches, "context switches")                                                     \
	X(sched, idle, "times a vCPU went idle: samples that include idling are not work")         \
	X(sched, all_idle, "times all vCPUs were idle at once: virtual time skips ahead then")     \
	X(sched, timer, "timer events")                                                            \
	X(smp, kicks, "interrupts sent to another vCPU")                                           \
	X(smp, calls, "functions run on another vCPU, each for one vCPU")                          \
	X(ageing, rounds, "times the ageing thread went through all memory")                       \
	X(ageing, visited, "entries that the ageing thread looked at")                             \
	X(ageing, cleared, "accessed bits that it found set, and cleared")                         \
	X(ageing, refused, "accessed bits left, as Xen was changing the table's type (pin=none)")  \
	X(ageing, skipped, "address spaces in which it looked for a page in vain")                 \
	X(syscalls, total, "system calls")                                                         \
	X(syscalls, unknown, "system calls answered with ENOSYS")

enum pvmmu_counter {
#define X(group, name, what) CNT_##group##_##name,
	PVMMU_COUNTERS(X)
#undef X
		PVMMU_NR_COUNTERS
};

struct pvmmu_counters {
	uint64_t nr; /* PVMMU_NR_COUNTERS of the kernel's build */
	uint64_t value[PVMMU_NR_COUNTERS];
};

#endif
