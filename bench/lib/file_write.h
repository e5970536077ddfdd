/* SPDX-License-Identifier: MIT */
/*
 * Files that appear complete or not at all: written under a temporary name in the same directory,
 * synced, then renamed. A reader, or a crash at any moment, sees the old file or the new one.
 * destination.h says how paths are handled that do not lead to a file.
 */
#ifndef PVMMU_BENCH_LIB_FILE_WRITE_H
#define PVMMU_BENCH_LIB_FILE_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Replaces the file that path leads to, or writes through. After false with *error a file is
 * unchanged.
 */
bool write_atomically(const char *path, const char *bytes, size_t n, char **error);

/*
 * Checks, before a long measurement, whether write_atomically() could write path: tries a temporary
 * file there. Opens no device or pipe. false with *error.
 */
bool can_write(const char *path, char **error);

/* Syncs the directory of path to disk, with names that were made, renamed or removed in it. */
void sync_directory(const char *path);

/* The complete file with a NUL behind it, its length in *n; the caller's. NULL with *error. */
char *read_whole_file(const char *path, size_t *n, char **error);

/*
 * Writes a file in place, for files that are made again when they are damaged: readers may see a
 * part of it, and it is not synced. Any thread may call it, unlike write_atomically(), which
 * changes the process' umask for a moment.
 */
bool write_plainly(const char *path, const char *bytes, size_t n, char **error);

/* Copies contents, plainly; `to` is made or replaced. */
bool copy_file(const char *from, const char *to, char **error);

/* Syncs a file, or the names in a directory, to disk. false with *error. */
bool sync_path(const char *path, char **error);

#endif
