/* SPDX-License-Identifier: MIT */
/*
 * From what was seen to what it means. Pure: the same boot always gets the
 * same verdict.
 */
#ifndef PVMMU_BENCH_RUN_JUDGE_H
#define PVMMU_BENCH_RUN_JUDGE_H

#include "lib/outcome.h"
#include "machine/boot.h"

/* Calibration: 1000 nops and one clock read must take from 1000 to this many ticks. */
#define NOP1000_MAX 1050

/*
 * The outcome of a boot and a reason in one line (the caller's; NULL on
 * success). An exact tier's clock is checked to count instructions.
 */
enum outcome judge(const struct boot *b, const struct run_spec *spec, char **reason);

/*
 * What to end with after a program's run with that outcome: its own exit status, or
 * 128 and the number of the signal that killed it, and then *own; or, if the run went
 * wrong otherwise, the outcome's exit code.
 */
int judge_exit_code(const struct boot *b, enum outcome o, bool *own);

#endif
