/* SPDX-License-Identifier: MIT */
/* One file into the index (index.h): its runs, what names their series, and their medians. */
#ifndef PVMMU_BENCH_HISTORY_INDEX_ADD_H
#define PVMMU_BENCH_HISTORY_INDEX_ADD_H

#include "index.h"
#include "resultset/schema.h"
#include "scan.h"

/* A file as it was seen; times in nanoseconds since 1970. */
struct found_file {
	char *path; /* below the index's directory */
	long long size, modified, changed;
	char *unfollowed; /* it is a link, and why it is not followed; else NULL */
	bool outside;	  /* such a link, and it leads out of the directory */
};

/* Within a transaction. What there is to say goes to r. */
void index_add(struct index *x, const struct found_file *f, const struct schema *schema,
	       struct refresh *r);

#endif
