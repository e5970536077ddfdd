/* SPDX-License-Identifier: MIT */
/*
 * What a path that is to be written leads to. Symbolic links are followed to their end, which need
 * not be there yet. A regular file, or a new one, is replaced at one stroke, beside itself: links
 * to it stay links. A character device, a pipe and a descriptor that is open already (/dev/stdout,
 * /dev/fd/N, "-") are written through, as a shell's > does, and never replaced or removed. What
 * cannot take bytes, or was never meant to (a directory, a socket, a disk), is refused.
 */
#ifndef PVMMU_BENCH_LIB_DESTINATION_H
#define PVMMU_BENCH_LIB_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "text.h"

struct destination {
	char *path;	/* the end of the links */
	bool console;	/* to be written through */
	int descriptor; /* one of ours that is open already; else -1 */
	bool there;	/* of a file: it exists, as st says */
	struct stat st;
};

/* Finds out, changing nothing. false with *error: it cannot be written. Free it in any case. */
bool destination_find(struct destination *d, const char *path, char **error);
void destination_free(struct destination *d);

/*
 * Writes a stream's bytes; of a pipe that nobody reads yet, as soon as somebody does. false with
 * *error, which calls it `name`.
 */
bool destination_stream(const struct destination *d, const char *name, const char *bytes, size_t n,
			char **error);

/* All bytes to an open descriptor. false with errno. */
bool write_all(int fd, const char *bytes, size_t n);

/* A name for a temporary file beside a file's path: hidden, of any length, ends as given. XXXXXX
 * is in it. The caller's. */
char *name_beside(const char *path, const char *end);

/* Whether what is written to a path comes out on our standard output. */
bool is_standard_output(const char *path);

/* Whether what is written to both ends up in one file, be it there already or not. */
bool is_same_file(const struct destination *a, const struct destination *b);

/* false with *error: writing to the path would destroy one of the files, which are read. */
bool spares_inputs(const char *path, const struct strv *files, char **error);

#endif
