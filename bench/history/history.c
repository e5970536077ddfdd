// SPDX-License-Identifier: MIT
#include "history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resultset/units.h"
#include "select.h"
#include "spec/catalog.h"

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

/* builds, sorted: those that count; NULL: all. */
static struct past *read_runs(struct history *h, struct index *x, long long series,
			      const long long *builds, size_t nr_builds,
			      const struct history_query *q)
{
	/* Counters are large. */
	const char *sql =
		q->metrics.n
			? "SELECT run.id, content, run.created, revision, name, outcome, reason, "
			  "run.command, path, place, build, iterations, counters FROM run JOIN "
			  "file ON file.id = run.file LEFT JOIN counted ON counted.run = run.id "
			  "WHERE series = ? AND run.created BETWEEN ? AND ? "
			  "ORDER BY run.created, CASE WHEN ? THEN sha256 ELSE path END, path, "
			  "place"
			: "SELECT run.id, content, run.created, revision, name, outcome, reason, "
			  "run.command, path, place, build FROM run JOIN file ON "
			  "file.id = run.file WHERE series = ? AND run.created BETWEEN ? AND ? "
			  "ORDER BY run.created, CASE WHEN ? THEN sha256 ELSE path END, path, place";
	sqlite3_stmt *s = index_ask(x, sql, "itti", series, q->since ? q->since : "",
				    q->until ? q->until : "~", (long long)q->by_content);
	json_t *seen = json_object();
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
	json_decref(seen);
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
						     .least = NAN,
						     .largest = NAN,
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

static void keep_samples(struct history_point *p, const char *text)
{
	snprintf(p->samples, sizeof(p->samples), "%s", text);
}

static sqlite3_stmt *ask_values(struct index *x, const char *metric)
{
	return index_ask(x,
			 "SELECT unit, better, exact, n, median, least, largest, samples, place "
			 "FROM value WHERE run = ? AND metric = ?",
			 "it", 0ll, metric);
}

static bool next_value(struct index *x, sqlite3_stmt *s, const struct past_run *run)
{
	sqlite3_reset(s);
	sqlite3_bind_int64(s, 1, run->row);
	return index_row(x, s);
}

/* "lower ns", "higher requests": values of one kind are in one series. All times are of one. */
static char *kind_of(const char *better, const char *unit)
{
	return xasprintf("%s %s", better, unit_in_ns(unit) > 0 ? UNIT_TIME : unit);
}

/* Which kinds the values of a metric are of; *ns: some are times of different units. */
static void list_kinds(struct strv *kinds, bool *ns, struct index *x, const struct past *past,
		       const char *metric)
{
	sqlite3_stmt *s = ask_values(x, metric);
	char *time = NULL;

	*ns = false;
	for (size_t i = 0; i < past->n; i++) {
		const char *unit;
		char *kind;

		if (!next_value(x, s, &past->run[i]))
			continue;
		unit = index_text(s, 0);
		if (unit_in_ns(unit) > 0) {
			*ns = *ns || (time && strcmp(time, unit) != 0);
			replace_text(&time, "%s", unit);
		}
		kind = kind_of(index_text(s, 1), unit);
		strv_add_distinct(kinds, kind);
		free(kind);
	}
	index_done(s);
	free(time);
}

/* The values of one kind; those of others are not there. */
static void add_kind(struct history *h, struct index *x, const struct series_row *c,
		     const struct past *past, const char *metric, const char *kind, bool ns)
{
	struct track *t = add_track(h, c, past, metric);
	sqlite3_stmt *s = ask_values(x, metric);

	t->exact = true; /* if all are */
	for (size_t i = 0; i < t->n; i++) {
		struct history_point *p = &t->point[i];
		const char *unit;
		double factor;
		bool other;
		char *own;

		if (!next_value(x, s, p->run))
			continue;
		unit = index_text(s, 0);
		own = kind_of(index_text(s, 1), unit);
		other = strcmp(own, kind) != 0;
		free(own);
		if (other)
			continue;
		factor = ns && unit_in_ns(unit) > 0 ? unit_in_ns(unit) : 1;
		replace_text(&t->unit, "%s", ns && unit_in_ns(unit) > 0 ? UNIT_TIME : unit);
		t->lower = strcmp(index_text(s, 1), "lower") == 0;
		t->exact = t->exact && index_integer(s, 2);
		p->n = (size_t)index_integer(s, 3);
		p->median = index_number(s, 4) * factor;
		p->least = index_number(s, 5) * factor;
		p->largest = index_number(s, 6) * factor;
		keep_samples(p, index_text(s, 7));
		p->value_place = index_integer(s, 8);
	}
	index_done(s);
}

/* A series of samples, or one for each kind of unit. false: no run has such a metric. */
static bool add_samples(struct history *h, struct index *x, const struct series_row *c,
			const struct past *past, const char *metric)
{
	struct strv kinds = {0};
	bool ns, any;

	list_kinds(&kinds, &ns, x, past, metric);
	for (size_t i = 0; i < kinds.n; i++)
		add_kind(h, x, c, past, metric, kinds.v[i], ns);
	any = kinds.n;
	strv_free(&kinds);
	return any;
}

/* GROUP: the sum of all; GROUP.NAME: one. NaN: the run does not have it. */
static double count_of(const json_t *counters, const char *asked)
{
	char *group = xstrndup(asked, strcspn(asked, "."));
	const char *dot = strchr(asked, '.'), *name;
	json_t *all = json_object_get(counters, group), *value;
	double sum = all && !dot ? 0 : NAN;

	json_object_foreach (all, name, value)
		if (!dot)
			sum += json_number_value(value);
		else if (strcmp(name, dot + 1) == 0)
			sum = json_number_value(value);
	free(group);
	return sum;
}

/* A counter per iteration. false: no run has it. */
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
		char *text;

		if (isnan(count) || !p->run->iterations)
			continue;
		p->median = p->least = p->largest = count / (double)p->run->iterations;
		p->n = 1;
		text = xasprintf("%.17g", p->median);
		keep_samples(p, text);
		free(text);
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

/* Which metrics the runs of a series have; 0: of any. */
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
	double *value = xcalloc(t->n, sizeof(*value));

	for (size_t i = 0; i < t->n; i++) {
		value[i] = t->point[i].median;
		samples[i] = t->point[i].samples;
	}
	t->changes = t->exact ? find_exact_changes(value, samples, t->n, q->exact_floor)
			      : find_shifts(value, t->n, q->rules);
	free(samples);
	free(value);
}

