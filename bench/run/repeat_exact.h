/* SPDX-License-Identifier: MIT */
/*
 * Checks that a saved machine state gives the same samples as a cold boot, and that samples of
 * several vCPUs are exact.
 *
 * QEMU emulates the vCPUs in turns, in one thread. The order depends only on the instructions that
 * they execute and on timers of the machine, so two boots give the same samples. The same holds
 * for a machine that starts from a saved state: the guest makes all vCPUs idle on both sides of
 * the checkpoint (guest-kernel/main.c), and the rig makes sure that QEMU stops no vCPU in host
 * time (rigs/solo.c). `make exactness` looks for exceptions.
 *
 * The first run from a state is compared with a cold boot: samples, counters, conserved
 * quantities, and the tick of the time-stamp counter at which the guest ends. The tick changes if
 * any instruction came earlier or later. If everything is equal the state is trusted from then on
 * (snapshot.h). One boot is then enough for one vCPU. Several vCPUs are measured from the state a
 * second time, because something may happen in host time after it is loaded. A run of several
 * vCPUs that started cold is compared with another cold boot.
 *
 * This is not a vote. If two boots differ the samples are not exact, and neither boot is known to
 * be right. The run is then measured from several fresh states, and all samples are kept.
 */
#ifndef PVMMU_BENCH_RUN_REPEAT_EXACT_H
#define PVMMU_BENCH_RUN_REPEAT_EXACT_H

#include "machine/boot.h"
#include "scheduler.h"

/* Does a run need more boots than this one, which succeeded? */
bool repeat_exact_needed(const struct run_spec *spec, const struct boot *b);

/*
 * Boots again and compares with b, a success. If they are equal, b records it (boots, confirmed).
 * If not, the run is repeated from fresh states, and b gets the samples of all boots, the number
 * of different results (boots, results) and a warning.
 *
 * Each boot has its own deadline. If one fails, b becomes that boot, with its *outcome and
 * *reason.
 */
void repeat_exact(const struct engine *e, const struct run_spec *spec, const char *log,
		  struct boot *b, enum outcome *outcome, char **reason);

#endif
