// SPDX-License-Identifier: MIT
#include "scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/json.h"
#include "lib/paths.h"
#include "lib/progress.h"
#include "lib/sha256.h"
#include "resultset/identity.h"
#include "resultset/results_folder.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"
#include "stats/summary.h"

/* Files added in one transaction. An interrupted program has to add at most so many again. */
#define BATCH 200

/* Fewer files are read without showing progress. */
#define PROGRESS_FROM 100

/* Digits of a hash of samples that are stored: enough to tell them apart. */
#define SAMPLES_HASH 16

/* Larger JSON files are not read. A verdict of all runs of a year is smaller. */
#define OTHER_MAX (256 << 20)

/* A file as it was found; times in nanoseconds since 1970. */
struct found_file {
	char *path; /* below the index's directory */
	long long size, modified, changed;
	char *unfollowed; /* a link: why it is not followed; else NULL */
	bool outside;	  /* the link leads out of the directory */
};

/* ---- one file ---- */

/* The row id of a text in a table of texts. */
static long long row_of(struct index *x, const char *insert, const char *select, const char *text)
{
	sqlite3_stmt *s;
	long long id;

	index_do(x, insert, "t", text);
	s = index_ask(x, select, "t", text);
	index_row(x, s);
	id = index_integer(s, 0);
	index_done(s);
	return id;
}

static long long row_of_series(struct index *x, const json_t *run)
{
	AUTO_FREE char *key = series_key(json_object_get(run, "identity"));
	long long id = row_of(x, "INSERT OR IGNORE INTO series(key) VALUES(?)",
			      "SELECT id FROM series WHERE key = ?", key);

	return id;
}

static long long row_of_build(struct index *x, const json_t *set, const json_t *run)
{
	json_auto_t *of = made_of(set, run);
	AUTO_FREE char *text = canonical_json(of);
	long long id = row_of(x, "INSERT OR IGNORE INTO build(made_of) VALUES(?)",
			      "SELECT id FROM build WHERE made_of = ?", text);

	return id;
}

static void add_value(struct index *x, long long run, size_t place, const json_t *series)
{
	AUTO_FREE char *text = canonical_json(json_object_get(series, "samples"));
	AUTO_FREE char *all = xasprintf("%lld %s", (long long)iterations_per_sample(series), text);
	size_t n;
	AUTO_FREE double *v = sample_values(series, &n);
	struct summary sum = summarize(v, n);
	char hash[HASH_TEXT];

	hash_text(all, hash);
	hash[SAMPLES_HASH] = 0;
	index_do(x,
		 "INSERT INTO value(run, place, metric, unit, better, exact, n, median, least, "
		 "largest, samples) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
		 "iitttiidddt", run, (long long)place, text_at(series, "name", NULL),
		 text_at(series, "unit", NULL), text_at(series, "better", NULL),
		 (long long)json_is_true(json_object_get(series, "exact")), (long long)n,
		 sum.median, sum.min, sum.max, hash);
}

/*
 * The hash of a run and its date. Copies of a run in other files have the same hash, so its origin
 * is left out.
 */
static void hash_run(const json_t *run, const char *created, char hash[HASH_TEXT])
{
	json_auto_t *copy = json_copy((json_t *)run);
	AUTO_FREE char *text = NULL, *all = NULL;

	json_object_del(copy, "origin");
	text = canonical_json(copy);
	all = xasprintf("%s %s", created, text);
	hash_text(all, hash);
}

