// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "history/events.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "page.h"

#define WIDTH  180.0
#define HEIGHT 26.0
#define MARGIN 3.0

struct scale {
	double low, high;
	size_t n;
};

static double x_of(const struct scale *s, double place)
{
	return s->n < 2 ? WIDTH / 2 : MARGIN + place * (WIDTH - 2 * MARGIN) / (double)(s->n - 1);
}

/* A constant value is a line in the middle. */
static double y_of(const struct scale *s, double v)
{
	if (isnan(v))
		return HEIGHT - MARGIN;
	if (s->high <= s->low)
		return HEIGHT / 2;
	return HEIGHT - MARGIN - (v - s->low) / (s->high - s->low) * (HEIGHT - 2 * MARGIN);
}

static void render_dot(struct html *h, const struct scale *s, size_t i, double v, const char *class,
		       double radius)
{
	html_open(h, "circle", "class", class);
	html_attr(h, "cx", "%.1f", x_of(s, (double)i));
	html_attr(h, "cy", "%.1f", y_of(s, v));
	html_attr(h, "r", "%g", radius);
	html_close(h);
}

/* Points without a value interrupt the line. */
static void render_lines(struct html *h, const struct scale *s, const struct track *t)
{
	struct strv points = {0};
	char *all;

	for (size_t i = 0; i <= t->n; i++) {
		if (i < t->n && !isnan(t->point[i].median)) {
			strv_add(&points, "%.1f,%.1f", x_of(s, (double)i),
				 y_of(s, t->point[i].median));
			continue;
		}
		if (points.n > 1) {
			all = strv_join(&points, " ");
			html_open(h, "polyline", "class", "line", "points", all);
			html_close(h);
			free(all);
		}
		strv_free(&points);
	}
}

/* A line between the last point before an annotation and the first one after it. */
static void render_notes(struct html *h, const struct scale *s, const struct track *t,
			 const json_t *notes)
{
	json_t *note;
	size_t k;

	json_array_foreach (notes, k, note) {
		const char *date = text_at(note, "date", NULL);
		size_t after = 0;

		while (after < t->n && strcmp(t->point[after].run->created, date) < 0)
			after++;
		if (!after || after == t->n)
			continue;
		html_open(h, "line", "class", "note");
		html_attr(h, "x1", "%.1f", x_of(s, (double)after - 0.5));
		html_attr(h, "x2", "%.1f", x_of(s, (double)after - 0.5));
		html_attr(h, "y1", "0");
		html_attr(h, "y2", "%g", HEIGHT);
		html_leaf(h, "title", NULL, "%s: %s", date, text_at(note, "text", NULL));
		html_close(h);
	}
}

static void render_spark(struct html *h, const struct track *t, const json_t *notes)
{
	struct scale s = {INFINITY, -INFINITY, t->n};

	for (size_t i = 0; i < t->n; i++) {
		s.low = fmin(s.low, t->point[i].median);
		s.high = fmax(s.high, t->point[i].median);
	}
	html_open(h, "svg", "class", "spark");
	html_attr(h, "width", "%g", WIDTH);
	html_attr(h, "height", "%g", HEIGHT);
	html_attr(h, "viewBox", "0 0 %g %g", WIDTH, HEIGHT);
	html_attr(h, "role", "img");
	html_attr(h, "aria-label", "%zu points, %zu changes", t->n, t->changes.n);
	render_notes(h, &s, t, notes);
	render_lines(h, &s, t);
	for (size_t i = 0; i < t->n; i++)
		if (isnan(t->point[i].median))
			render_dot(h, &s, i, NAN, "gone", 2);
	for (size_t i = 0; i < t->changes.n; i++)
		render_dot(h, &s, t->changes.change[i].first,
			   t->point[t->changes.change[i].first].median, "change", 2.5);
	if (t->n)
		render_dot(h, &s, t->n - 1, t->point[t->n - 1].median, "dot", 1.75);
	html_close(h);
}

