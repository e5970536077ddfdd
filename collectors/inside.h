/* SPDX-License-Identifier: MIT */
/*
 * Collectors of dom0 on rig box: the pvmmu inside the box does the work, on rig xl. Its
 * observations come back with its result, and the rig hands them on as if they were a record for
 * the collector (bench/rigs/box.c): {"value": ...} or {"why": ...}.
 */
#ifndef PVMMU_COLLECTORS_INSIDE_H
#define PVMMU_COLLECTORS_INSIDE_H

#include "collector.h"

/* Whether the collector works inside and the place is outside. */
bool is_inside(const struct collector_place *place);

/* For stop(): the observations from the inside, the caller's. NULL with *error: there are none. */
json_t *inside_value(const json_t *seen, char **error);

#endif
