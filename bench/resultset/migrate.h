/* SPDX-License-Identifier: MIT */
/*
 * Result sets of older programs, made what this one writes, in memory when they are read; the
 * file stays as it is. A step goes from one schema_version to the next, and the steps are taken in
 * order, so each is written once and never touched again. tests/golden/schema/ has a file of each
 * version, as the program of that time wrote it.
 *
 * A change needs a version if an older reader would misread or refuse it. A new member that may be
 * absent needs no step here, since readers accept its absence. But older programs refuse members
 * that they do not know, so new members come with the next version.
 */
#ifndef PVMMU_BENCH_RESULTSET_MIGRATE_H
#define PVMMU_BENCH_RESULTSET_MIGRATE_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

/*
 * Takes a set as it was read, of whatever shape, to RESULTSET_VERSION. false, with an error that
 * begins with a JSON pointer in errors, if its version is newer than this program or none that ever
 * was. Anything that is not a set is left for the schema to refuse: true.
 */
bool resultset_migrate(json_t *set, struct strv *errors);

#endif
