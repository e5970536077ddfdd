/* SPDX-License-Identifier: MIT */
/* Directories and their contents: made, listed, linked, removed. */
#ifndef PVMMU_BENCH_LIB_DIRTREE_H
#define PVMMU_BENCH_LIB_DIRTREE_H

#include <stdbool.h>

#include "text.h"

/* Makes a directory; one that exists already is fine. false with *error. */
bool make_directory(const char *path, char **error);

/* Makes a new directory NAME.XXXXXX below TMPDIR; its path, the caller's. NULL with *error. */
char *temporary_directory(const char *name, char **error);
char *temporary_directory_in(const char *parent, const char *name, char **error);

/* Whether the path is a regular file or a link to one: it can be read again. */
bool is_regular_file(const char *path);

/*
 * Waits for the exclusive lock (flock) of an open file. false if a signal came or the file system
 * has no locks.
 */
bool wait_for_lock(int fd);

/*
 * Lists the regular files below dir, by their paths from there, sorted by bytes. false with *error
 * if it cannot be read, holds anything else (a link, a device), or has a name that is not UTF-8 or
 * has invisible characters (utf8.h).
 */
bool directory_list(const char *dir, struct strv *files, char **error);

/* Whether two files hold the same bytes; false also if one cannot be read. */
bool same_contents(const char *a, const char *b);

/*
 * Adds a file to a directory that has no readers yet, and makes the directories above it. It
 * becomes a hard link to `old` if that has the same bytes (old may be NULL), else a copy of `from`,
 * synced to disk. *linked says which.
 */
bool directory_add_file(const char *dir, const char *path, const char *from, const char *old,
			bool *linked, char **error);

/* Syncs the directory and all directories below it to disk. */
bool directory_sync(const char *dir, char **error);

/*
 * Removes a directory with its contents, following no links. A missing directory is fine. false
 * with *error.
 */
bool directory_remove(const char *dir, char **error);

#endif
