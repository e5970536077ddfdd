// SPDX-License-Identifier: MIT
/* index.html: verdicts and missing results, the best variant for each workload, and the matrix. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "compare/native_ratio.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "page.h"
#include "spec/custom_variant.h"

/* The newest changes that are shown. */
#define CHANGES_SHOWN 8

/* Further items of a list are only counted. */
#define REASONS_SHOWN 12

/* ---- verdicts, missing results ---- */

static void render_verdicts(struct page *p)
{
	json_t *entry;
	size_t i;

	json_array_foreach (p->s->model.verdicts, i, entry) {
		const json_t *verdict = json_object_get(entry, "verdict");
		const char *word = text_at(verdict, "verdict", NULL);
		const char *reason = text_at(verdict, "reason", NULL);
		const char *judged = text_at(verdict, "new", "file", NULL);
		const char *slash = strrchr(judged, '/');

		html_open(p->h, "p");
		html_attr(p->h, "class", "verdict %s", word);
		html_leaf(p->h, "strong", NULL, "%s", word);
		html_text(p->h, " says %s%s%s", text_at(entry, "name", NULL), *judged ? " of " : "",
			  slash ? slash + 1 : judged);
		html_text(p->h, "%s%s", *reason ? ": " : "", reason);
		html_close(p->h);
	}
}

/* {outcome and reason: ids} of the shown runs that did not succeed; a new reference. */
static json_t *count_failures(const struct site_model *m)
{
	json_t *all = json_object();

	for (size_t i = 0; i < m->nr_groups; i++)
		for (size_t k = 0; k < m->group[i].n; k++) {
			const json_t *run = m->group[i].run[k].run;
			const char *status = text_at(run, "outcome", "status", NULL);
			const char *reason = text_at(run, "outcome", "reason", NULL);
			AUTO_FREE char *what = xasprintf("%s: %s", status, reason);

			if (strcmp(status, "success") != 0)
				json_array_append(array_in(all, what), json_object_get(run, "id"));
		}
	return all;
}

/* The variants with a name, or those given by their axes: each gets a table. */
static struct strv variants_of(const struct site_group *g, bool custom)
{
	struct strv list = {0};

	for (size_t v = 0; v < g->variants.n; v++)
		if (is_custom(g->variants.v[v]) == custom)
			strv_add(&list, "%s", g->variants.v[v]);
	return list;
}

static bool has_cell(const struct site_group *g, size_t point, const char *variant)
{
	return dataset_find(&g->data, 0, point, variant, g->metric) ||
	       dataset_find_failed(&g->data, 0, point, variant);
}

static bool has_row(const struct site_group *g, size_t point, const struct strv *variants)
{
	for (size_t v = 0; v < variants->n; v++)
		if (has_cell(g, point, variants->v[v]))
			return true;
	return false;
}

/* The number of cells of the matrices without a run. */
static size_t count_holes(const struct site_model *m)
{
	size_t holes = 0;

	for (size_t i = 0; i < m->nr_groups; i++)
		for (int custom = 0; custom < 2; custom++) {
			const struct site_group *g = &m->group[i];
			AUTO_STRV struct strv variants = variants_of(g, custom);

			for (size_t point = 0; point < g->data.nr_points; point++)
				for (size_t v = 0; v < variants.n && has_row(g, point, &variants);
				     v++)
					holes += !has_cell(g, point, variants.v[v]);
		}
	return holes;
}

/* Runs that were requested for a set but are not in it. */
static struct strv undeclared(struct site_model *m)
{
	struct strv list = {0};

	for (size_t i = 0; i < m->nr_heads; i++) {
		const struct site_file *f = &m->file[m->head[i].file];
		sqlite3_stmt *s =
			index_ask(&m->index, "SELECT name FROM run WHERE file = ?", "i", f->row);
		json_auto_t *there = json_object();
		json_t *id;
		size_t k;

		while (index_row(&m->index, s))
			json_object_set_new(there, index_text(s, 0), json_true());
		index_done(s);
		json_array_foreach (json_object_get(m->head[i].set, "declared"), k, id)
			if (!json_object_get(there, json_string_value(id)))
				strv_add(&list, "%s, asked for in %s", json_string_value(id),
					 f->name);
	}
	return list;
}

