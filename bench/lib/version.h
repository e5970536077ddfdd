/* SPDX-License-Identifier: MIT */
/* The program's version: git's name of the commit it was built from, or the file VERSION. */
#ifndef PVMMU_BENCH_LIB_VERSION_H
#define PVMMU_BENCH_LIB_VERSION_H

extern const char PVMMU_VERSION[];

/* All 40 digits of it, "-dirty" behind them if sources were changed since; "" if git was not asked.
 */
extern const char PVMMU_COMMIT[];

#endif
