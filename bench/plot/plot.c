// SPDX-License-Identifier: MIT
#include "plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"
#include "lib/json.h"
#include "lib/registry.h"
#include "lib/version.h"
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

static bool is_asked_for(const struct plot_request *r, const json_t *run)
{
	const char *workload = text_at(run, "identity", "workload", "name", NULL);
	const char *variant = text_at(run, "identity", "variant", "name", NULL);
	bool found = !r->variants || !r->variants->n;

	for (size_t i = 0; !found && i < r->variants->n; i++)
		found = strcmp(r->variants->v[i], variant) == 0;
	return found && (!r->workload || strcmp(r->workload, workload) == 0);
}

/* A set with those runs only; it shares them. */
static json_t *only_asked(const struct plot_request *r, json_t *set)
{
	json_t *runs = json_array(), *copy = json_copy(set), *run;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		if (is_asked_for(r, run))
			json_array_append(runs, run);
	json_object_set_new(copy, "runs", runs);
	return copy;
}

/* Versions of all that the sets were measured with. Takes over the first words. */
static char *footer_of_sets(const struct plot *p, char *what)
{
	AUTO_FREE char *vcpus = plot_all_of(p, NULL, "vcpus"),
		       *xen = plot_all_of(p, "xen", "version");
	AUTO_FREE char *qemu = plot_all_of(p, "qemu", "version"), *sources = NULL;
	char *text;
	AUTO_STRV struct strv commits = {0};
	json_t *run;
	size_t i;

	for (size_t f = 0; f < p->nr_sets; f++)
		json_array_foreach (json_object_get(p->sets[f], "runs"), i, run) {
			AUTO_FREE char *commit = commit_of(p->sets[f], run);

			if (commit)
				strv_add_distinct(&commits, commit);
		}
	sources = strv_join(&commits, " | ");
	text = xasprintf("%s; %s vCPU%s%s; %s; sources %s", what, vcpus, *xen ? "; Xen " : "", xen,
			 *qemu ? qemu : "no QEMU", *sources ? sources : "unknown");
	free(what);
	return text;
}

/* What is drawn, and what it was measured with. */
static char *footer(const struct plot *p, const struct plot_kind *kind)
{
	char *what = kind->what(p);

	return kind->of_directory ? what : footer_of_sets(p, what);
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

/* Long names would cover others; the tables have them whole. */
#define NAME_MAX_SHOWN	48
#define TITLE_MAX_SHOWN 100

static char *shortened(const char *text, size_t most)
{
	size_t n = 0;
	const char *end = text;

	if (characters(text) <= most)
		return xstrdup(text);
	for (; n < most || (*end & 0xc0) == 0x80; end++)
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

void plot_list_series(struct picture *to, const struct strv *names, const struct strv *keys)
{
	plot_list(to, "series", names);
	picture_list(to, "key", keys ? keys : names);
}

static unsigned page(struct picture *to, const struct plot_kind *kind, size_t points, size_t series)
{
	size_t most = kind->columns ? kind->columns : series > 5 ? 2 : 3;
	size_t columns = points < most ? points : points == 4 ? 2 : most;
	unsigned width = columns < 2 && kind->columns != 1 ? 640 : 960;

	if (kind->width)
		width = kind->width;

	picture_number(to, "columns", columns ? (double)columns : 1);
	picture_number(to, "width", width);
	return width;
}

/*
 * In which block of the table each point is: it has one for each point that has rows, see
 * picture_draw(). A point that has none looks into the first, and finds nothing of its own.
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
	AUTO_FREE char *whole = p->ask->title ? xstrdup(p->ask->title) : kind->title(p);
	AUTO_FREE char *title = shortened(whole, TITLE_MAX_SHOWN), *bold = picture_bold(title);
	AUTO_FREE char *foot = footer(p, kind), *scale = kind->scale(p);
	unsigned text_columns = p->ask->text_columns ? p->ask->text_columns : 80, letters;
	AUTO_STRV struct strv labels = {0}, names = {0}, keys = {0}, sub_lines = {0},
			      foot_lines = {0};
	FILE *f = open_memstream(&to->table, &to->table_size);

	to->script = kind->script;
	letters = page(to, kind, kind->points ? kind->points(p) : p->nr_points, p->nr_series) / 6;
	letters = p->ask->text_columns ? text_columns : letters;
	picture_number(to, "text_columns", text_columns);
	picture_text(to, "text_colours", p->ask->text_coloured ? "ansirgb" : "mono");
	picture_text(to, "title", bold);
	picture_text(to, "title_plain", title);
	wrap(&sub_lines, scale, letters);
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
	if (kind->words)
		kind->words(p, to);
	kind->put(f, p);
	fclose(f);
	number_blocks(to, kind->points ? kind->points(p) : p->nr_points);
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
		p.sets[i] = only_asked(r, r->sets[i]);
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

/* ---- what kinds are made with ---- */

static bool has(const struct strv *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

/* A metric may be a counter as well: then the sets are laid out again with it. */
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
		found = has(&p->metrics, p->metric);
	}
	return found;
}

static bool found_something(struct plot *p, char **error)
{
	plot_find_series(p);
	plot_find_points(p);
	return p->nr_points || fail(error, "no workload is called \"%s\" there",
				    p->ask->point ? p->ask->point : "");
}

bool plot_lay_out(struct plot *p, char **error)
{
	if (!dataset_make(&p->data, p->sets, p->nr_sets, &(struct strv){0}, error))
		return false;
	dataset_metrics(&p->data, &p->metrics);
	if (!p->metrics.n)
		return fail(error, "nothing was measured: there is nothing to draw");
	if (!p->metric)
		p->metric = p->metrics.v[0];
	if (!has(&p->metrics, p->metric) && !find_counter(p))
		return unknown_name(error, "metric", p->metric, &p->metrics);
	return found_something(p, error) &&
	       (plot_any_cell(p) || fail(error, "nothing was measured there: there is nothing to "
						"draw"));
}

bool plot_lay_out_counters(struct plot *p, const struct strv *counters, const char *none,
			   char **error)
{
	AUTO_FREE char *unknown = NULL;

	if (dataset_make(&p->data, p->sets, p->nr_sets, counters, &unknown))
		return found_something(p, error);
	/* Other tiers are another trouble than no counters. */
	fail(error, "%s", strstr(unknown, "unknown counter") ? none : unknown);
	return false;
}
