/* SPDX-License-Identifier: MIT */
/*
 * Files that appear whole or not at all: written under a temporary name in the
 * same directory, synced, then renamed. A reader, or a crash at any moment,
 * sees the old file or the new one. destination.h says what becomes of paths that
 * lead to something else than a file.
 */
#ifndef PVMMU_BENCH_LIB_FILE_WRITE_H
#define PVMMU_BENCH_LIB_FILE_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* Replaces the file that path leads to, or writes through. false with *error; a file is then what
 * it was before. */
bool write_atomically(const char *path, const char *bytes, size_t n, char **error);

/*
 * Finds out, before a long measurement, whether write_atomically() could write
 * path: tries a temporary file there. Opens no stream. false with *error.
 */
bool can_write(const char *path, char **error);

/* What was made, renamed or removed in the directory of path is on the disk when this returns. */
void sync_directory(const char *path);

/* The whole file with a NUL behind it, length in *n; the caller's. NULL with *error. */
char *read_whole_file(const char *path, size_t *n, char **error);

/*
 * Writes a file in place, for what is made anew when it is broken: no reader is
 * protected, nothing is synced. Unlike write_atomically() for any thread, which
 * has to look at the process' umask.
 */
bool write_plainly(const char *path, const char *bytes, size_t n, char **error);

/* Copies a file's contents, plainly; `to` is new or replaced. */
bool copy_file(const char *from, const char *to, char **error);

/* Has a file, or the names in a directory, on disk when it returns. false with *error. */
bool sync_path(const char *path, char **error);

#endif
