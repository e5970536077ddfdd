// SPDX-License-Identifier: MIT
#include "index_add.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/json.h"
#include "lib/sha256.h"
#include "resultset/identity.h"
#include "resultset/resultset_read.h"
#include "stats/summary.h"

/* Of a hash of samples, what is kept: enough to tell them apart. */
#define SAMPLES_HASH 16

/* No JSON of another kind that lies beside results is larger: a verdict of all runs of a year. */
#define OTHER_MAX (256 << 20)

/* The row of a text in a table of texts. */
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
	char *key = series_key(json_object_get(run, "identity"));
	long long id = row_of(x, "INSERT OR IGNORE INTO series(key) VALUES(?)",
			      "SELECT id FROM series WHERE key = ?", key);

	free(key);
	return id;
}

static long long row_of_build(struct index *x, const json_t *set, const json_t *run)
{
	json_t *of = made_of(set, run);
	char *text = canonical_json(of);
	long long id = row_of(x, "INSERT OR IGNORE INTO build(made_of) VALUES(?)",
			      "SELECT id FROM build WHERE made_of = ?", text);

	free(text);
	json_decref(of);
	return id;
}

static void add_value(struct index *x, long long run, size_t place, const json_t *series)
{
	json_t *samples = json_object_get(series, "samples"), *sample;
	json_int_t reps = iterations_per_sample(series);
	size_t n = json_array_size(samples), i;
	double *v = xcalloc(n + 1, sizeof(*v));
	char hash[HASH_TEXT], *text, *all;
	struct summary sum;

	json_array_foreach (samples, i, sample)
		v[i] = json_number_value(sample) / (double)reps;
	sum = summarize(v, n);
	text = canonical_json(samples);
	all = xasprintf("%lld %s", (long long)reps, text);
	hash_text(all, hash);
	hash[SAMPLES_HASH] = 0;
	index_do(x,
		 "INSERT INTO value(run, place, metric, unit, better, exact, n, median, least, "
		 "largest, samples) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
		 "iitttiidddt", run, (long long)place, text_at(series, "name", NULL),
		 text_at(series, "unit", NULL), text_at(series, "better", NULL),
		 (long long)json_is_true(json_object_get(series, "exact")), (long long)sum.n,
		 sum.median, sum.min, sum.max, hash);
	free(all);
	free(text);
	free(v);
}

/* The same run, in whatever file it is: all of it and when it was measured, but not by which way it
 * came there. */
static void hash_run(const json_t *run, const char *created, char hash[HASH_TEXT])
{
	json_t *copy = json_copy((json_t *)run);
	char *text, *all;

	json_object_del(copy, "origin");
	text = canonical_json(copy);
	all = xasprintf("%s %s", created, text);
	hash_text(all, hash);
	free(all);
	free(text);
	json_decref(copy);
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

/* Distinct values of a member of the identities, for lists; the caller's. */
static char *all_of(const json_t *set, const char *name)
{
	struct strv values = {0};
	json_t *run;
	char *text;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		strv_add_distinct(&values, text_at(run, "identity", name, NULL));
	text = strv_join(&values, ",");
	strv_free(&values);
	return text;
}

/* What import wrote beside the file; NULL if it was not imported. The caller's. */
static char *origin_text(const char *full, const char *sha256, struct refresh *r)
{
	char *name = origin_name(full), *text = NULL;
	json_t *origin = access(name, R_OK) == 0 ? json_load_file(name, 0, NULL) : NULL;

	if (json_is_object(origin))
		text = canonical_json(origin);
	if (text && strcmp(text_at(origin, "sha256", NULL), sha256) != 0)
		strv_add(&r->broken, "%s: no longer what was imported, going by %s", full, name);
	json_decref(origin);
	free(name);
	return text;
}

static void add_set(struct index *x, const struct found_file *f, const char *full,
		    const char *sha256, const json_t *set, struct refresh *r)
{
	json_t *runs = json_object_get(set, "runs"), *run;
	char *tiers = all_of(set, "tier"), *rigs = all_of(set, "rig"),
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
	free(tiers);
	free(rigs);
	free(origin);
}

/* What a file is that is no usable result set. about: what there is to say of it; the caller's. */
static const char *state_of(const struct found_file *f, const char *full, char **about)
{
	const char *slash = strrchr(f->path, '/'), *name = slash ? slash + 1 : f->path;
	json_t *json = f->size <= OTHER_MAX ? json_load_file(full, 0, NULL) : NULL;
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
	json_decref(json);
	return state;
}

static void add_unusable(struct index *x, const struct found_file *f, const char *full,
			 const char *sha256, const struct strv *errors, struct refresh *r)
{
	char *about = NULL, *all = strv_join(errors, "\n");
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
	free(about);
	free(all);
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

void index_add(struct index *x, const struct found_file *f, const struct schema *schema,
	       struct refresh *r)
{
	char *full = xasprintf("%s/%s", x->dir, f->path), hash[HASH_TEXT], *error = NULL;
	struct strv errors = {0};
	bool known, same, was_set;
	sqlite3_stmt *s;
	json_t *set;

	if (f->unfollowed) {
		add_link(x, f, r);
		free(full);
		return;
	}
	if (!hash_file(full, hash, &error)) {
		/* Gone again, or not ours to read: there is nothing to remember. */
		strv_add(&r->broken, "%s", error);
		free(error);
		free(full);
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
		free(full);
		return;
	}
	if (known) {
		index_do(x, "DELETE FROM file WHERE path = ?", "t", f->path);
		/* Others may change as they like; of a set that was there it is told. */
		if (was_set)
			strv_add(&r->changed, "%s", f->path);
	}
	set = resultset_load(full, schema, &errors);
	if (set)
		add_set(x, f, full, hash, set, r);
	else
		add_unusable(x, f, full, hash, &errors, r);
	json_decref(set);
	strv_free(&errors);
	free(full);
}
