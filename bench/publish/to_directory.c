// SPDX-License-Identifier: MIT
/*
 * Publishing into a directory that a web server reads meanwhile. The new site is made beside the
 *old one, in a directory with a hidden name, with hard links to unchanged files, and replaces it in
 *one step:
 *
 *	nothing there		rename
 *	a directory		the two are exchanged (renameat2), and the old one removed
 *	a symbolic link		a new link is renamed over it
 *
 * Some file systems (NFS) cannot exchange: there a new site becomes a link from the beginning, and
 *an existing directory is refused. A killed publish leaves the old site, and a hidden directory
 *that the next publish removes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "publish.h"
#include "site/site.h"

struct to_directory {
	char *to;     /* as named, absolute */
	char *parent; /* the directory that `to` is an entry of */
	char *name;   /* of that entry */
	char *real;   /* the directory with the old site, links followed; NULL: none */
	bool is_link;
	struct stat was; /* the old site's directory, ... */
	int held;	 /* ... held open, so that its inode number is not reused */
	char *prefix;	 /* of hidden names of ours */
};

/* "a/b/" and "a/b/." are a/b. */
static void trim(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && (path[n - 1] == '/' || (path[n - 1] == '.' && path[n - 2] == '/')))
		path[--n] = 0;
}

static bool find_place(struct to_directory *t, const char *given, char **error)
{
	char *parent;
	struct stat st;

	t->held = -1;
	t->to = absolute_path(given);
	trim(t->to);
	if (strcmp(strrchr(t->to, '/'), "/..") == 0)
		return fail(error, "%s: name the directory itself", given);
	parent = directory_of(t->to);
	t->parent = realpath(parent, NULL);
	t->name = xstrdup(strrchr(t->to, '/') + 1);
	t->prefix = xasprintf(".%s.pvmmu-", t->name);
	if (!t->parent)
		fail(error, "cannot publish to %s: %s: %s", given, parent, strerror(errno));
	free(parent);
	if (!t->parent)
		return false;
	if (!*t->name)
		return fail(error, "cannot publish to %s: it is the root", given);
	if (lstat(t->to, &st) < 0)
		return errno == ENOENT ||
		       fail(error, "cannot publish to %s: %s", given, strerror(errno));
	t->is_link = S_ISLNK(st.st_mode);
	t->real = realpath(t->to, NULL);
	t->held = t->real ? open(t->real, O_PATH | O_CLOEXEC) : -1;
	if (t->held < 0 || fstat(t->held, &t->was) < 0)
		return fail(error, "cannot publish to %s: %s", given, strerror(errno));
	return S_ISDIR(t->was.st_mode) ||
	       fail(error, "cannot publish to %s: it is not a directory", given);
}

static bool look(struct to_directory *t, struct published *old, char **error)
{
	AUTO_FREE char *git = xasprintf("%s/.git", t->real), *mark = NULL, *path = NULL;
	AUTO_STRV struct strv files = {0};
	size_t n;
	bool ok;

	ok = access(git, F_OK) < 0 ||
	     fail(error, "%s is a work tree of git; `--branch` publishes to a branch", t->to);
	ok = ok && directory_list(t->real, &files, error);
	for (size_t i = 0; i < files.n; i++)
		json_object_set_new(old->files, files.v[i], json_true());
	path = xasprintf("%s/%s", t->real, PUBLISH_MARK);
	mark = access(path, F_OK) == 0 ? read_whole_file(path, &n, error) : NULL;
	ok = ok && !*error && published_read(old, mark, t->to, error);
	return ok;
}

/* The path of a file of the old site; NULL if there is none. The caller's. */
static char *place_of(const struct to_directory *t, const char *path)
{
	char *place = xasprintf("%s/%s", t->real, path);

	if (access(place, F_OK) == 0)
		return place;
	free(place);
	return NULL;
}

static bool open_directory(void *state, const struct publish_request *q, const char *cache,
			   struct published *old, struct publish_before *before, char **error)
{
	struct to_directory *t = state;

	(void)cache;

	old->files = json_object();
	if (!find_place(t, q->to, error))
		return false;
	if (!t->real)
		return published_read(old, NULL, t->to, error);
	if (!look(t, old, error))
		return false;
	before->sets = place_of(t, PUBLISH_RAW);
	before->annotations =
		json_object_get(old->ours, SITE_ANNOTATIONS) ? place_of(t, SITE_ANNOTATIONS) : NULL;
	return true;
}

/* Whether the old site has not been replaced since open. */
static bool is_as_it_was(const struct to_directory *t)
{
	struct stat st;

	if (!t->real)
		return lstat(t->to, &st) < 0 && errno == ENOENT;
	return stat(t->to, &st) == 0 && st.st_dev == t->was.st_dev && st.st_ino == t->was.st_ino;
}

/* Removes the directories of interrupted publishes. The caller holds the lock, so none is in use.
 */
static void remove_leftovers(const struct to_directory *t)
{
	DIR *d = opendir(t->parent);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		AUTO_FREE char *path = xasprintf("%s/%s", t->parent, e->d_name);

		if (strncmp(e->d_name, t->prefix, strlen(t->prefix)) == 0 &&
		    (!t->real || strcmp(path, t->real) != 0))
			directory_remove(path, NULL);
	}
	if (d)
		closedir(d);
}

/* A new hidden directory beside the site, with the mode of the site. NULL with *error. */
static char *make_hidden(const struct to_directory *t, char **error)
{
	char *path = xasprintf("%s/%sXXXXXX", t->parent, t->prefix);
	mode_t mask = umask(0);

	umask(mask);
	if (mkdtemp(path) && chmod(path, t->real ? t->was.st_mode & 0777 : 0777 & ~mask) == 0)
		return path;
	fail(error, "cannot write %s: %s", t->parent, strerror(errno));
	free(path);
	return NULL;
}

