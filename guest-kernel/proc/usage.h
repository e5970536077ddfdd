/* SPDX-License-Identifier: MIT */
/*
 * Processor time of tasks, counted at switches in ticks of the time-stamp counter. The
 * part spent in user mode is unknown: entries to the kernel are not timed, since they are
 * what is measured.
 */
#ifndef PROC_USAGE_H
#define PROC_USAGE_H

#include "arch/x86/types.h"

/*
 * Processor time of the running thread; of its process, ended threads included; and of
 * children that were waited for.
 */
u64 thread_ticks(void);
u64 process_ticks(void);
u64 children_ticks(void);

#endif