static void add_run(struct index *x, long long file, const json_t *set, size_t place,
		    const json_t *run)
{
	const json_t *origin = origin_of(set, run), *counters = json_object_get(run, "counters");
	const char *label = text_at(run, "identity", "variant", "label", NULL);
	char hash[HASH_TEXT], *observed, *counted, *commit = commit_of(set, run);
	json_t *series;
	long long id;
	size_t i;

	hash_run(run, text_at(origin, "created", NULL), hash);
	observed = canonical_json(json_object_get(origin, "observed"));
	id = index_do(x,
		      "INSERT INTO run(file, place, name, label, series, build, created, revision, "
		      "outcome, reason, command, content, observed) "
		      "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		      "iittiittttttt", file, (long long)place, text_at(run, "id", NULL), label,
		      row_of_series(x, run), row_of_build(x, set, run),
		      text_at(origin, "created", NULL), commit,
		      text_at(run, "outcome", "status", NULL),
		      text_at(run, "outcome", "reason", NULL), text_at(run, "command", NULL), hash,
		      observed);
	if (counters) {
		counted = canonical_json(counters);
		index_do(x, "INSERT INTO counted(run, iterations, counters) VALUES(?,?,?)", "iit",
			 id,
			 (long long)json_integer_value(json_object_get(run, "counted_iterations")),
			 counted);
		free(counted);
	}
	free(commit);
	free(observed);
	json_array_foreach (json_object_get(run, "series"), i, series)
		add_value(x, id, i, series);
}

/* Distinct values of a member of the identities, separated by commas; the caller's. */
static char *all_of(const json_t *set, const char *name)
{
	AUTO_STRV struct strv values = {0};
	json_t *run;
	char *text;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		strv_add_distinct(&values, text_at(run, "identity", name, NULL));
	text = strv_join(&values, ",");
	return text;
}

/* The origin that import wrote beside the file; NULL if it was not imported. The caller's. */
static char *origin_text(const char *full, const char *sha256, struct refresh *r)
{
	AUTO_FREE char *name = origin_name(full);
	char *text = NULL;
	json_auto_t *origin = access(name, R_OK) == 0 ? json_load_file(name, 0, NULL) : NULL;

	if (json_is_object(origin))
		text = canonical_json(origin);
	if (text && strcmp(text_at(origin, "sha256", NULL), sha256) != 0)
		strv_add(&r->broken, "%s: no longer what was imported, going by %s", full, name);
	return text;
}

static void add_set(struct index *x, const struct found_file *f, const char *full,
		    const char *sha256, const json_t *set, struct refresh *r)
{
	json_t *runs = json_object_get(set, "runs"), *run;
	AUTO_FREE char *tiers = all_of(set, "tier"), *rigs = all_of(set, "rig"),
		       *origin = origin_text(full, sha256, r);
	long long good = 0, id;
	size_t i;

	json_array_foreach (runs, i, run)
		good += strcmp(text_at(run, "outcome", "status", NULL), "success") == 0;
	id = index_do(x,
		      "INSERT INTO file(path, size, modified, changed, sha256, state, created, "
		      "producer, command, tiers, rigs, runs, good, origin) "
		      "VALUES(?,?,?,?,?,'set',?,?,?,?,?,?,?,?)",
		      "tiiittttttiit", f->path, f->size, f->modified, f->changed, sha256,
		      text_at(set, "created", NULL), text_at(set, "producer", "version", NULL),
		      text_at(set, "command", NULL), tiers, rigs, (long long)json_array_size(runs),
		      good, origin);
	json_array_foreach (runs, i, run)
		add_run(x, id, set, i, run);
}

/* The kind of a file that is no usable result set. about: a remark on it; the caller's. */
static const char *state_of(const struct found_file *f, const char *full, char **about)
{
	const char *slash = strrchr(f->path, '/'), *name = slash ? slash + 1 : f->path;
	json_auto_t *json = f->size <= OTHER_MAX ? json_load_file(full, 0, NULL) : NULL;
	const char *state = "other";

	if (json_object_get(json, "verdict_version")) {
		state = "verdict";
		*about = xstrdup(text_at(json, "verdict", NULL));
	} else if (json_object_get(json, "declaration_version")) {
		state = "declaration";
	} else if (!json && strcmp(name, "verdict.json") == 0) {
		state = "verdict";
		*about = xstrdup("it cannot be read");
	} else if (!json || json_object_get(json, "runs")) {
		state = "broken";
	}
	return state;
}

