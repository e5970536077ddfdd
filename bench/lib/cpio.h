/* SPDX-License-Identifier: MIT */
/*
 * Archives in the format of an initial ramdisk ("newc" cpio): headers of 110 ASCII bytes, each
 * followed by a name and contents, both padded to 4 bytes. Names have no leading slash. An archive
 * depends only on the files, not on their dates and owners, so the same files give the same bytes.
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
	struct strv names; /* names of the members */
};

/*
 * The maximum size of a member by the format. Archives are held to it too, so that nothing
 * overflows.
 */
#define ARCHIVE_MAX 0xffffffffu

/* Start with a zeroed one. */
void archive_free(struct archive *a);

/*
 * Adds a regular file, with the directories above it. mode: permissions. false with *error if the
 * name exists already or the archive gets too large.
 */
bool archive_add(struct archive *a, const char *name, unsigned mode, const char *bytes, size_t n,
		 char **error);

/* Adds a file, a symbolic link, or a directory with its contents, under that name. */
bool archive_add_path(struct archive *a, const char *name, const char *path, char **error);

/* Writes the end mark. The archive is complete then. */
void archive_end(struct archive *a);

/*
 * Finds the contents of a member in an archive in memory, whoever made it; NULL if there is no such
 * member.
 */
const char *archive_contents(const char *bytes, size_t n, const char *name, size_t *size);

/* Whether an archive in memory has a member of that name. */
bool archive_has(const char *bytes, size_t n, const char *name);

/* Where the end mark begins: another archive may replace it. NULL if there is none. */
char *archive_end_mark(char *bytes, size_t n);

#endif
