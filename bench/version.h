/* SPDX-License-Identifier: MIT */
/* The program's version: git's name of the commit it was built from, or the file VERSION. */
#ifndef PVMMU_BENCH_VERSION_H
#define PVMMU_BENCH_VERSION_H

extern const char PVMMU_VERSION[];

#endif
