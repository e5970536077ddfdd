// SPDX-License-Identifier: MIT
#include "index_refresh.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "index_add.h"
#include "paths.h"
#include "progress.h"
#include "schema.h"
#include "visible.h"

/* Files that are put in together: what an interrupted program has to do again at most. */
#define BATCH 200

/* So many are read in no time. */
#define PROGRESS_FROM 100

/* A file as the index knows it. */
struct known {
	char *path;
	long long size, modified, changed;
	bool seen;
};

struct walk {
	struct known *known;
	size_t nr_known;
	struct found_file *todo;
	size_t nr_todo, room;
	struct refresh *r;
};

static long long nanoseconds(struct timespec t)
{
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void list_known(struct index *x, struct walk *w)
{
	sqlite3_stmt *s =
		index_ask(x, "SELECT path, size, modified, changed FROM file ORDER BY path", "");
	size_t room = 0;

	while (index_row(x, s)) {
		if (w->nr_known == room) {
			room = room ? 2 * room : 256;
			w->known = xrealloc(w->known, room * sizeof(*w->known));
		}
		w->known[w->nr_known++] = (struct known){
			.path = xstrdup(index_text(s, 0)),
			.size = index_integer(s, 1),
			.modified = index_integer(s, 2),
			.changed = index_integer(s, 3),
		};
	}
	index_done(s);
}

static int by_path(const void *path, const void *known)
{
	return strcmp(path, ((const struct known *)known)->path);
}

/* A file that is there: known as it is, or to be read. */
static void see(struct walk *w, const char *path, const struct stat *st)
{
	struct known *k = w->nr_known
				  ? bsearch(path, w->known, w->nr_known, sizeof(*w->known), by_path)
				  : NULL;
	const struct found_file f = {
		.size = st->st_size,
		.modified = nanoseconds(st->st_mtim),
		.changed = nanoseconds(st->st_ctim),
	};

	w->r->files++;
	if (k) {
		k->seen = true;
		if (k->size == f.size && k->modified == f.modified && k->changed == f.changed)
			return;
	}
	if (w->nr_todo == w->room) {
		w->room = w->room ? 2 * w->room : 256;
		w->todo = xrealloc(w->todo, w->room * sizeof(*w->todo));
	}
	w->todo[w->nr_todo] = f;
	w->todo[w->nr_todo++].path = xstrdup(path);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* Logs are no results, and what is hidden is nobody's business. */
static bool is_passed_over(const FTSENT *e)
{
	return e->fts_level > 0 && (*e->fts_name == '.' || ends_with(e->fts_name, ".logs"));
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void look_through(struct index *x, struct walk *w)
{
	char *top[] = {x->dir, NULL};
	FTS *fts = fts_open(top, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	size_t skip = strlen(x->dir) + 1;
	FTSENT *e;

	while (fts && (e = fts_read(fts))) {
		const char *path = e->fts_level ? e->fts_path + skip : e->fts_path;

		if (is_passed_over(e)) {
			fts_set(fts, e, FTS_SKIP);
		} else if (e->fts_info == FTS_DNR) {
			strv_add(&w->r->broken, "%s: %s", path, strerror(e->fts_errno));
		} else if (e->fts_info == FTS_F && ends_with(e->fts_name, ".json")) {
			/* Names are printed, and kept as UTF-8. */
			if (is_utf8(path) && is_visible(path, false))
				see(w, path, e->fts_statp);
			else
				strv_add(&w->r->broken, "%s: its name cannot be shown; rename it",
					 path);
		}
	}
	if (fts)
		fts_close(fts);
}

static void forget_vanished(struct index *x, struct walk *w)
{
	for (size_t i = 0; i < w->nr_known; i++) {
		if (w->known[i].seen)
			continue;
		/* Another program may have been faster, so say only what went now. */
		index_do(x, "DELETE FROM file WHERE path = ?", "t", w->known[i].path);
		if (sqlite3_changes(x->db))
			strv_add(&w->r->vanished, "%s", w->known[i].path);
	}
}

static bool read_todo(struct index *x, struct walk *w, const char *root_given, bool quiet,
		      char **why)
{
	char *root = NULL;
	struct schema *schema = NULL;

	if (find_root(root_given, &root, why))
		schema = schema_load(root, why);
	free(root);
	if (!schema)
		return false;
	progress_begin(w->nr_todo, quiet || w->nr_todo < PROGRESS_FROM);
	for (size_t i = 0; i < w->nr_todo; i++) {
		if (i % BATCH == 0)
			index_do(x, "BEGIN IMMEDIATE", "");
		progress_started(w->todo[i].path);
		index_add(x, &w->todo[i], schema, w->r);
		progress_finished(w->todo[i].path, OUTCOME_SUCCESS, NULL);
		if (i % BATCH == BATCH - 1 || i + 1 == w->nr_todo)
			index_do(x, "COMMIT", "");
	}
	progress_end();
	w->r->read = w->nr_todo;
	schema_free(schema);
	return true;
}

bool index_refresh(struct index *x, const char *root_given, bool quiet, struct refresh *r,
		   char **why)
{
	struct walk w = {.r = r};
	bool vanished = false, ok;

	*r = (struct refresh){0};
	list_known(x, &w);
	look_through(x, &w);
	ok = !w.nr_todo || read_todo(x, &w, root_given, quiet, why);
	for (size_t i = 0; i < w.nr_known; i++)
		vanished = vanished || !w.known[i].seen;
	if (vanished || r->changed.n) {
		index_do(x, "BEGIN IMMEDIATE", "");
		forget_vanished(x, &w);
		index_do(x, "DELETE FROM series WHERE id NOT IN (SELECT series FROM run)", "");
		index_do(x, "DELETE FROM build WHERE id NOT IN (SELECT build FROM run)", "");
		index_do(x, "COMMIT", "");
	}
	for (size_t i = 0; i < w.nr_known; i++)
		free(w.known[i].path);
	for (size_t i = 0; i < w.nr_todo; i++)
		free(w.todo[i].path);
	free(w.known);
	free(w.todo);
	return ok;
}

void refresh_free(struct refresh *r)
{
	strv_free(&r->changed);
	strv_free(&r->vanished);
	strv_free(&r->broken);
}

char *origin_name(const char *path)
{
	return xasprintf("%s.origin", path);
}
