/* SPDX-License-Identifier: MIT */
/*
 * The directory of a site. A file is written under a temporary name and renamed, unless the same
 * bytes are there already. Files are not synced to disk, since a site can be made again at any
 * time. Files of an older build are removed last, after the pages that linked to them.
 */
#ifndef PVMMU_BENCH_SITE_TREE_H
#define PVMMU_BENCH_SITE_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* This file marks a directory as a site. Other directories are never written to. */
#define SITE_MARK ".pvmmu-site"

struct later {
	char *path, *bytes;
	size_t n;
};

struct tree {
	char *dir;
	json_t *kept;	/* {path in the site: true}: the files of this build */
	size_t written; /* files that are new or changed */
	size_t removed;
	int lock;	     /* on the directory while the site is made */
	struct later *later; /* files that wait for others */
	size_t nr_later;
};

/* Makes the directory if need be. false with *error: it is something else. Close in any case. */
bool tree_open(struct tree *t, const char *dir, char **error);
void tree_close(struct tree *t);

/* Paths are relative to the site, with slashes, made of names that this program chose. */
bool tree_write(struct tree *t, const char *path, const char *bytes, size_t n, char **error);

/* The same when tree_flush() is called, in order; takes over the bytes. */
void tree_later(struct tree *t, const char *path, char *bytes, size_t n);
bool tree_flush(struct tree *t, char **error);

/* Adds a file whose name identifies its contents: by a hard link if possible, else by a copy. */
bool tree_take(struct tree *t, const char *path, const char *from, char **error);

/* Whether an older build left the file. If so it is kept. */
bool tree_has(struct tree *t, const char *path);

/* The path outside of the site; the caller's. */
char *tree_path(const struct tree *t, const char *path);

/* Removes the files that this build does not have. */
void tree_sweep(struct tree *t);

#endif