static void add_unusable(struct index *x, const struct found_file *f, const char *full,
			 const char *sha256, const struct strv *errors, struct refresh *r)
{
	AUTO_FREE char *about = NULL, *all = strv_join(errors, "\n");
	const char *state = state_of(f, full, &about);
	bool broken = strcmp(state, "broken") == 0;

	index_do(x,
		 "INSERT INTO file(path, size, modified, changed, sha256, state, why) "
		 "VALUES(?,?,?,?,?,?,?)",
		 "tiiittt", f->path, f->size, f->modified, f->changed, sha256, state,
		 about					 ? about
		 : broken || strcmp(state, "other") == 0 ? all
							 : "");
	for (size_t i = 0; i < errors->n && broken; i++)
		strv_add(&r->broken, "%s", errors->v[i]);
}

static void add_link(struct index *x, const struct found_file *f, struct refresh *r)
{
	index_do(x, "DELETE FROM file WHERE path = ?", "t", f->path);
	index_do(x,
		 "INSERT INTO file(path, size, modified, changed, sha256, state, why) "
		 "VALUES(?,?,?,?,'','link',?)",
		 "tiiit", f->path, f->size, f->modified, f->changed, f->unfollowed);
	if (f->outside)
		strv_add(&r->broken, "%s: this symbolic link is not followed: %s", f->path,
			 f->unfollowed);
}

static void add_file(struct index *x, const struct found_file *f, const struct schema *schema,
		     struct refresh *r)
{
	AUTO_FREE char *full = xasprintf("%s/%s", x->dir, f->path);
	char hash[HASH_TEXT], *error = NULL;
	AUTO_STRV struct strv errors = {0};
	bool known, same, was_set;
	sqlite3_stmt *s;
	json_auto_t *set = NULL;

	if (f->unfollowed) {
		add_link(x, f, r);
		return;
	}
	if (!hash_file(full, hash, &error)) {
		/* The file is gone again or not readable, so it is not indexed. */
		strv_add(&r->broken, "%s", error);
		free(error);
		return;
	}
	s = index_ask(x, "SELECT sha256, state FROM file WHERE path = ?", "t", f->path);
	known = index_row(x, s);
	same = known && strcmp(index_text(s, 0), hash) == 0;
	was_set = known && strcmp(index_text(s, 1), "set") == 0;
	index_done(s);
	if (same) {
		index_do(x, "UPDATE file SET size = ?, modified = ?, changed = ? WHERE path = ?",
			 "iiit", f->size, f->modified, f->changed, f->path);
		return;
	}
	if (known) {
		index_do(x, "DELETE FROM file WHERE path = ?", "t", f->path);
		/* Only result sets should never change. */
		if (was_set)
			strv_add(&r->changed, "%s", f->path);
	}
	set = resultset_load(full, schema, &errors);
	if (set)
		add_set(x, f, full, hash, set, r);
	else
		add_unusable(x, f, full, hash, &errors, r);
}

/* ---- all files ---- */

/* A file that is in the index. */
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

/*
 * Takes a file, or a link that is not followed, on the list of files to read, unless it is
 * unchanged.
 */
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
		/*
		 * Another program may have removed it from the index, so report only what this one
		 * removes.
		 */
		index_do(x, "DELETE FROM file WHERE path = ?", "t", w->known[i].path);
		if (sqlite3_changes(x->db) && w->known[i].was_set)
			strv_add(&w->r->vanished, "%s", w->known[i].path);
	}
}

static bool read_todo(struct index *x, struct walk *w, const char *root_given, bool quiet,
		      char **error)
{
	AUTO_FREE char *root = NULL;
	struct schema *schema = NULL;

	if (find_root(root_given, &root, error))
		schema = schema_load(root, error);
	if (!schema)
		return false;
	progress_begin(w->nr_todo, quiet || w->nr_todo < PROGRESS_FROM);
	for (size_t i = 0; i < w->nr_todo && !x->failure; i++) {
		if (i % BATCH == 0)
			index_do(x, "BEGIN IMMEDIATE", "");
		progress_started(w->todo[i].path);
		add_file(x, &w->todo[i], schema, w->r);
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
	/* Tries the index as it is, then a new one in its place, then one in memory. */
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