/*
 * trend.html: changes of values, from the same index and by the same rules as `pvmmu history`, and
 * annotations.
 */

/* Further groups of changes are only counted. */
#define CHANGES_LISTED 60

/* A change of a track, or an annotation. */
struct happened {
	const char *date; /* borrowed */
	const struct track *track;
	const struct event *event; /* NULL: an annotation */
	const char *text;	   /* of it; borrowed */
	char *made;		   /* the other differences; NULL: an annotation */
};

struct happenings {
	struct happened *v;
	size_t n;
	struct events *events; /* of each track */
	size_t nr_events;
};

static int newest_first(const void *a, const void *b)
{
	const struct happened *x = a, *y = b;
	int order = strcmp(y->date, x->date);

	if (order || !x->event || !y->event)
		return order ? order : !y->event - !x->event;
	order = strcmp(x->made, y->made);
	order = order ? order : strcmp(x->track->label, y->track->label);
	return order ? order : strcmp(x->track->key, y->track->key);
}

static void add(struct happenings *all, struct happened one)
{
	all->v = xrealloc(all->v, (all->n + 1) * sizeof(*all->v));
	all->v[all->n++] = one;
}

/*
 * The other differences, in words that all series of a set share. Each variant has its own images
 * and each workload its own arguments of QEMU, so for these the text only says that they differ.
 * The caller's.
 */
static char *cause_of(const struct event *e)
{
	static const char images[] = "image.", arguments[] = "qemu.arguments";
	json_t *rest = json_array(), *change;
	bool other_images = false, other_arguments = false;
	char *text;
	size_t i;

	json_array_foreach (e->made, i, change) {
		const char *what = text_at(change, "what", NULL);

		if (strncmp(what, images, strlen(images)) == 0)
			other_images = true;
		else if (strcmp(what, arguments) == 0)
			other_arguments = true;
		else
			json_array_append(rest, change);
	}
	text = changes_text(rest);
	if (other_images)
		replace_text(&text, "%s%simages", text, *text ? "; " : "");
	if (other_arguments)
		replace_text(&text, "%s%sQEMU's arguments", text, *text ? "; " : "");
	json_decref(rest);
	return text;
}

static struct happenings collect(struct site_model *m, bool annotations)
{
	struct happenings all = {0};
	json_t *note;
	size_t k;

	all.events = xcalloc(m->history.n + 1, sizeof(*all.events));
	for (size_t i = 0; i < m->history.n; i++) {
		const struct track *t = &m->history.track[i];
		struct events *e = &all.events[all.nr_events++];

		*e = events_of(t, &m->index);
		for (k = 0; k < e->n; k++)
			add(&all, (struct happened){e->event[k].after->run->created, t,
						    &e->event[k], NULL, cause_of(&e->event[k])});
	}
	if (annotations)
		json_array_foreach (m->notes, k, note)
			add(&all, (struct happened){text_at(note, "date", NULL), NULL, NULL,
						    text_at(note, "text", NULL), NULL});
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), newest_first);
	return all;
}

static void happenings_free(struct happenings *all)
{
	for (size_t i = 0; i < all->nr_events; i++)
		events_free(&all->events[i]);
	for (size_t i = 0; i < all->n; i++)
		free(all->v[i].made);
	free(all->events);
	free(all->v);
}

/* The file of a run, found by its hash since the run may be in a copy. */
static const struct site_file *file_of(struct site_model *m, const struct past_run *run)
{
	sqlite3_stmt *s =
		index_ask(&m->index, "SELECT sha256 FROM file WHERE path = ?", "t", run->file);
	const struct site_file *file = NULL;
	bool known = index_row(&m->index, s);

	for (size_t i = 0; known && i < m->nr_files && !file; i++)
		if (strcmp(m->file[i].sha256, index_text(s, 0)) == 0)
			file = &m->file[i];
	index_done(s);
	return file;
}

