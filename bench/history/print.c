// SPDX-License-Identifier: MIT
#include "print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "lib/outcome.h"

/* Takes over the text. */
static void put(struct table *g, char *text)
{
	strv_add(&g->cells, "%s", text);
	free(text);
}

static void put_text(struct table *g, const char *text)
{
	strv_add(&g->cells, "%s", text);
}

static void put_head(struct table *g, const char *const *head)
{
	for (size_t i = 0; i < g->columns; i++)
		put_text(g, head[i]);
}

/* Every digit for machines; nothing for what was not measured. */
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

	put_head(&g, head);
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
		put_text(&g, t->label);
		put_text(&g, text_at(t->identity, "rig", NULL));
		put_text(&g, text_at(t->identity, "tier", NULL));
		put_text(&g, t->metric ? t->metric : "-");
		put_text(&g, *t->unit ? t->unit : "-");
		put(&g, xasprintf("%zu", t->n));
		put(&g, number_text(first ? first->median : NAN, format));
		put(&g, number_text(last ? last->median : NAN, format));
		put(&g, share_text(first ? first->median : NAN, last ? last->median : NAN));
		put(&g, xasprintf("%zu", changes));
		put_text(&g, t->point[0].run->created);
		put_text(&g, newest(t)->run->created);
		put_text(&g, *when ? when : "-");
		put_text(&g, t->key);
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

/* What a reader has to know of a point beside its numbers. */
static char *note_text(const struct track *t, size_t i)
{
	const struct history_point *p = &t->point[i];
	const struct change *c = change_at(t, i);
	struct strv notes = {0};
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
	strv_free(&notes);
	return text;
}

static char *range_text(const struct history_point *p)
{
	return isnan(p->median) ? xstrdup("-") : readable_range(p->least, p->largest);
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
	put_head(&g, head);
	for (size_t i = first_shown(t, last); i < t->n; i++) {
		const struct history_point *p = &t->point[i];

		put_text(&g, p->run->created);
		put_text(&g, *p->run->commit ? p->run->commit : "-");
		put(&g, number_text(p->median, format));
		put(&g, range_text(p));
		put(&g, xasprintf("%zu", p->n));
		put(&g, xasprintf("%s /runs/%zu", p->run->file, p->run->place));
		put(&g, note_text(t, i));
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

	put_head(&g, head);
	for (size_t k = 0; k < h->n; k++) {
		const struct track *t = &h->track[k];

		for (size_t i = first_shown(t, last); i < t->n; i++) {
			const struct history_point *p = &t->point[i];
			const struct change *c = change_at(t, i);

			put_text(&g, t->key);
			put_text(&g, t->label);
			put_text(&g, text_at(t->identity, "rig", NULL));
			put_text(&g, text_at(t->identity, "tier", NULL));
			put_text(&g, t->metric ? t->metric : "");
			put_text(&g, t->unit);
			put_text(&g, p->run->created);
			put_text(&g, p->run->commit);
			put_text(&g, p->run->outcome);
			put_text(&g, p->run->reason);
			put(&g, xasprintf("%zu", p->n));
			put(&g, number_text(p->median, format));
			put(&g, number_text(p->least, format));
			put(&g, number_text(p->largest, format));
			put(&g, c ? plain_number(c->after - c->before) : xstrdup(""));
			put_text(&g, p->run->file);
			put(&g, xasprintf("/runs/%zu", p->run->place));
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
	char *what = event_text(t, e), *made = changes_text(e->made);
	char *observed = changes_text(e->observed);
	char *before = repeat_text(e->before->run), *after = repeat_text(e->after->run);

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
	free(what);
	free(made);
	free(observed);
	free(before);
	free(after);
}

/* In Markdown as what it is, text to be copied: no character of a name or a command means anything.
 */
static void print_code(const char *text)
{
	struct strv lines = {0};

	strv_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.n; i++)
		if (*lines.v[i])
			printf("    %s\n", lines.v[i]);
	printf("\n");
	strv_free(&lines);
}

static void print_event_markdown(const struct track *t, const struct event *e)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (!to) {
		complain("out of memory");
		exit(EXIT_ERROR);
	}
	print_event(t, e, to);
	fclose(to);
	print_code(text);
	free(text);
}

static void put_event(struct table *g, const struct track *t, const struct event *e)
{
	put_text(g, e->after->run->created);
	put_text(g, t->label);
	put_text(g, t->metric ? t->metric : "");
	put_text(g, e->change ? (t->exact ? "exact" : "shift") : "outcome");
	put(g, event_text(t, e));
	put_text(g, e->before->run->file);
	put_text(g, e->after->run->file);
	put(g, changes_text(e->made));
	put(g, repeat_text(e->before->run));
	put(g, repeat_text(e->after->run));
}

void history_print_changes(const struct history *h, struct index *x, enum table_format format)
{
	static const char *const head[] = {"measured",	    "series",	   "metric", "kind",
					   "what",	    "before",	   "after",  "changed",
					   "repeat before", "repeat after"};
	struct table g = {.columns = 10, .align = "llllllllll"};
	size_t n = 0;

	put_head(&g, head);
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
