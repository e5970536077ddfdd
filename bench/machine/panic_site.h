/* SPDX-License-Identifier: MIT */
/*
 * The place of a guest's panic. The guest reports an address, since its image holds no names
 * (guest-kernel/lib/bug.h). The build leaves a list of all places beside the image, lines of
 * "ADDRESS FILE:LINE WORDS", where WORDS are the words of that line of source.
 */
#ifndef PVMMU_BENCH_MACHINE_PANIC_SITE_H
#define PVMMU_BENCH_MACHINE_PANIC_SITE_H

#include "boot.h"

/*
 * Replaces the address in the boot's panic record, if there is one, by the place, and the reason of
 * a BUG_ON by the words of its line. Changes nothing if the list does not have the address.
 */
void panic_site_name(const char *root, const struct run_spec *spec, struct boot *b);

#endif
