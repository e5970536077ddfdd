// SPDX-License-Identifier: MIT
#include "history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/sha256.h"
#include "resultset/units.h"
#include "spec/catalog.h"

/* Hexadecimal digits of a series' key, enough for 16^8 series. */
#define KEY_DIGITS 8

/* ---- choosing series ---- */

/* A series of the index, before its runs are read. */
struct series_row {
	long long row;
	json_t *identity;    /* see series_identity() */
	char key[HASH_TEXT]; /* first digits of its hash */
};

struct series_list {
	struct series_row *v;
	size_t n;
};

static void series_list_free(struct series_list *all)
{
	for (size_t i = 0; i < all->n; i++)
		json_decref(all->v[i].identity);
	free(all->v);
	*all = (struct series_list){0};
}

/* Reads all series, or those whose key has this beginning, ordered by key. */
static void series_list_read(struct series_list *all, struct index *x, const char *begin)
{
	sqlite3_stmt *s = index_ask(x, "SELECT id, key FROM series ORDER BY key", "");

	while (index_row(x, s)) {
		struct series_row c = {.row = index_integer(s, 0)};

		hash_text(index_text(s, 1), c.key);
		c.key[KEY_DIGITS] = 0;
		if (begin && strncmp(c.key, begin, strlen(begin)) != 0)
			continue;
		c.identity = json_loads(index_text(s, 1), 0, NULL);
		all->v = xrealloc(all->v, (all->n + 1) * sizeof(*all->v));
		all->v[all->n++] = c;
	}
	index_done(s);
}

/* Adds flat members (made_of()) to an identity, at their places. */
static void unflatten(json_t *identity, const char *made_of)
{
	json_auto_t *flat = json_loads(made_of, 0, NULL);
	json_t *value;
	const char *name, *dot;

	json_object_foreach (flat, name, value) {
		AUTO_FREE char *group = xstrndup(name, strcspn(name, "."));

		dot = strchr(name, '.');
		if (dot && !json_object_get(identity, group))
			json_object_set_new(identity, group, json_object());
		if (dot)
			json_object_set(json_object_get(identity, group), dot + 1, value);
		else
			json_object_set(identity, name, value);
	}
}

/*
 * Makes a result set for a filter. It has a run for each series, or for each series and build if
 * the filter may need builds.
 */
static json_t *as_set(struct index *x, const struct series_list *all, bool builds)
{
	json_t *runs = json_array(), *from = json_array();

	for (size_t i = 0; i < all->n; i++) {
		sqlite3_stmt *s = index_ask(
			x,
			builds ? "SELECT max(label), build, made_of, max(revision) FROM run "
				 "JOIN build ON build.id = build WHERE series = ? GROUP BY build"
			       : "SELECT max(label), 0, '{}', '' FROM run WHERE series = ?",
			"i", all->v[i].row);

		while (index_row(x, s)) {
			json_t *identity = json_deep_copy(all->v[i].identity);

			if (*index_text(s, 0))
				json_object_set_new(json_object_get(identity, "variant"), "label",
						    json_string(index_text(s, 0)));
			unflatten(identity, index_text(s, 2));
			json_array_append_new(runs,
					      json_pack("{s:o, s:I, s:I, s:I}", "identity",
							identity, "chosen", (json_int_t)i, "build",
							(json_int_t)index_integer(s, 1), "origin",
							(json_int_t)json_array_size(from)));
			json_array_append_new(from, json_pack("{s:{s:s}}", "producer", "version",
							      index_text(s, 3)));
		}
		index_done(s);
	}
	return json_pack("{s:o, s:o}", "runs", runs, "merged_from", from);
}

/*
 * The series that a filter (NULL: none) accepts: [{"chosen": index into the list, "build": row},
 * ...]. A build of 0 means any build. NULL with *error. A new reference.
 */
