/* SPDX-License-Identifier: MIT */
/* All that --help says, in two other forms: a page for man, and what completes words in bash. */
#ifndef PVMMU_BENCH_CMD_MANUAL_H
#define PVMMU_BENCH_CMD_MANUAL_H

#include <stddef.h>

#include "lib/options.h"

/* The page, in the macros of man(7), to stdout. */
void manual_page(const struct command *const *commands, size_t n);

/* The script for a shell ("bash", "zsh", "fish"), to stdout. false: there is none for it. */
bool manual_completion(const char *shell);

#endif
