/* SPDX-License-Identifier: MIT */
/*
 * Where a guest's panic was. The guest tells an address, since its image holds no names
 * (guest-kernel/lib/bug.h). The build leaves a list of all places beside the image: lines of
 * "ADDRESS FILE:LINE WORDS", where WORDS are what stands in that line of the source.
 */
#ifndef PVMMU_BENCH_MACHINE_PANIC_SITE_H
#define PVMMU_BENCH_MACHINE_PANIC_SITE_H

#include "boot.h"

/*
 * Puts into the boot's panic record, if it has one, the place for the address, and for a BUG_ON
 * that line's words for its name. Leaves it alone if the list does not have the address.
 */
void panic_site_name(const char *root, const struct run_spec *spec, struct boot *b);

#endif
