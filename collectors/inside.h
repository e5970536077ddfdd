/* SPDX-License-Identifier: MIT */
/*
 * Collectors of dom0 on rig box: the work is done by the pvmmu inside of it, on rig xl. What it
 * found comes back with its result, and the rig hands it on as if it were a record of the
 * collector's (bench/rigs/box.c): {"value": ...} or {"why": ...}.
 */
#ifndef PVMMU_COLLECTORS_INSIDE_H
#define PVMMU_COLLECTORS_INSIDE_H

#include "collector.h"

/* Is the place on the outside of one where the collector works? */
bool is_inside(const struct collector_place *place);

/* For stop(): what came from the inside, the caller's. NULL with *error: nothing. */
json_t *inside_value(const json_t *seen, char **error);

#endif
