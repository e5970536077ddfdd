// SPDX-License-Identifier: MIT
/*
 * Medians in the course of time, and where they changed (history.h, change_points.h): a point for
 * each workload, a line for each variant, as percent from where the variant began: variants are far
 * apart, and what is to be seen is how each has moved. To the right it is one result set after the
 * other, not the calendar: days without a measurement would be most of the picture.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "history/events.h"
#include "history/history.h"
#include "lib/json.h"
#include "plot/kind.h"
#include "resultset/resultset_read.h"

struct line {
	const struct track *track;
	size_t point, series;
};

struct past_picture {
	struct history history;
	struct line *line;
	size_t n;
	struct strv points, names, dates;
	const char *tier, *unit, *metric;
	bool exact, lower;
};

static size_t place_in(struct strv *list, const char *text)
{
	size_t i = 0;

	strv_add_distinct(list, text);
	while (strcmp(list->v[i], text) != 0)
		i++;
	return i;
}

/* Labels are ENV-WORKLOAD~VARIANT; rig and seed are said where they are not the usual ones. */
static char *point_name(const struct track *t)
{
	const char *label = t->label, *tilde = strchr(label, '~'), *dash = strchr(label, '-');
	const char *rig = text_at(t->identity, "rig", NULL);
	char *name = xasprintf("%.*s", (int)(tilde ? tilde - label : (long)strlen(label)), label);

	/* A point has the variants of all envs. */
	if (dash && tilde && dash < tilde)
		replace_text(&name, "%s", name + (dash + 1 - label));
	for (char *c = name; *c; c++)
		if (*c == ':')
			*c = ' ';
	if (strcmp(rig, "solo") != 0)
		replace_text(&name, "%s rig=%s", name, rig);
	return name;
}

static bool wants(const struct plot *p, const struct past_picture *o, const struct track *t)
{
	const char *variant = text_at(t->identity, "variant", "name", NULL);
	const char *workload = text_at(t->identity, "workload", "name", NULL);
	bool found = !p->ask->variants || !p->ask->variants->n;

	for (size_t i = 0; !found && i < p->ask->variants->n; i++)
		found = strcmp(p->ask->variants->v[i], variant) == 0;
	return found && t->metric &&
	       (!p->ask->workload || strcmp(p->ask->workload, workload) == 0) &&
	       (!o->tier || (strcmp(o->tier, text_at(t->identity, "tier", NULL)) == 0 &&
			     strcmp(o->metric, t->metric) == 0 && strcmp(o->unit, t->unit) == 0 &&
			     o->lower == t->lower));
}

/* The first value that there is; NaN: there are not two, or nothing can be a share of it. */
static double first_of(const struct track *t)
{
	double first = NAN;
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (isnan(t->point[i].median))
			continue;
		first = n++ ? first : t->point[i].median;
	}
	return n > 1 && first != 0 ? first : NAN;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two series may differ in what the label leaves out, as in memory. */
static bool is_taken(const struct past_picture *o, const char *point, const struct track *t)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->points.v[o->line[i].point], point) == 0 &&
		    strcmp(o->names.v[o->line[i].series],
			   text_at(t->identity, "variant", "name", NULL)) == 0)
			return true;
	return false;
}

static void choose_tracks(const struct plot *p, struct past_picture *o)
{
	for (size_t i = 0; i < o->history.n; i++) {
		const struct track *t = &o->history.track[i];
		char *point;

		if (!wants(p, o, t) || isnan(first_of(t)))
			continue;
		point = point_name(t);
		if (is_taken(o, point, t))
			replace_text(&point, "%s series=%.8s", point, t->key);
		if (p->ask->point && strcmp(p->ask->point, point) != 0) {
			free(point);
			continue;
		}
		if (!o->tier) {
			o->tier = text_at(t->identity, "tier", NULL);
			o->metric = t->metric;
			o->unit = t->unit;
			o->exact = t->exact;
			o->lower = t->lower;
		}
		o->line = xrealloc(o->line, (o->n + 1) * sizeof(*o->line));
		o->line[o->n++] = (struct line){
			t, place_in(&o->points, point),
			place_in(&o->names, text_at(t->identity, "variant", "name", NULL))};
		for (size_t k = 0; k < t->n; k++)
			strv_add_distinct(&o->dates, t->point[k].run->created);
		free(point);
	}
	if (o->dates.n)
		qsort(o->dates.v, o->dates.n, sizeof(*o->dates.v), by_text);
}

static bool begin(struct plot *p, char **error)
{
	struct past_picture *o = xcalloc(1, sizeof(*o));
	struct history_query q = {.filter = p->ask->filter,
				  .rules = {CHANGE_SEGMENT, CHANGE_ALPHA, 0.01}};
	bool ok;

	p->own = o;
	if (p->ask->history) {
		o->history = *p->ask->history; /* borrowed, see end() */
		choose_tracks(p, o);
		return o->n ||
		       fail(error, "nothing of it was measured twice: there is no history yet");
	}
	if (!p->ask->index)
		return fail(error,
			    "a history is drawn of a directory of result sets, not of files");
	if (p->ask->metric)
		strv_add(&q.metrics, "%s", p->ask->metric);
	ok = history_read(&o->history, p->ask->index, &q, error);
	strv_free(&q.metrics);
	if (!ok)
		return false;
	choose_tracks(p, o);
	return o->n || fail(error, "nothing of it was measured twice: there is no history yet");
}