static json_t *series_choose(struct index *x, const struct series_list *all, struct filter *f,
			     char **error)
{
	bool builds = f && f->where.n, any = f && (builds || f->variants.n || f->workloads.n);
	json_auto_t *set = as_set(x, all, builds);
	json_t *runs = NULL;

	if (!any || filter_sets(f, &set, 1, error))
		runs = json_incref(json_object_get(set, "runs"));
	return runs;
}

/* ---- runs ---- */

static void add_run(struct past *past, size_t *room, json_t *seen, sqlite3_stmt *s, bool counters)
{
	json_t *first = json_object_get(seen, index_text(s, 1));

	if (first) {
		past->run[json_integer_value(first)].copies++;
		return;
	}
	json_object_set_new(seen, index_text(s, 1), json_integer((json_int_t)past->n));
	if (past->n == *room) {
		*room = *room ? 2 * *room : 64;
		past->run = xrealloc(past->run, *room * sizeof(*past->run));
	}
	past->run[past->n++] = (struct past_run){
		.row = index_integer(s, 0),
		.created = xstrdup(index_text(s, 2)),
		.commit = xstrdup(index_text(s, 3)),
		.name = xstrdup(index_text(s, 4)),
		.outcome = xstrdup(index_text(s, 5)),
		.reason = xstrdup(index_text(s, 6)),
		.command = xstrdup(index_text(s, 7)),
		.file = xstrdup(index_text(s, 8)),
		.place = (size_t)index_integer(s, 9),
		.iterations = counters ? index_integer(s, 11) : 0,
		.counters = counters ? json_loads(index_text(s, 12), 0, NULL) : NULL,
	};
}

