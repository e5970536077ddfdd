/* SPDX-License-Identifier: MIT */
/*
 * Completion of command lines: what may stand where the cursor is. The shells' own scripts
 * (manual.c prints them) are a few lines each and ask here, so that all of them know the same:
 * commands, options, and the values that the build, the registries and --help know.
 */
#ifndef PVMMU_BENCH_CMD_COMPLETE_H
#define PVMMU_BENCH_CMD_COMPLETE_H

#include "lib/options.h"

/*
 * words: those behind the program's name, the last one as far as it is typed, perhaps "". Prints
 * each candidate for that whole word, a tab and what it means, a line each; nothing where a file is
 * expected or nothing is known. A candidate that ends in "=", ":" or "," is not complete yet.
 */
void complete(const struct command *const *commands, size_t n, char *const *words, size_t nr_words);

#endif
