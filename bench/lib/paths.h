/* SPDX-License-Identifier: MIT */
/*
 * Where things are. The root is the source tree: the nearest directory above the program that holds
 * results.schema.json, or the one given by --root or PVMMU_ROOT. Built files are below its build/.
 */
#ifndef PVMMU_BENCH_LIB_PATHS_H
#define PVMMU_BENCH_LIB_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Absolute path of the root, the caller's. false with *error if there is none. */
bool find_root(const char *given, char **root, char **error);

/* root/relative, the caller's. */
char *root_path(const char *root, const char *relative);

/* The name of a run or variant as a file name: without : , = and /. The caller's. */
char *file_name(const char *name);

/* An absolute form of a path, which need not exist yet. The caller's. */
char *absolute_path(const char *path);

/* A directory's name without slashes at its end, a/b for a/b//; "/" stays. The caller's. */
char *tidy_directory(const char *path);

/* The number of bytes that the directory takes of a path below it, with one slash. */
size_t directory_prefix(const char *dir);

/* Absolute, without links, "." and ".."; the last part need not exist yet. The caller's. */
char *real_place(const char *path);

/* The directory part of a path ("." if it has none); the caller's. */
char *directory_of(const char *path);

/*
 * Absolute path of an executable, searched in PATH if the name has no slash; NULL if there is none.
 * The caller's.
 */
char *find_program(const char *name);

#endif