static bool stage(const struct to_directory *t, const char *dir, const struct publish_plan *plan,
		  const struct published *old, struct publish_report *report, char **error)
{
	bool ok = true, linked;

	for (size_t i = 0; i < plan->n && ok; i++) {
		const struct publish_file *f = &plan->file[i];
		bool before = json_object_get(old->files, f->path);
		AUTO_FREE char *there = before ? xasprintf("%s/%s", t->real, f->path) : NULL;
		bool same = before && same_contents(f->source, there);

		ok = !cancelled() || fail(error, "interrupted; nothing was published");
		ok = ok && directory_add_file(dir, f->path, f->source, same ? there : NULL, &linked,
					      error);
		publish_count(report, f->path, before, same);
	}
	for (size_t i = 0; i < plan->keep.n && ok; i++) {
		AUTO_FREE char *there = xasprintf("%s/%s", t->real, plan->keep.v[i]);

		ok = directory_add_file(dir, plan->keep.v[i], there, there, &linked, error);
		publish_count(report, plan->keep.v[i], true, true);
	}
	report->removed = plan->drop.n;
	return ok && directory_sync(dir, error);
}

static bool exchange(const char *a, const char *b)
{
	return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
}

/* Tries to exchange `dir` with another empty directory. */
static bool can_exchange(const struct to_directory *t, const char *dir)
{
	AUTO_FREE char *other = make_hidden(t, NULL);
	bool can = other && exchange(dir, other) && exchange(dir, other);

	if (other)
		rmdir(other);
	return can;
}

/* Makes `to` a link to dir; replaces an old link. */
static bool point(const struct to_directory *t, const char *dir, char **error)
{
	AUTO_FREE char *temporary = xasprintf("%s/%slink", t->parent, t->prefix);
	bool ok;

	unlink(temporary);
	ok = symlink(strrchr(dir, '/') + 1, temporary) == 0 && rename(temporary, t->to) == 0;
	if (!ok) {
		fail(error, "cannot publish to %s: %s", t->to, strerror(errno));
		unlink(temporary);
	}
	return ok;
}

/* Gives the new site its name. *dir is then the directory to remove, or "". */
static bool swap(const struct to_directory *t, char **dir, bool by_link, char **error)
{
	bool ok;

	if (by_link) {
		ok = point(t, *dir, error);
		if (!ok)
			return false;
		/* Remove only directories that we made; a user's directory behind a link stays. */
		replace_text(dir, "%s", t->real ? t->real : "");
		if (strncmp(strrchr(*dir, '/') ? strrchr(*dir, '/') + 1 : "", t->prefix,
			    strlen(t->prefix)) != 0)
			replace_text(dir, "%s", "");
		return true;
	}
	if (!t->real) {
		ok = renameat2(AT_FDCWD, *dir, AT_FDCWD, t->to, RENAME_NOREPLACE) == 0 ||
		     (errno == EINVAL && rename(*dir, t->to) == 0);
		if (ok)
			replace_text(dir, "%s", "");
		return ok || fail(error, "cannot publish to %s: %s", t->to, strerror(errno));
	}
	if (exchange(*dir, t->to))
		return true;
	if (errno == EINVAL || errno == ENOSYS || errno == EXDEV || errno == ENOTSUP)
		return fail(
			error,
			"cannot publish to %s at one stroke: its file system cannot exchange "
			"two directories; make it a symbolic link: mv %s %s.old && ln -s %s.old %s",
			t->to, t->name, t->name, t->name, t->name);
	return fail(error, "cannot publish to %s: %s", t->to, strerror(errno));
}

static enum publish_result put_locked(struct to_directory *t, const struct publish_plan *plan,
				      const struct published *old, struct publish_report *report,
				      char **error)
{
	AUTO_FREE char *left = NULL, *dir = NULL;
	bool by_link = t->is_link, ok;

	if (!is_as_it_was(t))
		return PUBLISH_RACED;
	remove_leftovers(t);
	dir = make_hidden(t, error);
	if (!dir)
		return PUBLISH_FAILED;
	if (!t->real && !can_exchange(t, dir))
		by_link = true;
	ok = stage(t, dir, plan, old, report, error);
	/* If no file has changed the old site stays in place. */
	if (ok && (!t->real || report->added || report->changed || report->removed))
		ok = swap(t, &dir, by_link, error);
	if (*dir && !directory_remove(dir, &left))
		strv_add(&report->notes, "%s", left);
	return ok ? PUBLISH_DONE : PUBLISH_FAILED;
}

static enum publish_result put_directory(void *state, const struct publish_plan *plan,
					 const struct published *old, struct publish_report *report,
					 char **error)
{
	struct to_directory *t = state;
	/* Lock the parent, since the directory of the site is replaced. Without locks (NFS) most
	 * races are still noticed. */
	int fd = open(t->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum publish_result result = PUBLISH_FAILED;

	if (fd < 0)
		fail(error, "cannot publish to %s: %s", t->to, strerror(errno));
	else if (!wait_for_lock(fd) && cancelled())
		fail(error, "interrupted; nothing was published");
	else
		result = put_locked(t, plan, old, report, error);
	if (fd >= 0)
		close(fd);
	if (result == PUBLISH_DONE)
		report->address = xstrdup(t->to);
	return result;
}

static void close_directory(void *state)
{
	struct to_directory *t = state;

	if (t->to && t->held >= 0)
		close(t->held);
	free(t->to);
	free(t->parent);
	free(t->name);
	free(t->real);
	free(t->prefix);
}

const struct publish_target publish_to_directory = {
	.open = open_directory,
	.put = put_directory,
	.close = close_directory,
	.size = sizeof(struct to_directory),
};
