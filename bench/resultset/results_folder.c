// SPDX-License-Identifier: MIT
#include "results_folder.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/paths.h"
#include "lib/text.h"
#include "lib/utf8.h"

struct walk {
	void (*see)(void *, const struct lying *);
	void *arg;
	size_t skip; /* bytes of paths that are the folder's */
	char *real;  /* what is not left, links resolved; NULL: unknown */
	bool gathered;
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* The kind of a file that is no result set, by its name; NULL: not known. */
static const char *kind_of(const char *name)
{
	static const char *const kinds[][2] = {
		{".journal", "journal"}, {".lock", "lock"},   {".origin", "origin"},
		{".svg", "picture"},	 {".png", "picture"},
	};

	if (strcmp(name, "annotations.tsv") == 0)
		return "annotations";
	if (strcmp(name, INDEX_NAME) == 0)
		return "index";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && *name != '.'; i++)
		if (ends_with(name, kinds[i][0]))
			return kinds[i][1];
	return NULL;
}

static bool is_inside(const struct walk *w, const char *real)
{
	size_t n = w->real ? strlen(w->real) : 0;

	return n && (n == 1 || (strncmp(real, w->real, n) == 0 && (real[n] == '/' || !real[n])));
}

static void see(const struct walk *w, const FTSENT *e, struct lying l)
{
	l.path = strlen(e->fts_path) < w->skip ? e->fts_path : e->fts_path + w->skip;
	l.st = l.st ? l.st : e->fts_statp;
	if (!is_utf8(l.path) || !utf8_is_printable(l.path, false)) {
		l.error = l.kind ? l.error : "its name cannot be shown; rename it";
		if (!l.error)
			return;
	}
	w->see(w->arg, &l);
}

/* A link that is no folder of its own. Followed if it leads to a file inside. */
static void see_link(const struct walk *w, const FTSENT *e)
{
	bool json = ends_with(e->fts_name, ".json");
	struct lying l = {.kind = "link"};
	char real[PATH_MAX];
	struct stat st;

	if (stat(e->fts_path, &st) < 0) {
		l.error = errno == ELOOP ? "it leads to itself" : "it leads to nothing";
		if (json)
			see(w, e, l);
		return;
	}
	if (!json && !S_ISDIR(st.st_mode))
		return;
	l.outside = !realpath(e->fts_path, real) || !is_inside(w, real);
	if (l.outside)
		l.error = LINK_OUTSIDE;
	else if (S_ISDIR(st.st_mode))
		l.error = "it leads to a directory, which is looked at in its own place";
	else if (!S_ISREG(st.st_mode))
		l.error = "it leads to no file";
	else
		l = (struct lying){.st = &st};
	see(w, e, l);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void walk_below(const struct walk *w, const char *top);

/* A link that was put there: what it leads to is a folder by itself. */
static void walk_gathered(const struct walk *w, const char *path)
{
	struct walk inner = *w;

	inner.gathered = false;
	inner.real = realpath(path, NULL);
	walk_below(&inner, path);
	free(inner.real);
}

static void see_file(const struct walk *w, const FTSENT *e)
{
	struct lying l = {.kind = kind_of(e->fts_name)};

	/* A file that was named is meant, whatever its name. */
	if (l.kind && e->fts_level)
		see(w, e, l);
	else if (!e->fts_level || (*e->fts_name != '.' && ends_with(e->fts_name, ".json")))
		see(w, e, (struct lying){0});
}

static void look_at(const struct walk *w, FTS *fts, FTSENT *e)
{
	bool hidden = e->fts_level && *e->fts_name == '.';

	switch (e->fts_info) {
	case FTS_D:
		if (e->fts_level && ends_with(e->fts_name, ".logs"))
			see(w, e, (struct lying){.kind = "logs"});
		else if (!hidden)
			return;
		fts_set(fts, e, FTS_SKIP);
		return;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		if (!hidden)
			see(w, e, (struct lying){.kind = "", .error = strerror(e->fts_errno)});
		return;
	case FTS_F: see_file(w, e); return;
	case FTS_SL:
	case FTS_SLNONE:
		if (w->gathered)
			walk_gathered(w, e->fts_path);
		else if (!hidden)
			see_link(w, e);
		return;
	default: return;
	}
}

static void walk_below(const struct walk *w, const char *top)
{
	char *paths[] = {(char *)top, NULL};
	FTS *fts = fts_open(paths, FTS_COMFOLLOW | FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		look_at(w, fts, e);
	if (fts)
		fts_close(fts);
}

void results_walk(const char *dir, bool gathered, void (*see)(void *, const struct lying *),
		  void *arg)
{
	struct walk w = {.see = see,
			 .arg = arg,
			 .skip = directory_prefix(dir),
			 .real = realpath(dir, NULL),
			 .gathered = gathered};

	walk_below(&w, dir);
	free(w.real);
}
