/* SPDX-License-Identifier: MIT */
/*
 * Updates an index (index.h) from the files. A file is read again only if its size or one of its
 * times has changed. It counts as changed only if its bytes have.
 */
#ifndef PVMMU_BENCH_HISTORY_SCAN_H
#define PVMMU_BENCH_HISTORY_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "index.h"
#include "lib/text.h"

struct refresh {
	size_t files, read;   /* number of files; of files that were read */
	struct strv changed;  /* paths of files with new contents */
	struct strv vanished; /* paths of files that are gone */
	struct strv broken;   /* found now: "PATH: reason", a line for each error */
	/* Other files of this program: paths and kinds. */
	struct strv own, own_kinds;
};

/*
 * Adds new files of the directory. quiet: no progress on the terminal. root_given: as find_root()
 * takes it, for the schema. false with *error: the schema or the index cannot be read.
 */
bool index_refresh(struct index *x, const char *root_given, bool quiet, struct refresh *r,
		   char **error);
void refresh_free(struct refresh *r);

/* The name of the file that says where a file came from (import.c); the caller's. */
char *origin_name(const char *path);

#endif
