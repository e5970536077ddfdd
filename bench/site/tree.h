/* SPDX-License-Identifier: MIT */
/*
 * The directory of a site. A file is written beside its place and renamed, unless it is there
 * already with the same bytes. Nothing is synced to disk: a site can be made again at any time.
 * What an older build left is removed at the end, after the pages that may have led to it are gone.
 */
#ifndef PVMMU_BENCH_SITE_TREE_H
#define PVMMU_BENCH_SITE_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The file that marks a directory as a site, so that nothing else is ever written over. */
#define SITE_MARK ".pvmmu-site"

struct later {
	char *path, *bytes;
	size_t n;
};

struct tree {
	char *dir;
	json_t *kept;	/* {path in the site: true}, what this build has */
	size_t written; /* files that are new or changed */
	size_t removed;
	int lock;	     /* of the directory, as long as the site is made */
	struct later *later; /* files that wait for others */
	size_t nr_later;
};

/* Makes the directory if need be. false with *error: it is something else. Close in any case. */
bool tree_open(struct tree *t, const char *dir, char **error);
void tree_close(struct tree *t);

/* All paths are in the site, with slashes, of names that this program made. */
bool tree_write(struct tree *t, const char *path, const char *bytes, size_t n, char **error);

/* The same once tree_flush() is called, in order; takes the bytes over. */
void tree_later(struct tree *t, const char *path, char *bytes, size_t n);
bool tree_flush(struct tree *t, char **error);

/* A file whose name tells its contents: hard-linked where possible, else copied; once. */
bool tree_take(struct tree *t, const char *path, const char *from, char **error);

/* Is a file there already, from an older build? If so it is kept. */
bool tree_has(struct tree *t, const char *path);

/* Where a file is outside of the site; the caller's. */
char *tree_path(const struct tree *t, const char *path);

/* Removes what this build has not. */
void tree_sweep(struct tree *t);

#endif
