/* SPDX-License-Identifier: MIT */
/* Properties of the terminal behind a descriptor. */
#ifndef PVMMU_BENCH_LIB_TERMINAL_H
#define PVMMU_BENCH_LIB_TERMINAL_H

#include <stdbool.h>

/* It is a terminal, TERM is set and not "dumb", and NO_COLOR is empty or not set. */
bool terminal_has_colours(int fd);

/* The terminal's width; else $COLUMNS, else 80. From 40 to 500. */
unsigned terminal_columns(int fd);

#endif
