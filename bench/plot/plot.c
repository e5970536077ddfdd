// SPDX-License-Identifier: MIT
#include "plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"
#include "lib/json.h"
#include "lib/registry.h"
#include "lib/options.h"
#include "resultset/identity.h"
#include "spec/catalog.h"

REGISTRY(plot_kind, pvmmu_plots);

const struct plot_kind *plot_kind_at(size_t i)
{
	return REGISTERED_AT(pvmmu_plots, i);
}

const struct plot_kind *plot_kind_by_name(const char *name, char **error)
{
	return REGISTERED(pvmmu_plots, "kind", name, error);
}

char *plot_kinds_text(void)
{
	const struct plot_kind *k;
	AUTO_STRV struct strv lines = {0};

	for (size_t i = 0; (k = plot_kind_at(i)); i++)
		strv_add(&lines, "  %-10s %s\n", k->name, k->summary);
	return strv_join(&lines, "");
}

static bool is_requested(const struct plot_request *r, const json_t *run)
{
	const char *workload = text_at(run, "identity", "workload", "name", NULL);
	const char *variant = text_at(run, "identity", "variant", "name", NULL);

	return (!r->variants || !r->variants->n || strv_has(r->variants, variant)) &&
	       (!r->workload || strcmp(r->workload, workload) == 0);
}

/* A copy of the set with the requested runs only, which are shared. */
static json_t *requested_runs(const struct plot_request *r, json_t *set)
{
	json_t *runs = json_array(), *copy = json_copy(set), *run;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		if (is_requested(r, run))
			json_array_append(runs, run);
	json_object_set_new(copy, "runs", runs);
	return copy;
}

