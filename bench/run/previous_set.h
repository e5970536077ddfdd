/* SPDX-License-Identifier: MIT */
/*
 * What lies where a result set is to be written. A set whose runs were all measured again is
 * replaced: that is what one measures again for. One that holds anything else is kept beside the
 * new one under a name of its own, with its date, FILE-20261130-182200.json.
 */
#ifndef PVMMU_BENCH_RUN_PREVIOUS_SET_H
#define PVMMU_BENCH_RUN_PREVIOUS_SET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct schema;

/*
 * Gives the file at path a second name if `set`, which is about to replace it, lacks something
 * that is in it: the samples of a run (one and the same if what was asked for is: series_key()),
 * or if it is no result set at all. *name: that second name, the caller's, or NULL; *runs: how many
 * runs the new set lacks. The file at path stays as it is. false with *error.
 */
bool aside_keep(const char *path, const json_t *set, const struct schema *schema, char **name,
		size_t *runs, char **error);

#endif
