// SPDX-License-Identifier: MIT
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "lib/text.h"

/* The directories of a site; others are not touched. */
static const char *const parts[] = {"assets", "charts", "data", "raw", "variant", "workload"};

#define NR_PARTS (sizeof(parts) / sizeof(*parts))

static bool is_empty(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool empty = true;

	while (d && (e = readdir(d)))
		empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
	if (d)
		closedir(d);
	return empty;
}

/* Only one program may make a site at a time. Without support for locks there is no check. */
static bool lock(struct tree *t, char **error)
{
	t->lock = open(t->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return t->lock < 0 || flock(t->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK ||
	       fail(error, "%s is just being made by another pvmmu", t->dir);
}

bool tree_open(struct tree *t, const char *dir, char **error)
{
	static const char says[] = "Made by pvmmu dashboard, which removes what it did not make.\n";
	struct stat st;
	char *mark;
	bool ok;

	*t = (struct tree){.dir = tidy_directory(dir), .kept = json_object(), .lock = -1};
	mark = tree_path(t, SITE_MARK);
	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
		ok = fail(error, "%s is no directory", dir);
	else if (stat(dir, &st) == 0 && !is_empty(dir) && access(mark, F_OK) < 0)
		ok = fail(error, "%s has files that are not of a site: choose another directory",
			  dir);
	else
		ok = make_directory(dir, error) && lock(t, error) &&
		     tree_write(t, SITE_MARK, says, strlen(says), error);
	for (size_t i = 0; i < NR_PARTS && ok; i++) {
		AUTO_FREE char *path = tree_path(t, parts[i]);

		ok = make_directory(path, error);
	}
	free(mark);
	return ok;
}

void tree_close(struct tree *t)
{
	if (t->dir && t->lock >= 0)
		close(t->lock);
	for (size_t i = 0; i < t->nr_later; i++) {
		free(t->later[i].path);
		free(t->later[i].bytes);
	}
	free(t->later);
	free(t->dir);
	json_decref(t->kept);
	*t = (struct tree){0};
}

char *tree_path(const struct tree *t, const char *path)
{
	return xasprintf("%s/%s", t->dir, path);
}

static void keep(struct tree *t, const char *path)
{
	json_object_set_new(t->kept, path, json_true());
}

static bool has_bytes(const char *path, const char *bytes, size_t n)
{
	AUTO_FREE char *there = NULL, *error = NULL;
	struct stat st;
	size_t m = 0;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size != n)
		return false;
	there = read_whole_file(path, &m, &error);
	return there && m == n && memcmp(there, bytes, n) == 0;
}

bool tree_write(struct tree *t, const char *path, const char *bytes, size_t n, char **error)
{
	AUTO_FREE char *to = tree_path(t, path), *beside = xasprintf("%s.new", to);
	bool ok = true;

	keep(t, path);
	if (!has_bytes(to, bytes, n)) {
		ok = write_plainly(beside, bytes, n, error) &&
		     (rename(beside, to) == 0 ||
		      fail(error, "cannot write %s: %s", to, strerror(errno)));
		if (!ok)
			unlink(beside);
		t->written++;
	}
	return ok;
}

void tree_later(struct tree *t, const char *path, char *bytes, size_t n)
{
	t->later = xrealloc(t->later, (t->nr_later + 1) * sizeof(*t->later));
	t->later[t->nr_later++] = (struct later){xstrdup(path), bytes, n};
}

bool tree_flush(struct tree *t, char **error)
{
	bool ok = true;

	for (size_t i = 0; i < t->nr_later && ok; i++)
		ok = tree_write(t, t->later[i].path, t->later[i].bytes, t->later[i].n, error);
	return ok;
}

bool tree_take(struct tree *t, const char *path, const char *from, char **error)
{
	AUTO_FREE char *to = tree_path(t, path), *beside = xasprintf("%s.new", to);
	bool ok = true;

	keep(t, path);
	if (access(to, F_OK) < 0) {
		AUTO_FREE char *real = realpath(from, NULL);

		unlink(beside);
		ok = (real && link(real, beside) == 0) || copy_file(from, beside, error);
		ok = ok && (rename(beside, to) == 0 ||
			    fail(error, "cannot write %s: %s", to, strerror(errno)));
		if (!ok)
			unlink(beside);
		t->written++;
	}
	return ok;
}

bool tree_has(struct tree *t, const char *path)
{
	AUTO_FREE char *at = tree_path(t, path);
	bool there = access(at, F_OK) == 0;

	if (there)
		keep(t, path);
	return there;
}

void tree_sweep(struct tree *t)
{
	char *top[] = {t->dir, NULL};
	FTS *fts = fts_open(top, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t skip = directory_prefix(t->dir);
	FTSENT *e;

	while (fts && (e = fts_read(fts))) {
		bool ours = e->fts_level == 1;

		if (e->fts_info == FTS_D && e->fts_level == 1) {
			ours = false;
			for (size_t i = 0; i < NR_PARTS; i++)
				ours = ours || strcmp(e->fts_name, parts[i]) == 0;
			if (!ours)
				fts_set(fts, e, FTS_SKIP);
		}
		/* Hidden files belong to the publisher. */
		if (e->fts_info == FTS_D || e->fts_info == FTS_DP || !e->fts_level ||
		    *e->fts_name == '.' || json_object_get(t->kept, e->fts_path + skip))
			continue;
		if (e->fts_level == 2 || (e->fts_level == 1 && strstr(e->fts_name, ".html")))
			t->removed += unlink(e->fts_path) == 0;
	}
	if (fts)
		fts_close(fts);
}