static void render_file(struct page *p, const struct past_run *run)
{
	const struct site_file *f = file_of(&p->s->model, run);

	if (f)
		page_file(p, f);
}

/* A change of value is worse by its metric, a change of outcome if it is no success. */
static bool is_worse(const struct happened *h)
{
	const struct change *c = h->event->change;

	if (!c)
		return strcmp(h->event->after->run->outcome, "success") != 0;
	return c->after != c->before && (c->after > c->before) == h->track->lower;
}

static bool is_better(const struct happened *h)
{
	const struct change *c = h->event->change;

	return c ? c->after != c->before && !is_worse(h) : !is_worse(h);
}

static void render_series(struct page *p, const struct happened *h)
{
	AUTO_FREE char *what = event_text(h->track, h->event),
		       *before = repeat_text(h->event->before->run);
	AUTO_FREE char *after = repeat_text(h->event->after->run);

	html_open(p->h, "li");
	html_leaf(p->h, "b", NULL, "%s", h->track->label);
	html_text(p->h, ": %s, from ", what);
	render_file(p, h->event->before->run);
	html_text(p->h, " to ");
	render_file(p, h->event->after->run);
	html_open(p->h, "br");
	html_close(p->h);
	page_command(p, before);
	html_open(p->h, "br");
	html_close(p->h);
	page_command(p, after);
	html_close(p->h);
}

/* The changes of n series on one day with the same other differences; brief: without a list. */
static void render_group(struct page *p, const struct happened *h, size_t n, bool brief)
{
	size_t worse = 0, better = 0;

	for (size_t i = 0; i < n; i++) {
		worse += is_worse(&h[i]);
		better += is_better(&h[i]);
	}
	html_leaf(p->h, "td", "long", "%s", *h->made ? h->made : "no known difference");
	html_leaf(p->h, "td", NULL, "%zu series: %zu worse, %zu better", n, worse, better);
	html_open(p->h, "td");
	if (brief) {
		html_text(p->h, "%s%s", h->track->label, n > 1 ? " and others" : "");
		html_close(p->h);
		return;
	}
	html_open(p->h, "details");
	html_leaf(p->h, "summary", NULL, "%s%s", h->track->label, n > 1 ? " and others" : "");
	html_open(p->h, "ul");
	for (size_t i = 0; i < n; i++)
		render_series(p, &h[i]);
	html_close(p->h);
	html_close(p->h);
	html_close(p->h);
}

/* The number of changes from `first` on with the same day and the same differences. */
static size_t size_of_group(const struct happenings *all, size_t first)
{
	const struct happened *h = &all->v[first];
	size_t n = 1;

	while (first + n < all->n && h->made && all->v[first + n].made &&
	       strcmp(h[n].made, h->made) == 0 &&
	       strncmp(h[n].date, h->date, strlen("0000-00-00")) == 0)
		n++;
	return n;
}

/* At most so many groups. */
static void render_happenings(struct page *p, const struct happenings *all, size_t groups,
			      bool brief)
{
	static const char *const heads[] = {"when", "what else was different", "what changed",
					    "series, result sets and commands", NULL};
	size_t i = 0;

	page_table(p, "figures changes", false, "changes, newest first", heads);
	for (size_t k = 0; i < all->n && k < groups; k++) {
		const struct happened *h = &all->v[i];
		size_t n = size_of_group(all, i);

		html_open(p->h, "tr");
		html_leaf(p->h, "td", NULL, "%s", h->date);
		if (h->event) {
			render_group(p, h, n, brief);
		} else {
			html_open(p->h, "td", "class", "annotation", "colspan", "3");
			html_text(p->h, "%s", h->text);
			html_close(p->h);
		}
		html_close(p->h);
		i += n;
	}
	page_table_end(p);
	if (i < all->n)
		html_leaf(p->h, "p", "lead", "%zu older changes are not listed.", all->n - i);
}

