/* SPDX-License-Identifier: MIT */
/*
 * Checking that a kept state is as good as a cold boot, and a figure of several vCPUs exact.
 *
 * QEMU emulates the vCPUs in turns, in one thread. Whose turn is next follows from the instructions
 * that they have executed and from timers of the machine: two boots give the same. A machine that
 * goes on from a kept state does too, because what QEMU does not keep in one is made the same
 * again: the guest sees to it that all vCPUs idle on both sides of the checkpoint
 * (guest-kernel/main.c), and the rig that nothing in QEMU stops a vCPU in host time (rigs/solo.c).
 * `make exactness` looks for what may have been missed.
 *
 * The first run from a state is held against a cold boot: samples, counters, books, and the tick of
 * the time-stamp counter at which the guest ends, which nothing that came earlier or later by an
 * instruction leaves as it was. If all are equal the state is believed from then on (snapshot.h).
 * After that one boot settles what one vCPU gives, and with several vCPUs a second run from the
 * state says whether something happens in host time after it was loaded. What several vCPUs give
 * from a cold start is compared with another cold boot.
 *
 * That is no vote. Two that differ mean that the figure is not exact, and which of them is right is
 * nobody's to say; so it is measured from several fresh states and all samples are kept, as of
 * something that has a spread.
 */
#ifndef PVMMU_BENCH_RUN_REPEAT_EXACT_H
#define PVMMU_BENCH_RUN_REPEAT_EXACT_H

#include "machine/boot.h"
#include "scheduler.h"

/* Is this a run that its one boot, a success, does not settle? */
bool repeat_exact_needed(const struct run_spec *spec, const struct boot *b);

/*
 * Boots again and compares with b, a success. If they are equal, b says so (boots, confirmed). If
 * not, fresh states are made, a run from each, and b gets the samples of all of them, in how many
 * results they were (boots, results), and a warning.
 * Each boot has a deadline of its own. If one of them fails, b becomes that one, with its *outcome
 * and *reason.
 */
void repeat_exact(const struct engine *e, const struct run_spec *spec, const char *log,
		  struct boot *b, enum outcome *outcome, char **reason);

#endif
