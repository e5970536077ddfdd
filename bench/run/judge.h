/* SPDX-License-Identifier: MIT */
/* Decides the outcome of a boot. The same boot always gets the same verdict. */
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
 * The exit code after a program's run with that outcome. *own: it is the program's own exit
 * status, or 128 plus the signal that killed it. Otherwise the run went wrong, and it is the
 * outcome's exit code.
 */
int judge_exit_code(const struct boot *b, enum outcome o, bool *own);

#endif
