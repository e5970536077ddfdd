/* SPDX-License-Identifier: MIT */
/*
 * Xen's counters of its own work, by whoever they were read: the guest kernel, which
 * sends records, or domain 0. Xen gives each a name, text for people that differs between
 * its versions, and one value or, of an array, several.
 *
 * Both come to the same form, {"counters": {name: n}, "arrays": {name: {element: n}},
 * "zero": [name], "missing": [name]}: what was counted; what there is of which nothing
 * was; and what this Xen, unlike others, does not count.
 */
#ifndef PVMMU_PERFC_H
#define PVMMU_PERFC_H

#include <jansson.h>
#include <stdbool.h>

/*
 * The guest's records, in order and without what they have in common (abi/record.h: by
 * "xenperf"): put together, with "stretches", how many measured ones were added up. The
 * caller's. NULL with *error (malloc'ed) if they are not whole, not right, or say why there is
 * nothing.
 */
json_t *perfc_from_records(const json_t *records, char **error);

/*
 * Adds one counter with n values: n is 1 unless it is an array. false if that name has
 * been added before. `all` is what perfc_new() gave, and perfc_done() completes.
 */
json_t *perfc_new(void);
bool perfc_add(json_t *all, const char *name, const unsigned long long *values, size_t n);
void perfc_done(json_t *all);

/* Whether the file is a Xen that counts. false with *error (malloc'ed). */
bool perfc_counts(const char *xen, char **error);

#endif