static const struct change *change_at(const struct track *t, size_t point)
{
	for (size_t i = 0; i < t->changes.n; i++)
		if (t->changes.change[i].first == point)
			return &t->changes.change[i];
	return NULL;
}

static void put_share(FILE *f, double before, double after)
{
	AUTO_FREE char *text = share_text(before, after);

	fputs(text, f);
}

static void put_line(FILE *f, const struct past_picture *o, const struct line *l)
{
	double first = first_of(l->track);

	for (size_t i = 0; i < l->track->n; i++) {
		const struct history_point *point = &l->track->point[i];
		const struct change *change = change_at(l->track, i);
		size_t x = 0;

		while (strcmp(o->dates.v[x], point->run->created) != 0)
			x++;
		fprintf(f, "%zu\t%zu\t", l->point + 1, l->series + 1);
		plot_field(f, o->points.v[l->point]);
		fputc('\t', f);
		plot_field(f, o->names.v[l->series]);
		fprintf(f, "\t%zu\t%s", x + 1, point->run->created);
		plot_value(f, point->median);
		plot_value(f, 100 * (point->median / first - 1));
		fprintf(f, "\t%zu\t%s\t", point->n, *point->run->commit ? point->run->commit : "-");
		if (change && change->before != 0 && change->after != change->before)
			put_share(f, change->before, change->after);
		else if (change)
			fputs("changed", f);
		else if (isnan(point->median))
			fprintf(f, "missing: %s", point->run->outcome);
		else
			fputs("-", f);
		plot_value(f, change && change->before != 0
				      ? 100 * (change->after / change->before - 1)
				      : NAN);
		fputc('\n', f);
	}
	/* What follows is another line. */
	fputc('\n', f);
}

static void put(FILE *f, const struct plot *p)
{
	const struct past_picture *o = p->own;

	fputs("#\t#\tpanel\tvariant\tset\tmeasured\tmedian\tpercent\tn\tcommit\tlabel\tchange\n",
	      f);
	for (size_t point = 0; point < o->points.n; point++)
		for (size_t i = 0; i < o->n; i++)
			if (o->line[i].point == point)
				put_line(f, o, &o->line[i]);
}

static char *title(const struct plot *p)
{
	const struct past_picture *o = p->own;

	return xasprintf("In the course of time: %s per operation", o->unit);
}

static char *scale(const struct plot *p)
{
	const struct past_picture *o = p->own;

	return xasprintf("From one result set to the next, by how many percent the median is "
			 "above what it was when the variant was first measured. A triangle: it "
			 "changed there (%s). A cross below: missing.",
			 o->exact ? "exact, so any difference is a change"
				  : "more than chance explains");
}

static char *what(const struct plot *p)
{
	const struct past_picture *o = p->own;
	size_t least = SIZE_MAX, most = 0;
	AUTO_FREE char *n = NULL;

	for (size_t i = 0; i < o->n; i++)
		for (size_t k = 0; k < o->line[i].track->n; k++) {
			size_t samples = o->line[i].track->point[k].n;

			if (!samples)
				continue;
			least = samples < least ? samples : least;
			most = samples > most ? samples : most;
		}
	n = plot_range(least, most);
	return xasprintf("%s (%s is better), tier %s, medians of n = %s; %zu result sets from %s "
			 "to %s",
			 o->unit, o->lower ? "lower" : "higher", shown_tier(o->tier, o->exact), n,
			 o->dates.n, o->dates.v[0], o->dates.v[o->dates.n - 1]);
}

static void words(const struct plot *p, struct picture *to)
{
	const struct past_picture *o = p->own;

	plot_list_points(to, &o->points);
	plot_list_series(to, &o->names, NULL);
	plot_list(to, "date", &o->dates);
}

static size_t points(const struct plot *p)
{
	return ((const struct past_picture *)p->own)->points.n;
}

static void end(struct plot *p)
{
	struct past_picture *o = p->own;

	if (!p->ask->history)
		history_free(&o->history);
	free(o->line);
	strv_free(&o->points);
	strv_free(&o->names);
	strv_free(&o->dates);
}

static const struct plot_kind history = {
	.name = "history",
	.summary = "medians in the course of time, and where they changed (of a directory)",
	.script = "plots/history.gp",
	.takes_metric = true,
	.of_directory = true,
	.columns = 2,
	.begin = begin,
	.put = put,
	.points = points,
	.title = title,
	.scale = scale,
	.what = what,
	.words = words,
	.end = end,
};

PLOT_KIND(history);
