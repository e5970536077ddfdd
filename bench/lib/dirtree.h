/* SPDX-License-Identifier: MIT */
/* Directories with all that is in them: listed, linked, removed. */
#ifndef PVMMU_BENCH_LIB_DIRTREE_H
#define PVMMU_BENCH_LIB_DIRTREE_H

#include <stdbool.h>

#include "text.h"

/* There is a directory of that name then, whoever made it. false with *error. */
bool make_directory(const char *path, char **error);

/* Makes a new directory NAME.XXXXXX below TMPDIR; its path, the caller's. NULL with *error. */
char *temporary_directory(const char *name, char **error);
char *temporary_directory_in(const char *parent, const char *name, char **error);

/* A regular file, or a link to one: it can be read again. */
bool is_regular_file(const char *path);

/* Waits until we alone hold the lock (flock) of an open file. false: a signal came, or there are no
 * locks there. */
bool wait_for_lock(int fd);

/*
 * The regular files below dir, by their paths from there, sorted by bytes. false with *error: it
 * cannot be read, or there is something else in it (a link, a device), or a name that is not UTF-8
 * or holds what cannot be shown (utf8.h).
 */
bool folder_list(const char *dir, struct strv *files, char **error);

/* Whether two files hold the same bytes; false also if one cannot be read. */
bool same_contents(const char *a, const char *b);

/*
 * Puts a file into a folder that nobody reads yet, with the directories above it: a hard link to
 * `old` if that holds the same bytes (old may be NULL), else a copy of `from` that is on the disk
 * when this returns. *linked says which.
 */
bool folder_put(const char *dir, const char *path, const char *from, const char *old, bool *linked,
		char **error);

/* Directories, each with all above it, are on the disk as well. */
bool folder_sync(const char *dir, char **error);

/* Removes a directory and what is in it, following no link. false with *error; what is not there is
 * removed. */
bool folder_remove(const char *dir, char **error);

#endif