/* Lists metrics with separate units and the number of failed charts; returns their count. */
static size_t render_apart(struct page *p)
{
	const struct site_model *m = &p->s->model;
	size_t failed = json_object_size(p->s->charts.failed);

	for (size_t i = 0; i < m->apart.n; i++)
		html_leaf(p->h, "li", NULL, "Shown separately because they cannot be compared: %s.",
			  m->apart.v[i]);
	if (failed)
		html_leaf(p->h, "li", NULL,
			  "%zu chart%s could not be drawn; the pages of their workloads say why.",
			  failed, failed == 1 ? "" : "s");
	return m->apart.n + failed;
}

static void render_missing(struct page *p)
{
	struct site_model *m = &p->s->model;
	json_auto_t *failures = count_failures(m);
	json_t *ids, *id;
	AUTO_STRV struct strv absent = undeclared(m);
	size_t holes = count_holes(m), n = absent.n, i;
	const char *what;

	json_object_foreach (failures, what, ids)
		n += json_array_size(ids);
	html_open(p->h, "details");
	html_attr(p->h, "class", "missing%s", n ? " some" : "");
	html_leaf(
		p->h, "summary", NULL,
		"%zu run%s without a value; %zu combination%s not measured; %zu file%s unreadable",
		n, n == 1 ? "" : "s", holes, holes == 1 ? "" : "s", p->s->report->unusable,
		p->s->report->unusable == 1 ? "" : "s");
	html_open(p->h, "ul");
	json_object_foreach (failures, what, ids) {
		html_open(p->h, "li");
		html_text(p->h, "%zu: %s", json_array_size(ids), what);
		html_open(p->h, "span", "class", "ids");
		json_array_foreach (ids, i, id)
			if (i < REASONS_SHOWN)
				html_text(p->h, "%s%s", i ? ", " : " ", json_string_value(id));
		html_text(p->h, "%s", json_array_size(ids) > REASONS_SHOWN ? ", ..." : "");
		html_close(p->h);
		html_close(p->h);
	}
	for (i = 0; i < absent.n && i < REASONS_SHOWN; i++)
		html_leaf(p->h, "li", NULL, "%s, is missing", absent.v[i]);
	if (absent.n > REASONS_SHOWN)
		html_leaf(p->h, "li", NULL, "and %zu more that were asked for",
			  absent.n - REASONS_SHOWN);
	for (i = 0; i < m->nr_others; i++)
		if (m->other[i].broken && !m->other[i].local)
			html_leaf(p->h, "li", NULL, "%s: %.*s", m->other[i].name,
				  (int)strcspn(m->other[i].error, "\n"), m->other[i].error);
	if (m->other_seeds)
		html_leaf(
			p->h, "li", NULL,
			"%zu run%s not shown: some variants of the workload were not measured with the same "
			"seed, and a seed shifts values. The page Trend has all runs.",
			m->other_seeds, m->other_seeds == 1 ? " is" : "s are");
	if (holes)
		html_leaf(
			p->h, "li", NULL,
			"Combinations that were not measured are empty cells below; `make matrix` "
			"measures all variants on all workloads.");
	n += render_apart(p);
	if (!n && !holes && !m->other_seeds && !p->s->report->unusable)
		html_leaf(p->h, "li", NULL, "The results are complete.");
	html_close(p->h);
	html_close(p->h);
}

/* ---- the matrix ---- */

static const struct cell *value_of(const struct site_group *g, size_t point, const char *variant)
{
	/* If one of several seeds failed there is no value, since it would look complete. */
	if (dataset_find_failed(&g->data, 0, point, variant))
		return NULL;
	return dataset_find(&g->data, 0, point, variant, g->metric);
}

