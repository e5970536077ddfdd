/* SPDX-License-Identifier: MIT */
/*
 * Archives in the format of an initial ramdisk ("newc" cpio): a row of headers of
 * 110 ASCII bytes, each with its name and contents, both padded to 4 bytes. Names
 * have no slash in front. What is in them depends on the files only, not on their
 * dates and owners, so that the same files are the same bytes.
 */
#ifndef PVMMU_BENCH_LIB_CPIO_H
#define PVMMU_BENCH_LIB_CPIO_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct archive {
	char *bytes;
	size_t n, room;
	unsigned entries;
	struct strv names; /* that are in it */
};

/* No member may be larger, by the format; nor may an archive, so that nothing overflows. */
#define ARCHIVE_MAX 0xffffffffu

/* Start with a zeroed one. */
void archive_free(struct archive *a);

/*
 * Adds a regular file, with the directories above it. mode: permissions. A name
 * that is there already: false with *error, as when it gets too large.
 */
bool archive_add(struct archive *a, const char *name, unsigned mode, const char *bytes, size_t n,
		 char **error);

/* Adds a file, a symbolic link, or a directory with all that is in it, under that name. */
bool archive_add_path(struct archive *a, const char *name, const char *path, char **error);

/* Writes the end mark; nothing can be added any more. */
void archive_end(struct archive *a);

/* Where a file's contents are in an archive in memory, of anybody's making; NULL: it has none. */
const char *archive_contents(const char *bytes, size_t n, const char *name, size_t *size);

/* Whether an archive in memory, of anybody's making, has such a name. */
bool archive_has(const char *bytes, size_t n, const char *name);

/* Where its end mark begins, which is where another archive may go on; NULL: there is none. */
char *archive_end_mark(char *bytes, size_t n);

#endif
