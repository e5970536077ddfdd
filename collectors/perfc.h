/* SPDX-License-Identifier: MIT */
/*
 * Xen's counters of its own work, read by the guest kernel, which sends records, or by domain 0.
 * Each counter has a name, which is text for people that differs between versions of Xen, and one
 * value, or several for an array.
 *
 * Both give the same form, {"counters": {name: n}, "arrays": {name: {element: n}}, "zero": [name],
 * "missing": [name]}: counters above zero, arrays with their elements above zero, counters and
 * arrays at zero, and counters that this Xen does not have.
 */
#ifndef PVMMU_PERFC_H
#define PVMMU_PERFC_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Combines the guest's records, in order and without their common members (abi/record.h: by
 * "xenperf"). "stretches" is the number of measured stretches that were added up. The caller's.
 * NULL with *error if records are missing or wrong, or say why there are no counters.
 */
json_t *perfc_from_records(const json_t *records, char **error);

/*
 * Adds one counter with n values: n is 1 unless it is an array. false if that name was added
 * before. `all` comes from perfc_new(), and perfc_done() completes it.
 */
json_t *perfc_new(void);
bool perfc_add(json_t *all, const char *name, const unsigned long long *values, size_t n);
void perfc_done(json_t *all);

/* Whether the file is a Xen with counters. false with *error. */
bool perfc_counts(const char *xen, char **error);

#endif
