/* SPDX-License-Identifier: MIT */
/*
 * Brings an index (index.h) up to date with the files. A file is read again only if its size or
 * one of its times has changed, and counts as changed only if its bytes have.
 */
#ifndef PVMMU_BENCH_HISTORY_SCAN_H
#define PVMMU_BENCH_HISTORY_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "index.h"
#include "lib/text.h"

struct refresh {
	size_t files, read;   /* there are; had to be read */
	struct strv changed;  /* paths in the directory whose contents are others than before */
	struct strv vanished; /* that were there before */
	struct strv broken;   /* newly found: "PATH: why", a line for each error */
	/* What this program leaves beside result sets: paths, and of each what it is. */
	struct strv own, own_kinds;
};

/*
 * Looks through the directory and puts in what is new. quiet: no progress on the terminal.
 * root_given as find_root() takes it, for the schema. false with *error: nothing can be read at
 * all.
 */
bool index_refresh(struct index *x, const char *root_given, bool quiet, struct refresh *r,
		   char **error);
void refresh_free(struct refresh *r);

/* The name of what is known about where a file came from, beside it (import.c); the caller's.
 */
char *origin_name(const char *path);

#endif
