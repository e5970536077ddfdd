/* SPDX-License-Identifier: MIT */
/*
 * The files in a folder of result sets, told by names: JSON, which may be result sets, and the
 * files that this program leaves beside them. Hidden names and files in *.logs are skipped.
 *
 * The folder is not left by symbolic links: a link to a directory is not followed, and one to a
 * file only if that is in the folder too. So there are no loops, and nothing from outside is taken
 * for a result. The folder itself may be a link.
 */
#ifndef PVMMU_BENCH_RESULTSET_RESULTS_FOLDER_H
#define PVMMU_BENCH_RESULTSET_RESULTS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define INDEX_NAME ".index.sqlite"

/* Why most links are not followed. */
#define LINK_OUTSIDE "it leads out of the folder"

struct lying {
	const char *path;  /* from the folder */
	const char *kind;  /* NULL: JSON, to be read; else "link", "logs", "journal", ... */
	const char *error; /* not NULL: it cannot be looked at, or why a link is not followed */
	bool outside;	   /* a link, and it leads out of the folder */
	const struct stat *st;
};

/*
 * Calls see() for each, in the order of names. All is borrowed until it returns. gathered: links in
 * the folder were put there on purpose by this program, each for another folder or a file of any
 * name; they are followed, and what they lead to is not left.
 */
void results_walk(const char *dir, bool gathered, void (*see)(void *, const struct lying *),
		  void *arg);

#endif