static void render_cell(struct page *p, const struct site_group *g, size_t point,
			const char *variant, const char *baseline)
{
	const struct cell *cell = value_of(g, point, variant);
	const struct cell *base = baseline ? value_of(g, point, baseline) : NULL;
	const struct cell *failed = dataset_find_failed(&g->data, 0, point, variant);
	double ratio = cell && base && base->summary.median > 0
			       ? cell->summary.median / base->summary.median
			       : NAN;
	AUTO_FREE char *anchor = cell_anchor(g, point, variant);
	char *all, *words;
	AUTO_FREE char *page = workload_page(g->data.point[point].workload);
	AUTO_FREE char *to = xasprintf("%s#%s", page, anchor);
	char *class;

	if (cell) {
		class = heat_class(ratio, cell->lower);
		all = plain_number(cell->summary.median);
		words = isnan(ratio) ? readable_number(cell->summary.median) : ratio_words(ratio);
		html_open(p->h, "td", "class", class, "data-v", all);
		page_link(p, to, "%s", words);
		free(class);
		free(all);
		free(words);
	} else if (failed) {
		const struct site_run *run = run_of_cell(g, failed, 0);

		html_open(p->h, "td", "class",
			  strcmp(failed->status, "skip") == 0 ? "skipped" : "failed");
		html_attr(p->h, "title", "%s: %s", failed->status,
			  run ? text_at(run->run, "outcome", "reason", NULL) : "");
		page_link(p, to, "%s", failed->status);
	} else {
		html_open(p->h, "td", "class", "hole", "title", "not measured");
	}
	html_close(p->h);
}

/* The last row: means over the points for which all these variants have values. */
static void render_means(struct page *p, const struct site_group *g, const struct strv *variants,
			 const char *baseline, bool lower)
{
	AUTO_FREE double **ratio = xcalloc(variants->n, sizeof(*ratio));
	size_t n = 0;

	for (size_t v = 0; v < variants->n; v++)
		ratio[v] = xcalloc(g->data.nr_points + 1, sizeof(**ratio));
	for (size_t point = 0; point < g->data.nr_points; point++) {
		const struct cell *base = value_of(g, point, baseline);
		bool complete = base && base->summary.median > 0;

		for (size_t v = 0; v < variants->n && complete; v++) {
			const struct cell *cell = value_of(g, point, variants->v[v]);

			complete = cell && cell->summary.median > 0;
			if (complete)
				ratio[v][n] = cell->summary.median / base->summary.median;
		}
		n += complete;
	}
	if (n) {
		html_open(p->h, "tr");
		html_open(p->h, "th", "scope", "row");
		html_text(p->h, "geometric mean of the %zu complete rows", n);
		html_close(p->h);
		html_leaf(p->h, "td", "best", "%s", "");
		for (size_t v = 0; v < variants->n; v++) {
			double mean = geometric_mean(ratio[v], n);
			AUTO_FREE char *words = ratio_words(mean), *class = heat_class(mean, lower);

			html_leaf(p->h, "td", class, "%s", words);
		}
		html_close(p->h);
	}
	for (size_t v = 0; v < variants->n; v++)
		free(ratio[v]);
}

static void render_matrix_head(struct page *p, const struct site_group *g,
			       const struct strv *variants)
{
	html_open(p->h, "thead");
	html_open(p->h, "tr");
	html_open(p->h, "th", "scope", "col");
	html_text(p->h, "workload");
	html_close(p->h);
	html_leaf(p->h, "th", NULL, "best under Xen, by how much");
	for (size_t v = 0; v < variants->n; v++) {
		html_open(p->h, "th", "scope", "col", "data-variant", variants->v[v]);
		page_variant(p, g, variants->v[v]);
		html_close(p->h);
	}
	html_close(p->h);
	html_close(p->h);
}

static void render_matrix(struct page *p, const struct site_group *g, const struct strv *variants)
{
	/* A single variant has no baseline. */
	const char *baseline = variants->n > 1 ? g->baseline : NULL;
	AUTO_FREE char *caption = xasprintf("%s: median %s%s%s", g->title, g->metric,
					    baseline ? ", as ratio to " : "",
					    baseline ? dataset_label(&g->data, baseline) : "");
	AUTO_FREE char *steps = heat_steps();
	bool lower = true;

	for (size_t i = 0; i < g->data.n; i++)
		if (g->data.cell[i].metric && strcmp(g->data.cell[i].metric, g->metric) == 0)
			lower = g->data.cell[i].lower;
	html_open(p->h, "div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label",
		  caption);
	html_open(p->h, "table", "class", "matrix", "data-baseline", baseline ? baseline : "",
		  "data-steps", steps);
	html_attr(p->h, "data-lower", "%d", lower);
	render_matrix_head(p, g, variants);
	html_open(p->h, "tbody");
	for (size_t point = 0; point < g->data.nr_points; point++) {
		AUTO_FREE char *page = workload_page(g->data.point[point].workload);

		if (has_row(g, point, variants)) {
			html_open(p->h, "tr");
			html_open(p->h, "th", "scope", "row");
			page_link(p, page, "%s", g->data.point[point].label);
			html_close(p->h);
			html_open(p->h, "td", "class", "best");
			render_best(p, g, &g->best[is_custom(variants->v[0])][point]);
			html_close(p->h);
			for (size_t v = 0; v < variants->n; v++)
				render_cell(p, g, point, variants->v[v], baseline);
			html_close(p->h);
		}
	}
	html_close(p->h);
	if (baseline) {
		html_open(p->h, "tfoot");
		render_means(p, g, variants, baseline, lower);
		html_close(p->h);
	}
	html_close(p->h);
	html_close(p->h);
}

