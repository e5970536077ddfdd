// SPDX-License-Identifier: MIT
#include "print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "lib/outcome.h"

/* All digits for programs; an empty text for a missing value. */
static char *number_text(double v, enum table_format format)
{
	return format == TABLE_CSV ? plain_number(v) : readable_number(v);
}

static const struct history_point *newest(const struct track *t)
{
	return &t->point[t->n - 1];
}

/* The first or the last point that has a value; NULL: there is none. */
static const struct history_point *valued(const struct track *t, bool last)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct history_point *p = &t->point[last ? t->n - 1 - i : i];

		if (!isnan(p->median))
			return p;
	}
	return NULL;
}

void history_print_series(const struct history *h, enum table_format format)
{
	static const char *const head[] = {"series", "rig",    "tier",	      "metric", "unit",
					   "points", "first",  "latest",      "change", "changes",
					   "since",  "newest", "last change", "key"};
	struct table g = {.columns = 14, .align = "lllllrrrrrllll"};

	table_head(&g, head);
	for (size_t i = 0; i < h->n; i++) {
		const struct track *t = &h->track[i];
		const struct history_point *first = valued(t, false), *last = valued(t, true);
		size_t changes = t->changes.n;
		const char *when =
			changes ? t->point[t->changes.change[changes - 1].first].run->created : "";

		for (size_t k = 0; k < t->n; k++)
			if (outcome_changed(t, k)) {
				const char *at = t->point[k].run->created;

				changes++;
				when = strcmp(at, when) > 0 ? at : when;
			}
		table_add_all(&g, t->label, text_at(t->identity, "rig", NULL),
			      text_at(t->identity, "tier", NULL), t->metric ? t->metric : "-",
			      *t->unit ? t->unit : "-", NULL);
		table_take(&g, xasprintf("%zu", t->n));
		table_take(&g, number_text(first ? first->median : NAN, format));
		table_take(&g, number_text(last ? last->median : NAN, format));
		table_take(&g, share_text(first ? first->median : NAN, last ? last->median : NAN));
		table_take(&g, xasprintf("%zu", changes));
		table_add_all(&g, t->point[0].run->created, newest(t)->run->created,
			      *when ? when : "-", t->key, NULL);
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

/* ---- points ---- */

static const struct change *change_at(const struct track *t, size_t i)
{
	for (size_t c = 0; c < t->changes.n; c++)
		if (t->changes.change[c].first == i)
			return &t->changes.change[c];
	return NULL;
}

/* Remarks on a point: outcome, change, copies. The caller's. */
static char *note_text(const struct track *t, size_t i)
{
	const struct history_point *p = &t->point[i];
	const struct change *c = change_at(t, i);
	AUTO_STRV struct strv notes = {0};
	char *text, *share;

	if (strcmp(p->run->outcome, "success") != 0)
		strv_add(&notes, "%s%s%s", p->run->outcome, *p->run->reason ? ": " : "",
			 p->run->reason);
	if (c && c->before == c->after)
		strv_add(&notes, "changed: the same median of other samples");
	else if (c) {
		share = c->before == 0 ? xstrdup("from 0") : share_text(c->before, c->after);
		strv_add(&notes, "changed %s", share);
		free(share);
	}
	if (p->run->copies)
		strv_add(&notes, "also in %zu other files", p->run->copies);
	text = notes.n ? strv_join(&notes, "; ") : xstrdup("-");
	return text;
}

static char *range_text(const struct history_point *p)
{
	return isnan(p->median) ? xstrdup("-") : readable_range(p->min, p->max);
}

static size_t first_shown(const struct track *t, size_t last)
{
	return last && last < t->n ? t->n - last : 0;
}

static void print_points_of(const struct track *t, size_t last, enum table_format format)
{
	static const char *const head[] = {"measured", "commit", "median", "range",
					   "n",	       "file",	 "note"};
	struct table g = {.columns = 7, .align = "llrrrll"};

	printf("%s%s, %s, rig %s, tier %s, key %s\n\n", format == TABLE_MARKDOWN ? "    " : "",
	       t->label, t->metric ? t->metric : "nothing measured",
	       text_at(t->identity, "rig", NULL), text_at(t->identity, "tier", NULL), t->key);
	table_head(&g, head);
	for (size_t i = first_shown(t, last); i < t->n; i++) {
		const struct history_point *p = &t->point[i];

		table_add(&g, p->run->created);
		table_add(&g, *p->run->commit ? p->run->commit : "-");
		table_take(&g, number_text(p->median, format));
		table_take(&g, range_text(p));
		table_take(&g, xasprintf("%zu", p->n));
		table_take(&g, xasprintf("%s /runs/%zu", p->run->file, p->run->place));
		table_take(&g, note_text(t, i));
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

static void print_points_csv(const struct history *h, size_t last, enum table_format format)
{
	static const char *const head[] = {"key",  "series",   "rig",	 "tier",    "metric",
					   "unit", "measured", "commit", "outcome", "reason",
					   "n",	   "median",   "least",	 "largest", "change",
					   "file", "place"};
	struct table g = {.columns = 17, .align = "lllllllllllllllll"};

	table_head(&g, head);
	for (size_t k = 0; k < h->n; k++) {
		const struct track *t = &h->track[k];

		for (size_t i = first_shown(t, last); i < t->n; i++) {
			const struct history_point *p = &t->point[i];
			const struct change *c = change_at(t, i);

			table_add_all(&g, t->key, t->label, text_at(t->identity, "rig", NULL),
				      text_at(t->identity, "tier", NULL),
				      t->metric ? t->metric : "", t->unit, p->run->created,
				      p->run->commit, p->run->outcome, p->run->reason, NULL);
			table_take(&g, xasprintf("%zu", p->n));
			table_take(&g, number_text(p->median, format));
			table_take(&g, number_text(p->min, format));
			table_take(&g, number_text(p->max, format));
			table_take(&g, c ? plain_number(c->after - c->before) : xstrdup(""));
			table_add(&g, p->run->file);
			table_take(&g, xasprintf("/runs/%zu", p->run->place));
		}
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

void history_print_points(const struct history *h, size_t last, enum table_format format)
{
	if (format == TABLE_CSV) {
		print_points_csv(h, last, format);
		return;
	}
	for (size_t i = 0; i < h->n; i++) {
		if (i)
			printf("\n");
		print_points_of(&h->track[i], last, format);
	}
}

/* ---- changes ---- */

static void print_event(const struct track *t, const struct event *e, FILE *to)
{
	AUTO_FREE char *what = event_text(t, e), *made = changes_text(e->made);
	AUTO_FREE char *observed = changes_text(e->observed);
	AUTO_FREE char *before = repeat_text(e->before->run), *after = repeat_text(e->after->run);

	fprintf(to, "%s: %s: %s\n", e->after->run->created, t->label, what);
	fprintf(to, "    first: %s /runs/%zu; last before: %s /runs/%zu, %s\n", e->after->run->file,
		e->after->run->place, e->before->run->file, e->before->run->place,
		e->before->run->created);
	fprintf(to, "    changed: %s\n",
		*made ? made
		: e->change && t->exact
			? "nothing that is recorded, so the rig did not repeat what it measured"
			: "nothing that is recorded");
	if (*observed && !t->exact)
		fprintf(to, "    observed: %s\n", observed);
	fprintf(to, "    before: %s\n    after:  %s\n", before, after);
}

/* Prints text as an indented block, where Markdown has no special characters. */
static void print_code(const char *text)
{
	AUTO_STRV struct strv lines = {0};

	strv_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.n; i++)
		if (*lines.v[i])
			printf("    %s\n", lines.v[i]);
	printf("\n");
}

static void print_event_markdown(const struct track *t, const struct event *e)
{
	AUTO_FREE char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (!to) {
		complain("out of memory");
		exit(EXIT_ERROR);
	}
	print_event(t, e, to);
	fclose(to);
	print_code(text);
}

static void put_event(struct table *g, const struct track *t, const struct event *e)
{
	table_add_all(g, e->after->run->created, t->label, t->metric ? t->metric : "",
		      e->change ? (t->exact ? "exact" : "shift") : "outcome", NULL);
	table_take(g, event_text(t, e));
	table_add(g, e->before->run->file);
	table_add(g, e->after->run->file);
	table_take(g, changes_text(e->made));
	table_take(g, repeat_text(e->before->run));
	table_take(g, repeat_text(e->after->run));
}

void history_print_changes(const struct history *h, struct index *x, enum table_format format)
{
	static const char *const head[] = {"measured",	    "series",	   "metric", "kind",
					   "what",	    "before",	   "after",  "changed",
					   "repeat before", "repeat after"};
	struct table g = {.columns = 10, .align = "llllllllll"};
	size_t n = 0;

	table_head(&g, head);
	for (size_t i = 0; i < h->n; i++) {
		struct events all = events_of(&h->track[i], x);

		for (size_t k = 0; k < all.n; k++, n++)
			if (format == TABLE_CSV)
				put_event(&g, &h->track[i], &all.event[k]);
			else if (format == TABLE_MARKDOWN)
				print_event_markdown(&h->track[i], &all.event[k]);
			else
				print_event(&h->track[i], &all.event[k], stdout);
		events_free(&all);
	}
	if (format == TABLE_CSV)
		table_print(&g, format, stdout);
	else if (!n)
		printf("No change.\n");
	table_free(&g);
}

/* ---- JSON ---- */

static json_t *run_json(const struct past_run *r)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:I, s:s}", "created", r->created, "id", r->name,
			      "file", r->file, "run", (json_int_t)r->place, "outcome", r->outcome);

	if (*r->reason)
		json_object_set_new(o, "reason", json_string(r->reason));
	if (*r->commit)
		json_object_set_new(o, "commit", json_string(r->commit));
	return o;
}

static json_t *point_json(const struct history_point *p)
{
	json_t *o = run_json(p->run);

	if (p->run->copies)
		json_object_set_new(o, "copies", json_integer((json_int_t)p->run->copies));
	if (p->value_place >= 0)
		json_object_set_new(o, "series", json_integer(p->value_place));
	if (p->n)
		json_object_set_new(o, "n", json_integer((json_int_t)p->n));
	set_number_in(o, "median", p->median);
	set_number_in(o, "least", p->min);
	set_number_in(o, "largest", p->max);
	return o;
}

static json_t *event_json(const struct track *t, const struct event *e)
{
	json_t *before = run_json(e->before->run), *after = run_json(e->after->run);
	const char *kind = !e->change ? "outcome" : t->exact ? "exact" : "shift";
	json_t *o;

	json_object_set_new(before, "command", json_string(e->before->run->command));
	json_object_set_new(after, "command", json_string(e->after->run->command));
	if (e->change) {
		set_number_in(before, "median", e->change->before);
		set_number_in(after, "median", e->change->after);
	}
	o = json_pack("{s:s, s:o, s:o, s:O, s:O}", "kind", kind, "before", before, "after", after,
		      "changed", e->made, "observed", e->observed);
	if (e->change)
		set_number_in(o, "p", e->change->p);
	return o;
}

static json_t *track_json(const struct track *t, struct index *x)
{
	json_t *points = json_array(), *changes = json_array(), *o;
	struct events all = events_of(t, x);

	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(points, point_json(&t->point[i]));
	for (size_t i = 0; i < all.n; i++)
		json_array_append_new(changes, event_json(t, &all.event[i]));
	events_free(&all);
	o = json_pack("{s:s, s:s, s:O, s:o, s:o}", "key", t->key, "label", t->label, "identity",
		      t->identity, "points", points, "changes", changes);
	if (!t->metric)
		return o;
	json_object_set_new(o, "metric", json_string(t->metric));
	json_object_set_new(o, "unit", json_string(t->unit));
	json_object_set_new(o, "better", json_string(t->lower ? "lower" : "higher"));
	json_object_set_new(o, "exact", json_boolean(t->exact));
	return o;
}

void history_print_json(const struct history *h, struct index *x)
{
	json_t *series = json_array();
	json_auto_t *all = NULL;
	AUTO_FREE char *text = NULL;

	for (size_t i = 0; i < h->n; i++)
		json_array_append_new(series, track_json(&h->track[i], x));
	all = json_pack("{s:s, s:o}", "results", x->dir, "series", series);
	text = json_text(all, JSON_INDENT(1));
	puts(text);
}

/* ---- files ---- */

enum { PATH, STATE, WHY, CREATED, PRODUCER, TIERS, RIGS, RUNS, GOOD, ORIGIN, SHA256, COMMAND };

static sqlite3_stmt *ask_files(struct index *x, bool all, const char *since, const char *until)
{
	return index_ask(
		x,
		"SELECT path, state, why, created, producer, tiers, rigs, runs, good, "
		"origin, sha256, command FROM file "
		"WHERE (state = 'set' AND created BETWEEN ? AND ?) OR (? AND state <> 'set') "
		"ORDER BY state <> 'set', created, path",
		"tti", since ? since : "", until ? until : "~", (long long)all);
}

/* The place that a file was imported from; "" if it was not imported. The caller's. */
static char *origin_of_file(const char *text)
{
	json_auto_t *origin = *text ? json_loads(text, 0, NULL) : NULL;
	char *from = xstrdup(text_at(origin, "from", NULL));

	return from;
}

static void print_files_table(struct index *x, sqlite3_stmt *s, const struct refresh *r, bool all,
			      enum table_format format)
{
	static const char *const head[] = {"created", "runs", "good",	       "commit", "tier",
					   "rig",     "file", "imported from", "state"};
	struct table g = {.columns = all ? 9 : 8, .align = "lrrllllll"};

	table_head(&g, head);
	while (index_row(x, s)) {
		bool set = strcmp(index_text(s, STATE), "set") == 0;
		const char *error = index_text(s, WHY), *none = format == TABLE_CSV ? "" : "-";
		AUTO_FREE char *from = origin_of_file(index_text(s, ORIGIN));

		table_add_all(&g, set ? index_text(s, CREATED) : none,
			      set ? index_text(s, RUNS) : none, set ? index_text(s, GOOD) : none,
			      set ? index_text(s, PRODUCER) : none,
			      set ? index_text(s, TIERS) : none, set ? index_text(s, RIGS) : none,
			      index_text(s, PATH), *from ? from : none, NULL);
		if (all)
			/* Only the first error; validate shows all. */
			strv_add(&g.cells, "%s%s%.*s", index_text(s, STATE), *error ? ": " : "",
				 (int)strcspn(error, "\n"), error);
	}
	for (size_t i = 0; i < r->own.n && all; i++) {
		for (int k = 0; k < 6; k++)
			table_add(&g, format == TABLE_CSV ? "" : "-");
		table_add_all(&g, r->own.v[i], format == TABLE_CSV ? "" : "-", r->own_kinds.v[i],
			      NULL);
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

static json_t *file_json(sqlite3_stmt *s)
{
	const char *state = index_text(s, STATE), *sha256 = index_text(s, SHA256);
	const char *about = index_text(s, WHY);
	json_t *o = json_pack("{s:s, s:s, s:s*}", "file", index_text(s, PATH), "state", state,
			      "sha256", *sha256 ? sha256 : NULL);
	AUTO_STRV struct strv errors = {0};
	json_auto_t *set = NULL;

	if (word_in(state, "verdict declaration link")) {
		if (*about)
			json_object_set_new(o, "about", json_string(about));
		return o;
	}
	if (strcmp(state, "set") != 0) {
		strv_split(&errors, about, '\n');
		json_object_set_new(o, "errors", json_of_texts(&errors));
		return o;
	}
	set = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:o*}", "created",
			index_text(s, CREATED), "version", index_text(s, PRODUCER), "command",
			index_text(s, COMMAND), "tiers", index_text(s, TIERS), "rigs",
			index_text(s, RIGS), "runs", (json_int_t)index_integer(s, RUNS), "good",
			(json_int_t)index_integer(s, GOOD), "origin",
			json_loads(index_text(s, ORIGIN), 0, NULL));
	json_object_update(o, set);
	return o;
}

void history_print_files(struct index *x, const struct refresh *r, bool all, const char *since,
			 const char *until, const char *format)
{
	sqlite3_stmt *s = ask_files(x, all, since, until);
	json_auto_t *files = NULL;
	AUTO_FREE char *text = NULL;

	if (strcmp(format, "json") != 0) {
		print_files_table(x, s, r, all,
				  strcmp(format, "md") == 0    ? TABLE_MARKDOWN
				  : strcmp(format, "csv") == 0 ? TABLE_CSV
							       : TABLE_TEXT);
		index_done(s);
		return;
	}
	files = json_array();
	while (index_row(x, s))
		json_array_append_new(files, file_json(s));
	index_done(s);
	for (size_t i = 0; i < r->own.n && all; i++)
		json_array_append_new(files, json_pack("{s:s, s:s}", "file", r->own.v[i], "state",
						       r->own_kinds.v[i]));
	files = json_pack("{s:s, s:o}", "results", x->dir, "files", files);
	text = json_text(files, JSON_INDENT(1));
	puts(text);
}