void render_changes(struct page *p, size_t n)
{
	struct site_model *m = &p->s->model;
	struct happenings all = m->has_history ? collect(m, false) : (struct happenings){0};

	if (all.n) {
		html_leaf(p->h, "h2", NULL, "How it has changed");
		render_happenings(p, &all, n, true);
		html_open(p->h, "p");
		page_link(p, "trend.html", "All changes, and each series");
		html_close(p->h);
	}
	happenings_free(&all);
}

/* ---- the series ---- */

static const struct history_point *first_known(const struct track *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!isnan(t->point[i].median))
			return &t->point[i];
	return NULL;
}

static const struct history_point *last_known(const struct track *t)
{
	for (size_t i = t->n; i; i--)
		if (!isnan(t->point[i - 1].median))
			return &t->point[i - 1];
	return NULL;
}

static void render_track(struct page *p, const struct track *t)
{
	const struct history_point *first = first_known(t), *last = last_known(t);
	AUTO_FREE char *page = workload_page(text_at(t->identity, "workload", "name", NULL));
	AUTO_FREE char *share = first ? share_text(first->median, last->median) : xstrdup("-");
	AUTO_FREE char *median = readable_number(last ? last->median : NAN);

	html_open(p->h, "tr");
	html_open(p->h, "th", "scope", "row");
	page_link(p, page, "%s", t->label);
	html_close(p->h);
	html_leaf(p->h, "td", NULL, "%s%s%s", t->metric ? t->metric : "nothing was measured",
		  t->unit ? ", " : "", t->unit ? t->unit : "");
	page_number(p, (double)t->n, "%zu", t->n);
	html_leaf(p->h, "td", NULL, "%.10s to %.10s", t->point[0].run->created,
		  t->point[t->n - 1].run->created);
	page_number(p, last ? last->median : NAN, "%s", median);
	page_number(p, first && first->median > 0 ? last->median / first->median : NAN, "%s",
		    share);
	page_number(p, (double)t->changes.n, "%zu", t->changes.n);
	html_open(p->h, "td");
	render_spark(p->h, t, p->s->model.notes);
	html_close(p->h);
	html_close(p->h);
}

static void render_tracks(struct page *p)
{
	static const char *const heads[] = {"series",	"metric",  "#sets",
					    "from",	"#newest", "#since the first",
					    "#changes", "course",  NULL};
	const struct history *h = &p->s->model.history;
	size_t once = 0;

	html_leaf(p->h, "h2", NULL, "Each series");
	html_leaf(
		p->h, "p", "lead",
		"A series is a repeated measurement with the same command. The line spans minimum to "
		"maximum, not from zero; a filled point is a change, a point at the bottom a run "
		"without a value, a dashed line an annotation.");
	page_table(p, "figures series", true, "series that were measured more than once", heads);
	for (size_t i = 0; i < h->n; i++)
		if (h->track[i].n > 1)
			render_track(p, &h->track[i]);
		else
			once++;
	page_table_end(p);
	if (once)
		html_leaf(p->h, "p", "lead", "%zu series were measured only once: no history.",
			  once);
}

void write_trend(struct site *s)
{
	struct site_model *m = &s->model;
	struct page p =
		page_begin(s, "trend.html", "Trend",
			   "Changes from one result set to the next, and the other differences "
			   "between both.",
			   NULL);
	struct happenings all = m->has_history ? collect(m, true) : (struct happenings){0};

	if (m->nr_files)
		page_tools(&p, "table.figures tbody tr");
	if (!m->nr_files)
		html_leaf(p.h, "p", NULL, "There are no result sets yet.");
	else if (all.n)
		render_happenings(&p, &all, CHANGES_LISTED, false);
	else
		html_leaf(
			p.h, "p", NULL,
			"There are no changes. An exact value changes as soon as one sample does; a "
			"time, only with five result sets before and after.");
	if (m->has_history)
		render_tracks(&p);
	page_end(&p);
	happenings_free(&all);
}