static int ascending(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

/* builds: sorted; only their runs count. NULL: all runs. */
static struct past *read_runs(struct history *h, struct index *x, long long series,
			      const long long *builds, size_t nr_builds,
			      const struct history_query *q)
{
	/* Counters are large, so they are read only if a metric was asked for. */
	AUTO_FREE char *sql = xasprintf(
		"SELECT run.id, content, run.created, revision, name, outcome, reason, "
		"run.command, path, place, build%s FROM run JOIN file ON file.id = run.file%s "
		"WHERE series = ? AND run.created BETWEEN ? AND ? "
		"ORDER BY run.created, CASE WHEN ? THEN sha256 ELSE path END, path, place",
		q->metrics.n ? ", iterations, counters" : "",
		q->metrics.n ? " LEFT JOIN counted ON counted.run = run.id" : "");
	sqlite3_stmt *s = index_ask(x, sql, "itti", series, q->since ? q->since : "",
				    q->until ? q->until : "~", (long long)q->by_content);
	json_auto_t *seen = json_object();
	struct past *past;
	size_t room = 0;

	h->past = xrealloc(h->past, (h->nr_past + 1) * sizeof(*h->past));
	past = &h->past[h->nr_past++];
	*past = (struct past){0};
	while (index_row(x, s)) {
		long long build = index_integer(s, 10);

		if (!builds || bsearch(&build, builds, nr_builds, sizeof(*builds), ascending))
			add_run(past, &room, seen, s, q->metrics.n);
	}
	index_done(s);
	return past;
}

/* ---- values ---- */

static struct track *add_track(struct history *h, const struct series_row *c,
			       const struct past *past, const char *metric)
{
	struct track *t;

	h->track = xrealloc(h->track, (h->n + 1) * sizeof(*h->track));
	t = &h->track[h->n++];
	*t = (struct track){
		.key = xstrdup(c->key),
		.identity = json_incref(c->identity),
		.label = xstrdup(past->run[past->n - 1].name),
		.metric = metric ? xstrdup(metric) : NULL,
		.unit = xstrdup(""),
		.lower = true,
		.point = xcalloc(past->n, sizeof(*t->point)),
		.n = past->n,
	};
	for (size_t i = 0; i < t->n; i++)
		t->point[i] = (struct history_point){.run = &past->run[i],
						     .median = NAN,
						     .min = NAN,
						     .max = NAN,
						     .value_place = -1};
	return t;
}

static void free_track(struct track *t)
{
	free(t->key);
	json_decref(t->identity);
	free(t->label);
	free(t->metric);
	free(t->unit);
	free(t->point);
	changes_free(&t->changes);
}

/* Converts the times of a track to nanoseconds. */
static void scale_track(struct track *t)
{
	double factor = unit_in_ns(t->unit);

	for (size_t i = 0; i < t->n; i++) {
		t->point[i].median *= factor;
		t->point[i].min *= factor;
		t->point[i].max *= factor;
	}
	for (size_t i = 0; i < t->changes.n; i++) {
		t->changes.change[i].before *= factor;
		t->changes.change[i].after *= factor;
	}
	replace_text(&t->unit, "%s", UNIT_TIME);
}

/*
 * The track of a metric for values with this unit and direction, added if it is missing. All units
 * of time share a track.
 */
static struct track *track_for(struct history *h, size_t first, const struct series_row *c,
			       const struct past *past, const char *metric, const char *unit,
			       bool lower)
{
	struct track *t;

	for (t = &h->track[first]; t < &h->track[h->n]; t++)
		if (t->lower == lower && (strcmp(t->unit, unit) == 0 ||
					  (unit_in_ns(t->unit) > 0 && unit_in_ns(unit) > 0)))
			return t;
	t = add_track(h, c, past, metric);
	replace_text(&t->unit, "%s", unit);
	t->lower = lower;
	t->exact = true; /* if all values are */
	return t;
}

/* Adds a track for each kind of unit. false: no run has this metric. */
static bool add_samples(struct history *h, struct index *x, const struct series_row *c,
			const struct past *past, const char *metric)
{
	sqlite3_stmt *s =
		index_ask(x,
			  "SELECT unit, better, exact, n, median, least, largest, samples, place "
			  "FROM value WHERE run = ? AND metric = ?",
			  "it", 0ll, metric);
	size_t first = h->n;

	for (size_t i = 0; i < past->n; i++) {
		const char *unit;
		struct history_point *p;
		struct track *t;
		double factor = 1;

		sqlite3_reset(s);
		sqlite3_bind_int64(s, 1, past->run[i].row);
		if (!index_row(x, s))
			continue;
		unit = index_text(s, 0);
		t = track_for(h, first, c, past, metric, unit,
			      strcmp(index_text(s, 1), "lower") == 0);
		if (strcmp(t->unit, unit) != 0) {
			scale_track(t);
			factor = unit_in_ns(unit);
		}
		t->exact = t->exact && index_integer(s, 2);
		p = &t->point[i];
		p->n = (size_t)index_integer(s, 3);
		p->median = index_number(s, 4) * factor;
		p->min = index_number(s, 5) * factor;
		p->max = index_number(s, 6) * factor;
		snprintf(p->samples, sizeof(p->samples), "%s", index_text(s, 7));
		p->value_place = index_integer(s, 8);
	}
	index_done(s);
	return h->n > first;
}

/* The value of GROUP (the sum of its counters) or GROUP.NAME. NaN: the run has no such counter. */
static double count_of(const json_t *counters, const char *asked)
{
	AUTO_FREE char *group = xstrndup(asked, strcspn(asked, "."));
	const char *dot = strchr(asked, '.'), *name;
	json_t *all = json_object_get(counters, group), *value;
	double sum = all && !dot ? 0 : NAN;

	json_object_foreach (all, name, value)
		if (!dot)
			sum += json_number_value(value);
		else if (strcmp(name, dot + 1) == 0)
			sum = json_number_value(value);
	return sum;
}

/* Adds a track with a counter per iteration. false: no run has it. */
static bool add_counter(struct history *h, struct index *x, const struct series_row *c,
			const struct past *past, const char *asked)
{
	struct track *t = add_track(h, c, past, asked);
	sqlite3_stmt *s = index_ask(x, "SELECT min(exact) FROM value WHERE run = ?", "i", 0ll);
	bool any = false;

	t->exact = true;
	for (size_t i = 0; i < t->n; i++) {
		struct history_point *p = &t->point[i];
		double count = count_of(p->run->counters, asked);

		if (isnan(count) || !p->run->iterations)
			continue;
		p->median = p->min = p->max = count / (double)p->run->iterations;
		p->n = 1;
		snprintf(p->samples, sizeof(p->samples), "%.17g", p->median);
		any = true;
		sqlite3_reset(s);
		sqlite3_bind_int64(s, 1, p->run->row);
		t->exact = t->exact && index_row(x, s) && index_integer(s, 0);
	}
	index_done(s);
	replace_text(&t->unit, "%s", "events per iteration");
	if (!any)
		free_track(&h->track[--h->n]);
	return any;
}

/* Lists the metrics of a series; 0: of all series. */
static void list_metrics(struct strv *metrics, struct index *x, long long series)
{
	sqlite3_stmt *s =
		series ? index_ask(x,
				   "SELECT DISTINCT metric FROM run JOIN value ON run.id = run "
				   "WHERE series = ? ORDER BY metric",
				   "i", series)
		       : index_ask(x, "SELECT DISTINCT metric FROM value ORDER BY metric", "");

	while (index_row(x, s))
		strv_add_distinct(metrics, index_text(s, 0));
	index_done(s);
}

static void find_changes(struct track *t, const struct history_query *q)
{
	const char **samples = xcalloc(t->n, sizeof(*samples));
	AUTO_FREE double *value = xcalloc(t->n, sizeof(*value));

	for (size_t i = 0; i < t->n; i++) {
		value[i] = t->point[i].median;
		samples[i] = t->point[i].samples;
	}
	t->changes = t->exact ? find_exact_changes(value, samples, t->n, q->exact_floor)
			      : find_shifts(value, t->n, q->rules);
	free(samples);
}

/* Adds the tracks of one series. found[i]: it has the i-th metric asked for. */
static void add_tracks(struct history *h, struct index *x, const struct series_row *c,
		       const struct past *past, const struct history_query *q, bool *found)
{
	AUTO_STRV struct strv metrics = {0};
	size_t before = h->n;

	for (size_t i = 0; i < q->metrics.n; i++)
		if (add_samples(h, x, c, past, q->metrics.v[i]) ||
		    add_counter(h, x, c, past, q->metrics.v[i]))
			found[i] = true;
	if (!q->metrics.n)
		list_metrics(&metrics, x, c->row);
	for (size_t i = 0; i < metrics.n; i++)
		add_samples(h, x, c, past, metrics.v[i]);
	/* A series that never measured anything still has a history of outcomes. */
	if (!q->metrics.n && h->n == before)
		add_track(h, c, past, NULL);
	for (size_t i = before; i < h->n; i++)
		find_changes(&h->track[i], q);
}

/* ---- units ---- */

/* Converts times of a metric to nanoseconds if its tracks have different units of time. */
static void settle_units(struct history *h)
{
	json_auto_t *times = json_object(); /* {metric: its unit, "" if there are several} */

	for (size_t i = 0; i < h->n; i++) {
		const char *metric = h->track[i].metric, *unit = h->track[i].unit;

		if (unit_in_ns(unit) > 0 && strcmp(text_at(times, metric, NULL), unit) != 0)
			json_object_set_new_nocheck(
				times, metric,
				json_string(json_object_get(times, metric) ? "" : unit));
	}
	for (size_t i = 0; i < h->n; i++)
		if (unit_in_ns(h->track[i].unit) > 0 && !*text_at(times, h->track[i].metric, NULL))
			scale_track(&h->track[i]);
}

/* ---- all ---- */

static int by_label(const void *a, const void *b)
{
	const struct track *x = a, *y = b;
	int order = strcmp(x->label, y->label);

	order = order ? order : strcmp(x->key, y->key);
	order = order || !x->metric ? order : strcmp(x->metric, y->metric ? y->metric : "");
	return order ? order : strcmp(x->unit, y->unit);
}

static bool all_found(struct index *x, const struct history_query *q, const bool *found,
		      char **error)
{
	AUTO_STRV struct strv known = {0};

	for (size_t i = 0; i < q->metrics.n && !*error; i++)
		if (!found[i]) {
			list_metrics(&known, x, 0);
			unknown_name(error, "metric", q->metrics.v[i], &known);
		}
	return !*error;
}

/* chosen: from series_choose(); entries of one series are adjacent. */
static void read_chosen(struct history *h, struct index *x, const struct series_list *all,
			const json_t *chosen, const struct history_query *q, bool *found)
{
	size_t n = json_array_size(chosen);
	long long *builds = xcalloc(n + 1, sizeof(*builds));

	for (size_t i = 0; i < n;) {
		json_int_t series =
			json_integer_value(json_object_get(json_array_get(chosen, i), "chosen"));
		const struct series_row *row = &all->v[series];
		size_t nr_builds = 0;
		struct past *past;

		for (; i < n; i++) {
			json_t *one = json_array_get(chosen, i);

			if (json_integer_value(json_object_get(one, "chosen")) != series)
				break;
			builds[nr_builds] = json_integer_value(json_object_get(one, "build"));
			nr_builds += builds[nr_builds] > 0;
		}
		qsort(builds, nr_builds, sizeof(*builds), ascending);
		past = read_runs(h, x, row->row, nr_builds ? builds : NULL, nr_builds, q);
		if (past->n)
			add_tracks(h, x, row, past, q, found);
	}
	free(builds);
}

bool history_read(struct history *h, struct index *x, const struct history_query *q, char **error)
{
	bool *found = xcalloc(q->metrics.n + 1, sizeof(*found));
	struct series_list all = {0};
	json_auto_t *chosen = NULL;

	*h = (struct history){0};
	/* A transaction, so that all questions see one state of the index. */
	index_do(x, "BEGIN", "");
	series_list_read(&all, x, q->series);
	if (!all.n && q->series)
		mistake(error, "no series has a key that begins with %s", q->series);
	else if (!all.n)
		fail(error, "there are no result sets in %s", x->dir);
	else
		chosen = series_choose(x, &all, q->filter, error);
	if (chosen)
		read_chosen(h, x, &all, chosen, q, found);
	if (chosen && all_found(x, q, found, error) && !h->n)
		fail(error, "no run of these series was measured within these dates");
	settle_units(h);
	if (h->n)
		qsort(h->track, h->n, sizeof(*h->track), by_label);
	index_do(x, "COMMIT", "");
	series_list_free(&all);
	free(found);
	if (*error)
		history_free(h);
	return !*error;
}

void history_free(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		free_track(&h->track[i]);
	for (size_t i = 0; i < h->nr_past; i++) {
		for (size_t k = 0; k < h->past[i].n; k++) {
			struct past_run *r = &h->past[i].run[k];

			free(r->created);
			free(r->name);
			free(r->outcome);
			free(r->reason);
			free(r->command);
			free(r->commit);
			free(r->file);
			json_decref(r->counters);
		}
		free(h->past[i].run);
	}
	free(h->track);
	free(h->past);
	*h = (struct history){0};
}

static json_t *json_of(struct index *x, const char *sql, long long row)
{
	sqlite3_stmt *s = index_ask(x, sql, "i", row);
	json_t *json = index_row(x, s) ? json_loads(index_text(s, 0), 0, NULL) : NULL;

	index_done(s);
	return json ? json : json_object();
}

json_t *past_made_of(struct index *x, const struct past_run *r)
{
	return json_of(
		x, "SELECT made_of FROM build JOIN run ON run.build = build.id WHERE run.id = ?",
		r->row);
}

json_t *past_observed(struct index *x, const struct past_run *r)
{
	return json_of(x, "SELECT observed FROM run WHERE id = ?", r->row);
}

bool outcome_changed(const struct track *t, size_t i)
{
	return i && strcmp(t->point[i].run->outcome, t->point[i - 1].run->outcome) != 0;
}
