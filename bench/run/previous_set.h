/* SPDX-License-Identifier: MIT */
/*
 * The file that a new result set replaces. If all its runs were measured again it is simply
 * replaced. Otherwise it is kept beside the new one with its date in its name,
 * FILE-20261130-182200.json.
 */
#ifndef PVMMU_BENCH_RUN_PREVIOUS_SET_H
#define PVMMU_BENCH_RUN_PREVIOUS_SET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct schema;

/*
 * Gives the file at path a second name if it is no result set, or if `set`, which is about to
 * replace it, lacks samples of a run that it has (series_key() says which runs are the same).
 * *name: the second name, the caller's, or NULL. *runs: the number of runs that the new set lacks.
 * The file at path stays unchanged. false with *error.
 */
bool previous_set_keep(const char *path, const json_t *set, const struct schema *schema,
		       char **name, size_t *runs, char **error);

#endif
