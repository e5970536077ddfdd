// SPDX-License-Identifier: MIT
#include "scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "index_add.h"
#include "lib/paths.h"
#include "lib/progress.h"
#include "resultset/results_folder.h"
#include "resultset/schema.h"

/* Files that are put in together: what an interrupted program has to do again at most. */
#define BATCH 200

/* So many are read in no time. */
#define PROGRESS_FROM 100

/* A file as the index knows it. */
struct known {
	char *path;
	long long size, modified, changed;
	bool seen, was_set;
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
	sqlite3_stmt *s = index_ask(
		x, "SELECT path, size, modified, changed, state FROM file ORDER BY path", "");
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
			.was_set = strcmp(index_text(s, 4), "set") == 0,
		};
	}
	index_done(s);
}

static int by_path(const void *path, const void *known)
{
	return strcmp(path, ((const struct known *)known)->path);
}

/* A file that is there, or a link that is not followed: known as it is, or to be read. */
static void see(struct walk *w, const struct lying *l, const char *unfollowed)
{
	struct known *k =
		w->nr_known ? bsearch(l->path, w->known, w->nr_known, sizeof(*w->known), by_path)
			    : NULL;
	const struct found_file f = {
		.size = l->st->st_size,
		.modified = nanoseconds(l->st->st_mtim),
		.changed = nanoseconds(l->st->st_ctim),
		.outside = l->outside,
	};

	w->r->files += !unfollowed;
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
	w->todo[w->nr_todo].unfollowed = unfollowed ? xstrdup(unfollowed) : NULL;
	w->todo[w->nr_todo++].path = xstrdup(l->path);
}

static void look(void *arg, const struct lying *l)
{
	struct walk *w = arg;

	if (!l->kind && !l->error) {
		see(w, l, NULL);
	} else if (l->kind && strcmp(l->kind, "link") == 0) {
		see(w, l, l->error);
	} else if (l->error) {
		strv_add(&w->r->broken, "%s: %s", l->path, l->error);
	} else {
		strv_add(&w->r->own, "%s", l->path);
		strv_add(&w->r->own_kinds, "%s", l->kind);
	}
}

static void forget_vanished(struct index *x, struct walk *w)
{
	for (size_t i = 0; i < w->nr_known; i++) {
		if (w->known[i].seen)
			continue;
		/* Another program may have been faster, so say only what went now. */
		index_do(x, "DELETE FROM file WHERE path = ?", "t", w->known[i].path);
		if (sqlite3_changes(x->db) && w->known[i].was_set)
			strv_add(&w->r->vanished, "%s", w->known[i].path);
	}
}

static bool read_todo(struct index *x, struct walk *w, const char *root_given, bool quiet,
		      char **error)
{
	char *root = NULL;
	struct schema *schema = NULL;

	if (find_root(root_given, &root, error))
		schema = schema_load(root, error);
	free(root);
	if (!schema)
		return false;
	progress_begin(w->nr_todo, quiet || w->nr_todo < PROGRESS_FROM);
	for (size_t i = 0; i < w->nr_todo && !x->failure; i++) {
		if (i % BATCH == 0)
			index_do(x, "BEGIN IMMEDIATE", "");
		progress_started(w->todo[i].path);
		index_add(x, &w->todo[i], schema, w->r);
		progress_finished(w->todo[i].path, OUTCOME_SUCCESS, NULL);
		w->r->read += !w->todo[i].unfollowed;
		if (i % BATCH == BATCH - 1 || i + 1 == w->nr_todo)
			index_do(x, "COMMIT", "");
	}
	progress_end();
	schema_free(schema);
	return true;
}

static void walk_free(struct walk *w)
{
	for (size_t i = 0; i < w->nr_known; i++)
		free(w->known[i].path);
	for (size_t i = 0; i < w->nr_todo; i++) {
		free(w->todo[i].path);
		free(w->todo[i].unfollowed);
	}
	free(w->known);
	free(w->todo);
}

static bool refresh_once(struct index *x, const char *root_given, bool quiet, struct refresh *r,
			 char **error)
{
	struct walk w = {.r = r};
	bool vanished = false, ok;

	list_known(x, &w);
	results_walk(x->dir, x->gathered, look, &w);
	ok = !w.nr_todo || read_todo(x, &w, root_given, quiet, error);
	for (size_t i = 0; i < w.nr_known; i++)
		vanished = vanished || !w.known[i].seen;
	if (vanished || r->changed.n) {
		index_do(x, "BEGIN IMMEDIATE", "");
		forget_vanished(x, &w);
		index_do(x, "DELETE FROM series WHERE id NOT IN (SELECT series FROM run)", "");
		index_do(x, "DELETE FROM build WHERE id NOT IN (SELECT build FROM run)", "");
		index_do(x, "COMMIT", "");
	}
	walk_free(&w);
	return ok;
}

bool index_refresh(struct index *x, const char *root_given, bool quiet, struct refresh *r,
		   char **error)
{
	bool ok;

	*r = (struct refresh){0};
	/* At first where it was; then anew if it is damaged; then in memory. */
	for (int i = 0;; i++) {
		x->may_fail = true;
		ok = refresh_once(x, root_given, quiet, r, error);
		x->may_fail = false;
		if (!ok || !x->failure)
			return ok;
		refresh_free(r);
		if (i == 2)
			return fail(error, "the index cannot be used: %s", x->failure);
		if (!index_retreat(x, error))
			return false;
	}
}

void refresh_free(struct refresh *r)
{
	strv_free(&r->changed);
	strv_free(&r->vanished);
	strv_free(&r->broken);
	strv_free(&r->own);
	strv_free(&r->own_kinds);
	*r = (struct refresh){0};
}

char *origin_name(const char *path)
{
	return xasprintf("%s.origin", path);
}
