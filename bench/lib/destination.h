/* SPDX-License-Identifier: MIT */
/*
 * Paths to be written. Symbolic links are followed to their end, which need not exist yet. A
 * regular file, old or new, is replaced atomically, and links to it stay links. A character device,
 * a pipe and an open descriptor (/dev/stdout, /dev/fd/N, "-") are written through, like the shell's
 * >, and never replaced or removed. A directory, a socket or a disk is refused.
 */
#ifndef PVMMU_BENCH_LIB_DESTINATION_H
#define PVMMU_BENCH_LIB_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "text.h"

struct destination {
	char *path;	/* the end of the links */
	bool through;	/* it is written through, not replaced */
	int descriptor; /* an open descriptor of ours; else -1 */
	bool there;	/* a file: it exists, and st describes it */
	struct stat st;
};

/*
 * Examines a path without changing anything. false with *error if it cannot be written. Free it in
 * any case.
 */
bool destination_find(struct destination *d, const char *path, char **error);
void destination_free(struct destination *d);

/*
 * Writes to a device, pipe or descriptor. A pipe without a reader is waited for. false with *error,
 * in which the destination is called `name`.
 */
bool destination_write_through(const struct destination *d, const char *name, const char *bytes,
			       size_t n, char **error);

/* All bytes to an open descriptor. false with errno. */
bool write_all(int fd, const char *bytes, size_t n);

/*
 * A name for a temporary file in the same directory: hidden, with XXXXXX in it, ends as given. The
 * caller's.
 */
char *name_beside(const char *path, const char *end);

/* Whether a path leads to our standard output. */
bool is_standard_output(const char *path);

/* Whether both lead to one file, which need not exist yet. */
bool is_same_file(const struct destination *a, const struct destination *b);

/* false with *error if writing to the path would destroy one of the input files. */
bool spares_inputs(const char *path, const struct strv *files, char **error);

#endif