/* The subtitle, and the versions of the measured software. */
static char *footer(const struct plot *p, const struct plot_kind *kind)
{
	AUTO_FREE char *subtitle = kind->subtitle ? kind->subtitle(p) : plot_subtitle(p);
	AUTO_FREE char *vcpus = NULL, *xen = NULL, *qemu = NULL, *sources = NULL;
	AUTO_STRV struct strv commits = {0};
	json_t *run;
	size_t i;

	if (kind->of_directory)
		return xstrdup(subtitle);
	vcpus = plot_all_of(p, "vcpus");
	xen = plot_all_of(p, "xen.version");
	qemu = plot_all_of(p, "qemu.version");
	for (size_t f = 0; f < p->nr_sets; f++)
		json_array_foreach (json_object_get(p->sets[f], "runs"), i, run) {
			AUTO_FREE char *commit = commit_of(p->sets[f], run);

			if (commit)
				strv_add_distinct(&commits, commit);
		}
	sources = strv_join(&commits, " | ");
	return xasprintf("%s; %s vCPU%s%s; %s; sources %s", subtitle, vcpus, *xen ? "; Xen " : "",
			 xen, *qemu ? qemu : "no QEMU", *sources ? sources : "unknown");
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

/* Lines of at most so many characters, broken at blanks; a longer word is a line of its own. */
static void wrap(struct strv *lines, const char *text, size_t columns)
{
	AUTO_STRV struct strv words = {0};
	AUTO_FREE char *line = xstrdup("");

	strv_split(&words, text, ' ');
	for (size_t i = 0; i < words.n; i++) {
		if (*line && characters(line) + 1 + characters(words.v[i]) > columns) {
			strv_add(lines, "%s", line);
			replace_text(&line, "%s", "");
		}
		replace_text(&line, "%s%s%s", line, *line ? " " : "", words.v[i]);
	}
	if (*line)
		strv_add(lines, "%s", line);
}

/* Longer names would cover others; the tables have the complete names. */
#define NAME_MAX_SHOWN	48
#define TITLE_MAX_SHOWN 100

static char *shortened(const char *text, size_t max)
{
	size_t n = 0;
	const char *end = text;

	if (characters(text) <= max)
		return xstrdup(text);
	for (; n < max || (*end & 0xc0) == 0x80; end++)
		n += (*end & 0xc0) != 0x80;
	return xasprintf("%.*s...", (int)(end - text), text);
}

void plot_list_points(struct picture *to, const struct strv *labels)
{
	AUTO_STRV struct strv names = {0}, notes = {0}, bold = {0};

	for (size_t i = 0; i < labels->n; i++) {
		const char *blank = strchr(labels->v[i], ' ');
		AUTO_FREE char *name =
			blank ? xstrndup(labels->v[i], (size_t)(blank - labels->v[i]))
			      : xstrdup(labels->v[i]);
		AUTO_FREE char *clipped = shortened(name, NAME_MAX_SHOWN);
		AUTO_FREE char *note = shortened(blank ? blank + 1 : "", NAME_MAX_SHOWN);
		AUTO_FREE char *strong = picture_bold(clipped);

		strv_add(&names, "%s", clipped);
		strv_add(&bold, "%s", strong);
		strv_add(&notes, "%s", note);
	}
	picture_list(to, "panel_name", &names);
	picture_list(to, "panel_bold", &bold);
	picture_list(to, "panel_note", &notes);
}

void plot_list(struct picture *to, const char *name, const struct strv *names)
{
	AUTO_STRV struct strv shown = {0};

	for (size_t i = 0; i < names->n; i++) {
		AUTO_FREE char *word = shortened(names->v[i], NAME_MAX_SHOWN);

		strv_add(&shown, "%s", word);
	}
	picture_list(to, name, &shown);
}

void plot_list_variants(struct picture *to, const char *name, const struct plot *p)
{
	AUTO_STRV struct strv names = {0};

	for (size_t i = 0; i < p->nr_series; i++)
		strv_add(&names, "%s", p->series[i].name);
	plot_list(to, name, &names);
}

void plot_list_series(struct picture *to, const struct strv *names, const struct strv *keys)
{
	plot_list(to, "series", names);
	picture_list(to, "key", keys ? keys : names);
}

/* Sets the layout of the page; returns its width in pixels. */
static unsigned lay_out_page(struct picture *to, const struct plot *p, const struct plot_kind *kind)
{
	size_t max = kind->columns ? kind->columns : p->nr_series > 5 ? 2 : 3;
	size_t columns = p->nr_panels < max ? p->nr_panels : p->nr_panels == 4 ? 2 : max;
	unsigned width = columns < 2 && kind->columns != 1 ? 640 : 960;

	if (kind->width)
		width = kind->width;

	picture_number(to, "columns", columns ? (double)columns : 1);
	picture_number(to, "width", width);
	return width;
}

/*
 * Sets the block of the table for each panel: each panel with rows has a block, see picture_draw().
 * A panel without rows gets the first block, in which no row is its own.
 */
static void number_blocks(struct picture *to, size_t points)
{
	AUTO_STRV struct strv blocks = {0};
	size_t n = 0, last = 0;
	const char *line = strchr(to->table, '\n');

	for (size_t p = 1; p <= points; p++) {
		size_t point = 0;

		for (; line && (point = strtoul(line + 1, NULL, 10)) <= p;
		     line = strchr(line + 1, '\n'))
			if (point && point != last) {
				n++;
				last = point;
			}
		strv_add(&blocks, "%zu", last == p ? n - 1 : 0);
	}
	picture_list(to, "block", &blocks);
}

static void fill_in(struct picture *to, const struct plot *p, const struct plot_kind *kind)
{
	AUTO_FREE char *full = p->ask->title ? xstrdup(p->ask->title)
			       : kind->title ? kind->title(p)
					     : plot_title(p, "%s", kind->about);
	AUTO_FREE char *title = shortened(full, TITLE_MAX_SHOWN), *bold = picture_bold(title);
	AUTO_FREE char *foot = footer(p, kind);
	AUTO_FREE char *note = kind->axis_note ? kind->axis_note(p) : xstrdup(kind->note);
	unsigned text_columns = p->ask->text_columns ? p->ask->text_columns : 80, letters;
	AUTO_STRV struct strv labels = {0}, names = {0}, keys = {0}, sub_lines = {0},
			      foot_lines = {0};
	FILE *f = open_memstream(&to->table, &to->table_size);

	to->script = kind->script;
	letters = lay_out_page(to, p, kind) / 6;
	letters = p->ask->text_columns ? text_columns : letters;
	picture_number(to, "text_columns", text_columns);
	picture_text(to, "text_colours", p->ask->text_coloured ? "ansirgb" : "mono");
	picture_text(to, "title", bold);
	picture_text(to, "title_plain", title);
	wrap(&sub_lines, note, letters);
	wrap(&foot_lines, foot, letters);
	picture_list(to, "sub", &sub_lines);
	picture_list(to, "foot", &foot_lines);
	for (size_t i = 0; i < p->nr_points; i++)
		strv_add(&labels, "%s", p->data.point[p->point[i]].label);
	for (size_t i = 0; i < p->nr_series; i++) {
		strv_add(&names, "%s", p->series[i].name);
		strv_add(&keys, "%s", p->series[i].key);
	}
	plot_list_points(to, &labels);
	plot_list_series(to, &names, &keys);
	if (kind->variables)
		kind->variables(p, to);
	kind->write_table(f, p);
	fclose(f);
	number_blocks(to, p->nr_panels);
}

bool plot_make(struct picture *to, const struct plot_request *r, char **error)
{
	const struct plot_kind *kind = plot_kind_by_name(r->kind, error);
	struct plot p = {.ask = r, .nr_sets = r->files ? r->files->n : 0, .metric = r->metric};

	*to = (struct picture){0};
	if (!kind)
		return false;
	p.sets = xcalloc(p.nr_sets + 1, sizeof(*p.sets));
	for (size_t i = 0; i < p.nr_sets; i++)
		p.sets[i] = requested_runs(r, r->sets[i]);
	if (kind->begin(&p, error))
		fill_in(to, &p, kind);
	if (kind->end)
		kind->end(&p);
	free(p.own);
	plot_free_series(&p);
	dataset_free(&p.data);
	strv_free(&p.metrics);
	for (size_t i = 0; i < p.nr_sets; i++)
		json_decref(p.sets[i]);
	free(p.sets);
	return !*error;
}

/* ---- for kinds ---- */

/* If the metric is a counter, the sets are laid out again with it. */
static bool find_counter(struct plot *p)
{
	AUTO_STRV struct strv counters = {0};
	struct dataset with;
	AUTO_FREE char *unknown = NULL;
	bool found;

	strv_add(&counters, "%s", p->metric);
	found = dataset_make(&with, p->sets, p->nr_sets, &counters, &unknown);
	if (found) {
		dataset_free(&p->data);
		p->data = with;
		strv_free(&p->metrics);
		dataset_metrics(&p->data, &p->metrics);
		found = strv_has(&p->metrics, p->metric);
	}
	return found;
}

static bool found_something(struct plot *p, char **error)
{
	plot_find_series(p);
	plot_find_points(p);
	p->nr_panels = p->nr_points;
	return p->nr_points || fail(error, "no workload is called \"%s\" there",
				    p->ask->point ? p->ask->point : "");
}

bool plot_lay_out(struct plot *p, char **error)
{
	if (!dataset_make(&p->data, p->sets, p->nr_sets, &(struct strv){0}, error))
		return false;
	dataset_metrics(&p->data, &p->metrics);
	if (!p->metrics.n)
		return fail(error, "no result to draw: nothing was measured");
	if (!p->metric)
		p->metric = p->metrics.v[0];
	if (!strv_has(&p->metrics, p->metric) && !find_counter(p))
		return unknown_name(error, "metric", p->metric, &p->metrics);
	return found_something(p, error) &&
	       (plot_any_cell(p) || fail(error, "no result to draw: nothing was measured there"));
}

bool plot_lay_out_counters(struct plot *p, const struct strv *counters, const char *none,
			   char **error)
{
	AUTO_FREE char *unknown = NULL;

	if (dataset_make(&p->data, p->sets, p->nr_sets, counters, &unknown))
		return found_something(p, error);
	/* Any other error, such as mixed tiers, is reported as it is. */
	fail(error, "%s", strstr(unknown, "unknown counter") ? none : unknown);
	return false;
}
