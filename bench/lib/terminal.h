/* SPDX-License-Identifier: MIT */
/* What the terminal behind a descriptor can do. */
#ifndef PVMMU_BENCH_LIB_TERMINAL_H
#define PVMMU_BENCH_LIB_TERMINAL_H

#include <stdbool.h>

/* It is a terminal, does not call itself dumb, and NO_COLOR is not set (or empty). */
bool terminal_has_colours(int fd);

/* How wide it is; else $COLUMNS, else 80. At least 40, at most 500. */
unsigned terminal_columns(int fd);

#endif
