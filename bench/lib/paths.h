/* SPDX-License-Identifier: MIT */
/*
 * Where things are. The root is the source tree: the nearest directory above
 * the program (or the one given by --root or PVMMU_ROOT) that holds
 * results.schema.json; what the build made is under its build/.
 */
#ifndef PVMMU_BENCH_LIB_PATHS_H
#define PVMMU_BENCH_LIB_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Absolute path of the root, the caller's. false with *error if there is none. */
bool find_root(const char *given, char **root, char **error);

/* root/relative, the caller's. */
char *root_path(const char *root, const char *relative);

/* A run's or a variant's name as that of a file: without : , = and /. The caller's. */
char *file_name(const char *name);

/* An absolute form of a path that need not exist yet. */
char *absolute_path(const char *path);

/* A directory's name without slashes at its end: a/b for a/b//. "/" stays. The caller's. */
char *tidy_directory(const char *path);

/* How many bytes of a path the directory's name takes, when it begins with that: with one slash. */
size_t folder_prefix(const char *dir);

/* Absolute, without links, . and .., also of a directory that is to be made. The caller's. */
char *real_place(const char *path);

/* The directory part of a path ("." if it has none); the caller's. */
char *directory_of(const char *path);

/* Absolute path of an executable, searched in PATH if it has no slash; NULL if there is none. */
char *find_program(const char *name);

#endif
