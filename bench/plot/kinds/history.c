// SPDX-License-Identifier: MIT
/*
 * Medians over time, and where they changed (history.h, change_points.h): a panel for each
 * workload, a line for each variant, in percent from the first value of the variant, so that lines
 * can be compared although variants differ a lot. The horizontal axis counts result sets, since on
 * a calendar most days would be empty.
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

struct history_chart {
	struct history history;
	struct line *line;
	size_t n;
	struct strv points, names, dates;
	const char *tier, *unit, *metric;
	bool exact, lower;
};

/* The name without env and variant: labels are ENV-WORKLOAD~VARIANT. A rig other than solo is
 * added. */
static char *point_name(const struct track *t)
{
	const char *label = t->label, *tilde = strchr(label, '~'), *dash = strchr(label, '-');
	const char *rig = text_at(t->identity, "rig", NULL);
	char *name = xasprintf("%.*s", (int)(tilde ? tilde - label : (long)strlen(label)), label);

	if (dash && tilde && dash < tilde)
		replace_text(&name, "%s", name + (dash + 1 - label));
	for (char *c = name; *c; c++)
		if (*c == ':')
			*c = ' ';
	if (strcmp(rig, "solo") != 0)
		replace_text(&name, "%s rig=%s", name, rig);
	return name;
}

static bool wants(const struct plot *p, const struct history_chart *o, const struct track *t)
{
	const char *variant = text_at(t->identity, "variant", "name", NULL);
	const char *workload = text_at(t->identity, "workload", "name", NULL);
	const struct strv *variants = p->ask->variants;

	return (!variants || !variants->n || strv_has(variants, variant)) && t->metric &&
	       (!p->ask->workload || strcmp(p->ask->workload, workload) == 0) &&
	       (!o->tier || (strcmp(o->tier, text_at(t->identity, "tier", NULL)) == 0 &&
			     strcmp(o->metric, t->metric) == 0 && strcmp(o->unit, t->unit) == 0 &&
			     o->lower == t->lower));
}

/* The first value; NaN if there are fewer than two, or if it is 0. */
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

/* Two series may have the same label, for example with different memory. */
static bool is_taken(const struct history_chart *o, const char *point, const struct track *t)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->points.v[o->line[i].point], point) == 0 &&
		    strcmp(o->names.v[o->line[i].series],
			   text_at(t->identity, "variant", "name", NULL)) == 0)
			return true;
	return false;
}

static void choose_tracks(const struct plot *p, struct history_chart *o)
{
	for (size_t i = 0; i < o->history.n; i++) {
		const struct track *t = &o->history.track[i];
		const char *variant = text_at(t->identity, "variant", "name", NULL);
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
		strv_add_distinct(&o->points, point);
		strv_add_distinct(&o->names, variant);
		o->line = xrealloc(o->line, (o->n + 1) * sizeof(*o->line));
		o->line[o->n++] = (struct line){t, strv_find(&o->points, point),
						strv_find(&o->names, variant)};
		for (size_t k = 0; k < t->n; k++)
			strv_add_distinct(&o->dates, t->point[k].run->created);
		free(point);
	}
	if (o->dates.n)
		qsort(o->dates.v, o->dates.n, sizeof(*o->dates.v), by_text);
}

static bool begin(struct plot *p, char **error)
{
	struct history_chart *o = p->own = xcalloc(1, sizeof(*o));
	struct history_query q = {.filter = p->ask->filter,
				  .rules = {CHANGE_SEGMENT, CHANGE_ALPHA, 0.01}};
	bool ok = true;

	if (p->ask->history) {
		o->history = *p->ask->history; /* borrowed, see end() */
	} else if (!p->ask->index) {
		return fail(error, "a history needs a directory of result sets, not files");
	} else {
		if (p->ask->metric)
			strv_add(&q.metrics, "%s", p->ask->metric);
		ok = history_read(&o->history, p->ask->index, &q, error);
		strv_free(&q.metrics);
	}
	if (ok)
		choose_tracks(p, o);
	p->nr_panels = o->points.n;
	return o->n || fail(error, "measured only once: no history");
}

