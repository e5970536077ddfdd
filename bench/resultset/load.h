/* SPDX-License-Identifier: MIT */
/* Result sets as commands take them: files named on the command line, all checked, all complained
 * about. */
#ifndef PVMMU_BENCH_RESULTSET_LOAD_H
#define PVMMU_BENCH_RESULTSET_LOAD_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

/*
 * Reads all files into sets[files->n], of which each is the caller's also after false: something
 * could not be read or makes no sense, and all of it was complained about, so that it is known at
 * once. root_given as find_root() takes it (paths.h).
 */
bool read_result_sets(const struct strv *files, const char *root_given, json_t **sets);

/* The same for one file. NULL: complained about. */
json_t *read_result_set(const char *file, const char *root_given);

#endif
