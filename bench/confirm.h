/* SPDX-License-Identifier: MIT */
/*
 * Taking an exact figure of several vCPUs twice.
 *
 * QEMU emulates the vCPUs in turns, in one thread. Whose turn is next follows from the instructions
 * they have executed, unless another thread of QEMU stops a vCPU meanwhile: then its turn ends, and
 * the next one goes on. The one known cause is waited for (control.h); nothing promises that there
 * is no other. One vCPU goes on whoever stopped it.
 *
 * So what several vCPUs gave counts as measured when two boots gave the same.
 */
#ifndef PVMMU_BENCH_CONFIRM_H
#define PVMMU_BENCH_CONFIRM_H

#include "boot.h"
#include "engine.h"

/* Is this a run that one boot does not settle? */
bool confirm_needed(const struct run_spec *spec);

/*
 * Boots again, each with a deadline of its own, until two boots agree in samples, counters and
 * books. b: the first, a success; becomes one of the two that agree, with the number of boots and,
 * if they were more than two, a warning. Otherwise *outcome and *reason are those of the boot that
 * failed, or an error, if none agree. What collectors saw of the first boot is kept if that is what
 * the others repeated.
 */
void confirm(const struct engine *e, const struct run_spec *spec, const char *log, struct boot *b,
	     enum outcome *outcome, char **reason);

#endif