static const struct change *change_at(const struct track *t, size_t point)
{
	for (size_t i = 0; i < t->changes.n; i++)
		if (t->changes.change[i].first == point)
			return &t->changes.change[i];
	return NULL;
}

static void write_line(FILE *f, const struct history_chart *o, const struct line *l)
{
	double first = first_of(l->track);

	for (size_t i = 0; i < l->track->n; i++) {
		const struct history_point *point = &l->track->point[i];
		const struct change *change = change_at(l->track, i);
		bool has_share = change && change->before != 0;
		AUTO_FREE char *share = has_share && change->after != change->before
						? share_text(change->before, change->after)
						: NULL;

		plot_named_row(f, l->point, l->series, o->points.v[l->point],
			       o->names.v[l->series]);
		fprintf(f, "\t%zu\t%s", strv_find(&o->dates, point->run->created) + 1,
			point->run->created);
		plot_value(f, point->median);
		plot_value(f, 100 * (point->median / first - 1));
		fprintf(f, "\t%zu\t%s", point->n, *point->run->commit ? point->run->commit : "-");
		if (!change && isnan(point->median))
			fprintf(f, "\tmissing: %s", point->run->outcome);
		else
			fprintf(f, "\t%s", share ? share : change ? "changed" : "-");
		plot_value(f, has_share ? 100 * (change->after / change->before - 1) : NAN);
		fputc('\n', f);
	}
	/* An empty line ends the line. */
	fputc('\n', f);
}

static void write_table(FILE *f, const struct plot *p)
{
	const struct history_chart *o = p->own;

	fputs("#\t#\tpanel\tvariant\tset\tmeasured\tmedian\tpercent\tn\tcommit\tlabel\tchange\n",
	      f);
	for (size_t point = 0; point < o->points.n; point++)
		for (size_t i = 0; i < o->n; i++)
			if (o->line[i].point == point)
				write_line(f, o, &o->line[i]);
}

static char *title(const struct plot *p)
{
	const struct history_chart *o = p->own;

	return xasprintf("Over time: %s per operation", o->unit);
}

static char *axis_note(const struct plot *p)
{
	const struct history_chart *o = p->own;

	return xasprintf(
		"The median in percent from the first value of the variant, by result set. A "
		"triangle: it changed there (%s). A cross below: missing.",
		o->exact ? "exact, so any difference is a change" : "more than chance explains");
}

static char *subtitle(const struct plot *p)
{
	const struct history_chart *o = p->own;
	size_t min = SIZE_MAX, max = 0;
	AUTO_FREE char *n = NULL;

	for (size_t i = 0; i < o->n; i++)
		for (size_t k = 0; k < o->line[i].track->n; k++) {
			size_t samples = o->line[i].track->point[k].n;

			if (!samples)
				continue;
			min = samples < min ? samples : min;
			max = samples > max ? samples : max;
		}
	n = plot_range(min, max);
	return xasprintf(
		"%s (%s is better), tier %s, medians of n = %s; %zu result sets from %s to %s",
		o->unit, o->lower ? "lower" : "higher", shown_tier(o->tier, o->exact), n,
		o->dates.n, o->dates.v[0], o->dates.v[o->dates.n - 1]);
}

static void set_variables(const struct plot *p, struct picture *to)
{
	const struct history_chart *o = p->own;

	plot_list_points(to, &o->points);
	plot_list_series(to, &o->names, NULL);
	plot_list(to, "date", &o->dates);
}

static void end(struct plot *p)
{
	struct history_chart *o = p->own;

	if (!p->ask->history)
		history_free(&o->history);
	free(o->line);
	strv_free(&o->points);
	strv_free(&o->names);
	strv_free(&o->dates);
}

static const struct plot_kind history = {
	.name = "history",
	.summary = "medians over time, and where they changed (of a directory)",
	.script = "plots/history.gp",
	.takes_metric = true,
	.of_directory = true,
	.columns = 2,
	.begin = begin,
	.write_table = write_table,
	.title = title,
	.axis_note = axis_note,
	.subtitle = subtitle,
	.variables = set_variables,
	.end = end,
};

PLOT_KIND(history);