static void render_group(struct page *p, const struct site_group *g)
{
	AUTO_STRV struct strv named = variants_of(g, false), custom = variants_of(g, true);

	html_open(p->h, "section", "id", g->id);
	html_leaf(p->h, "h2", NULL, "%s", g->title);
	if (!g->metric)
		html_leaf(p->h, "p", NULL, "No run of this group gave a value.");
	if (g->metric && named.n)
		render_matrix(p, g, &named);
	if (g->metric && custom.n) {
		html_open(p->h, "details");
		html_leaf(p->h, "summary", NULL, "%zu variants given by their axes", custom.n);
		render_matrix(p, g, &custom);
		html_close(p->h);
	}
	html_close(p->h);
}

/* ---- the answer in a sentence ---- */

/* How often a variant is the best, alone or with others. *of: the points with a difference. */
static size_t times_best(const struct site_group *g, const char *variant, size_t *of)
{
	size_t times = 0;

	*of = 0;
	for (size_t point = 0; point < g->data.nr_points; point++) {
		const struct site_best *b = &g->best[0][point];

		if (!b->next || b->difference.judgement != JUDGED_BETTER)
			continue;
		++*of;
		for (size_t i = 0; i < b->ties.n; i++)
			times += strcmp(b->ties.v[i], variant) == 0;
	}
	return times;
}

static void render_answer(struct page *p, const struct site_group *g)
{
	size_t most = 0, of;
	const char *winner = NULL;

	for (size_t v = 0; v < g->variants.n; v++) {
		size_t times = times_best(g, g->variants.v[v], &of);

		if (times > most) {
			most = times;
			winner = g->variants.v[v];
		}
	}
	if (!winner)
		return;
	html_open(p->h, "p", "class", "answer");
	page_variant(p, g, winner);
	html_text(p->h,
		  " is best on %zu of the %zu workloads on which variants differ (%s). The second "
		  "column has the best variant for each workload.",
		  most, of, g->title);
	html_close(p->h);
}

/* ---- the page without results ---- */

static void render_help(struct page *p)
{
	html_leaf(p->h, "p", NULL, "There are no result sets yet. These commands make some:");
	html_open(p->h, "ul");
	html_open(p->h, "li");
	page_command(p, "make deps bench VARIANT=eager");
	html_text(p->h, " measures one variant on a few workloads, in some minutes");
	html_close(p->h);
	html_open(p->h, "li");
	page_command(p, "make matrix");
	html_text(p->h,
		  " measures all variants on all workloads; after an interruption it continues");
	html_close(p->h);
	html_open(p->h, "li");
	page_command(p, "make dashboard");
	html_text(p->h, " then updates this page");
	html_close(p->h);
	html_close(p->h);
}

void write_overview(struct site *s)
{
	const struct site_model *m = &s->model;
	struct page p = page_begin(
		s, "index.html", "Which variant is best for which work?",
		m->nr_groups
			? "Median cost of each variant on each workload, as a ratio to a baseline. Blue is better than the baseline, orange is worse."
			: NULL,
		NULL);

	render_verdicts(&p);
	if (!m->nr_files)
		render_help(&p);
	if (m->nr_files || m->nr_others)
		render_missing(&p);
	if (m->nr_groups && m->group[0].metric)
		render_answer(&p, &m->group[0]);
	if (m->nr_groups)
		page_tools(&p, "table.matrix tbody tr");
	for (size_t i = 0; i < m->nr_groups; i++)
		render_group(&p, &m->group[i]);
	render_changes(&p, CHANGES_SHOWN);
	page_end(&p);
}