/* The tracks of one series; found[i]: it has the i-th metric asked for. */
static void add_tracks(struct history *h, struct index *x, const struct series_row *c,
		       const struct past *past, const struct history_query *q, bool *found)
{
	struct strv metrics = {0};
	size_t before = h->n;

	for (size_t i = 0; i < q->metrics.n; i++)
		if (add_samples(h, x, c, past, q->metrics.v[i]) ||
		    add_counter(h, x, c, past, q->metrics.v[i]))
			found[i] = true;
	if (!q->metrics.n)
		list_metrics(&metrics, x, c->row);
	for (size_t i = 0; i < metrics.n; i++)
		add_samples(h, x, c, past, metrics.v[i]);
	/* It never measured anything, and that is its history. */
	if (!q->metrics.n && h->n == before)
		add_track(h, c, past, NULL);
	for (size_t i = before; i < h->n; i++)
		find_changes(&h->track[i], q);
	strv_free(&metrics);
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
	struct strv known = {0};

	for (size_t i = 0; i < q->metrics.n && !*error; i++)
		if (!found[i]) {
			list_metrics(&known, x, 0);
			unknown_name(error, "metric", q->metrics.v[i], &known);
		}
	strv_free(&known);
	return !*error;
}

/* chosen: runs of one series together, as series_choose() has them. */
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
	json_t *chosen = NULL;

	*h = (struct history){0};
	/* One state of the index for all questions, and one lock. */
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
	history_settle_units(h);
	if (h->n)
		qsort(h->track, h->n, sizeof(*h->track), by_label);
	index_do(x, "COMMIT", "");
	json_decref(chosen);
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
