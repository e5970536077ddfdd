// SPDX-License-Identifier: MIT
#include "dirtree.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_write.h"
#include "interrupt.h"
#include "paths.h"
#include "utf8.h"

static FTS *open_directory(const char *dir)
{
	char *paths[] = {(char *)dir, NULL};

	return fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool unusual(const FTSENT *e, const char *path, char **error)
{
	switch (e->fts_info) {
	case FTS_D:
	case FTS_DP: return false;
	case FTS_F:
		if (is_utf8(path) && utf8_is_printable(path, false))
			return false;
		return !fail(error, "%s: a name with characters that cannot be shown", e->fts_path);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS: return !fail(error, "cannot read %s: %s", e->fts_path, strerror(e->fts_errno));
	default: return !fail(error, "%s: neither a file nor a directory", e->fts_path);
	}
}

bool directory_list(const char *dir, struct strv *files, char **error)
{
	FTS *fts = open_directory(dir);
	size_t skip = directory_prefix(dir);
	bool bad = !fts;
	FTSENT *e;

	while (!bad && (e = fts_read(fts))) {
		const char *path = e->fts_level > 0 ? e->fts_path + skip : "";

		bad = unusual(e, path, error);
		if (!bad && e->fts_info == FTS_F && e->fts_level > 0)
			strv_add(files, "%s", path);
	}
	if (fts)
		fts_close(fts);
	if (files->n)
		qsort(files->v, files->n, sizeof(*files->v), by_bytes);
	return !bad || fail(error, "cannot read %s: %s", dir, strerror(errno));
}

bool same_contents(const char *a, const char *b)
{
	struct stat sa, sb;
	AUTO_FREE char *x = NULL, *y = NULL;
	size_t m, n;
	bool same;

	if (stat(a, &sa) < 0 || stat(b, &sb) < 0 || !S_ISREG(sb.st_mode) ||
	    sa.st_size != sb.st_size)
		return false;
	if (sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino)
		return true;
	x = read_whole_file(a, &m, NULL);
	y = read_whole_file(b, &n, NULL);
	same = x && y && m == n && memcmp(x, y, n) == 0;
	return same;
}

bool make_directory(const char *path, char **error)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return true;
	if (errno != EEXIST)
		return fail(error, "cannot make directory %s: %s", path, strerror(errno));
	if (stat(path, &st) == 0)
		return S_ISDIR(st.st_mode) ||
		       fail(error, "cannot make directory %s: %s", path, strerror(ENOTDIR));
	return fail(error, "cannot make directory %s: it is a symbolic link without a target: %s",
		    path, strerror(errno));
}

char *temporary_directory_in(const char *parent, const char *name, char **error)
{
	char *dir = xasprintf("%s/%s.XXXXXX", parent, name);

	if (mkdtemp(dir))
		return dir;
	fail(error, "cannot make directory %s: %s", dir, strerror(errno));
	free(dir);
	return NULL;
}

char *temporary_directory(const char *name, char **error)
{
	const char *tmp = getenv("TMPDIR");

	return temporary_directory_in(tmp && *tmp ? tmp : "/tmp", name, error);
}

bool is_regular_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool wait_for_lock(int fd)
{
	while (flock(fd, LOCK_EX | LOCK_NB) < 0)
		if (errno != EWOULDBLOCK || cancel_wait(20))
			return false;
	return true;
}

/* Makes the directories above dir/path, below dir. */
static bool make_above(const char *dir, const char *path, char **error)
{
	AUTO_FREE char *at = xasprintf("%s/%s", dir, path);
	bool ok = true;

	for (char *slash = strchr(at + strlen(dir) + 1, '/'); ok && slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		ok = make_directory(at, error);
		*slash = '/';
	}
	return ok;
}

bool directory_add_file(const char *dir, const char *path, const char *from, const char *old,
			bool *linked, char **error)
{
	AUTO_FREE char *to = xasprintf("%s/%s", dir, path);
	bool ok = make_above(dir, path, error);

	/* A file system without links, or too many links to one file, must not be an error. */
	*linked = ok && old && same_contents(from, old) && link(old, to) == 0;
	if (ok && !*linked)
		ok = copy_file(from, to, error) && sync_path(to, error);
	return ok;
}

bool directory_sync(const char *dir, char **error)
{
	FTS *fts = open_directory(dir);
	bool ok = fts != NULL;
	FTSENT *e;

	while (ok && (e = fts_read(fts)))
		if (e->fts_info == FTS_DP)
			ok = sync_path(e->fts_path, error);
	if (fts)
		fts_close(fts);
	return ok || fail(error, "cannot read %s: %s", dir, strerror(errno));
}

bool directory_remove(const char *dir, char **error)
{
	struct stat st;
	FTS *fts;
	FTSENT *e;
	bool ok;

	if (lstat(dir, &st) < 0 && errno == ENOENT)
		return true;
	fts = open_directory(dir);
	ok = fts != NULL;
	while (ok && (e = fts_read(fts))) {
		bool directory = e->fts_info == FTS_DP;

		if (e->fts_info == FTS_D)
			continue;
		if ((directory ? rmdir : unlink)(e->fts_path) < 0)
			ok = fail(error, "cannot remove %s: %s", e->fts_path, strerror(errno));
	}
	if (fts)
		fts_close(fts);
	return ok || fail(error, "cannot remove %s: %s", dir, strerror(errno));
}
