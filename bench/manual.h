/* SPDX-License-Identifier: MIT */
/* All that --help says, in two other forms: a page for man, and what completes words in bash. */
#ifndef PVMMU_BENCH_MANUAL_H
#define PVMMU_BENCH_MANUAL_H

#include <stddef.h>

#include "options.h"

/* The page, in the macros of man(7), to stdout. */
void manual_page(const struct command *const *commands, size_t n);

/* A script for bash, to stdout: `source <(pvmmu help --bash)`. */
void manual_completion(const struct command *const *commands, size_t n);

#endif
