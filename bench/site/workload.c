// SPDX-License-Identifier: MIT
/* The page of a workload: its description, the cost on each variant, and the reasons. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "compare/native_ratio.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "page.h"
#include "resultset/resultset_read.h"

/* Samples of a run that are shown; the file of the run has all of them. */
#define SAMPLES_SHOWN 512

/* Functions of a profile that are listed. */
#define FUNCTIONS_SHOWN 10

static const struct cell *any_cell(const struct site_group *g, size_t point, const char *variant)
{
	const struct cell *failed = dataset_find_failed(&g->data, 0, point, variant);

	for (size_t i = 0; i < g->metrics.n && !failed; i++)
		failed = dataset_find(&g->data, 0, point, variant, g->metrics.v[i]);
	return failed;
}

static void render_variant_head(struct page *p, const struct site_group *g, const char *variant)
{
	html_open(p->h, "th", "scope", "col", "class", "n");
	page_variant(p, g, variant);
	html_close(p->h);
}

/* ---- attribution: instructions of Xen, kernel and process, from collector insn ---- */

static const char *const parts[] = {"xen", "kernel", "user"};

#define NR_PARTS (sizeof(parts) / sizeof(*parts))

static double median_of(const json_t *samples)
{
	size_t n = json_array_size(samples), i;
	AUTO_FREE double *v = xcalloc(n + 1, sizeof(*v));
	json_t *sample;

	json_array_foreach (samples, i, sample)
		v[i] = json_number_value(sample);
	return summarize(v, n).median;
}

static const json_t *insn_of(const struct site_group *g, size_t point, const char *variant)
{
	const struct cell *cell = any_cell(g, point, variant);
	const struct site_run *run = cell ? run_of_cell(g, cell, 0) : NULL;
	const json_t *insn = run ? member_at(run->run, "collected", "insn", NULL) : NULL;

	return json_array_size(json_object_get(insn, parts[0])) ? insn : NULL;
}

static void render_functions(struct page *p, const struct site_group *g, const char *variant,
			     const json_t *insn)
{
	static const char *const heads[] = {"owner", "function", "#instructions, all samples",
					    NULL};
	const json_t *functions = json_object_get(insn, "functions");
	json_t *f;
	size_t i;

	if (!json_array_size(functions))
		return;
	page_table(p, "plain", false, dataset_label(&g->data, variant), heads);
	json_array_foreach (functions, i, f) {
		if (i == FUNCTIONS_SHOWN)
			break;
		html_open(p->h, "tr");
		html_leaf(p->h, "td", NULL, "%s", text_at(f, "who", NULL));
		html_leaf(p->h, "td", NULL, "%s", text_at(f, "name", NULL));
		page_value(p, json_number_value(json_object_get(f, "instructions")));
		html_close(p->h);
	}
	page_table_end(p);
}

static void render_parts(struct page *p, const struct site_group *g, const char *variant,
			 const json_t *insn)
{
	double median[NR_PARTS], sum = 0;

	for (size_t i = 0; i < NR_PARTS; i++)
		sum += median[i] = median_of(json_object_get(insn, parts[i]));
	html_open(p->h, "tr");
	html_open(p->h, "th", "scope", "row");
	page_variant(p, g, variant);
	html_close(p->h);
	for (size_t i = 0; i < NR_PARTS; i++) {
		AUTO_FREE char *share = share_words(median[i] / sum);

		page_value(p, median[i]);
		page_number(p, median[i] / sum, "%s", share);
	}
	html_close(p->h);
}

static void render_attribution(struct page *p, const struct site_group *g, size_t point)
{
	static const char *const heads[] = {"variant", "#Xen",	   "#share", "#kernel",
					    "#share",  "#process", "#share", NULL};
	bool any = false;

	for (size_t v = 0; v < g->variants.n; v++) {
		const json_t *insn = insn_of(g, point, g->variants.v[v]);

		if (!insn)
			continue;
		if (!any) {
			page_table(p, "figures", true,
				   "instructions by owner, medians of samples (collector insn)",
				   heads);
		}
		any = true;
		render_parts(p, g, g->variants.v[v], insn);
	}
	if (!any)
		return;
	page_table_end(p);
	html_open(p->h, "details");
	html_leaf(p->h, "summary", NULL, "functions that take the most");
	for (size_t v = 0; v < g->variants.n; v++) {
		const json_t *insn = insn_of(g, point, g->variants.v[v]);

		if (insn)
			render_functions(p, g, g->variants.v[v], insn);
	}
	html_close(p->h);
}

/* ---- counters ---- */

/* The point of the counters with the same workload and parameters. */
static size_t counted_point(const struct site_group *g, size_t point)
{
	const struct point *is = &g->data.point[point];

	for (size_t i = 0; i < g->counted.nr_points; i++) {
		const struct point *q = &g->counted.point[i];

		if (strcmp(q->workload, is->workload) == 0 && q->vcpus == is->vcpus &&
		    json_equal(q->parameters, is->parameters))
			return i;
	}
	return g->counted.nr_points;
}

static void render_counter(struct page *p, const struct site_group *g, size_t point,
			   const struct strv *variants, const char *counter)
{
	bool moved = false;

	for (size_t v = 0; v < variants->n; v++) {
		const struct cell *cell =
			dataset_find(&g->counted, 0, point, variants->v[v], counter);

		moved = moved || (cell && cell->summary.max > 0);
	}
	if (!moved)
		return;
	html_open(p->h, "tr");
	html_open(p->h, "th", "scope", "row");
	html_text(p->h, "%s", counter);
	html_close(p->h);
	for (size_t v = 0; v < variants->n; v++) {
		const struct cell *cell =
			dataset_find(&g->counted, 0, point, variants->v[v], counter);

		page_value(p, cell ? cell->summary.median : NAN);
	}
	html_close(p->h);
}

static void render_counters(struct page *p, const struct site_group *g, size_t point)
{
	size_t at = g->has_counters ? counted_point(g, point) : 0;
	AUTO_STRV struct strv variants = {0};

	if (!g->has_counters || at == g->counted.nr_points)
		return;
	for (size_t v = 0; v < g->variants.n; v++) {
		const char *variant = g->variants.v[v];
		const struct cell *cell = any_cell(g, point, variant);

		if (cell && cell->metric)
			strv_add(&variants, "%s", variant);
	}
	if (variants.n) {
		html_open(p->h, "details");
		html_leaf(p->h, "summary", NULL, "the guest's counters, per operation");
		page_table(p, "figures", true, "events per operation", NULL);
		html_open(p->h, "thead");
		html_open(p->h, "tr");
		html_leaf(p->h, "th", NULL, "counter");
		for (size_t v = 0; v < variants.n; v++)
			render_variant_head(p, g, variants.v[v]);
		html_close_to(p->h, "thead");
		html_open(p->h, "tbody");
		for (size_t i = 0; i < g->counted.counters.n; i++)
			render_counter(p, g, at, &variants, g->counted.counters.v[i]);
		page_table_end(p);
		html_close(p->h);
	}
}

/* ---- raw ---- */

static void render_series(struct page *p, const struct site_run *run, size_t place,
			  const json_t *series)
{
	const json_t *samples = json_object_get(series, "samples");
	json_int_t reps = iterations_per_sample(series);
	json_t *sample;
	size_t i;

	html_open(p->h, "p");
	html_leaf(p->h, "b", NULL, "%s", text_at(series, "name", NULL));
	html_text(p->h, ", %s, %zu samples", text_at(series, "unit", NULL),
		  json_array_size(samples));
	if (reps > 1)
		html_text(p->h, ", each of %lld iterations", (long long)reps);
	html_text(p->h, ", at /runs/%zu/series/%zu:", run->place, place);
	html_close(p->h);
	html_open(p->h, "p", "class", "samples");
	json_array_foreach (samples, i, sample) {
		AUTO_FREE char *all = NULL;

		if (i == SAMPLES_SHOWN)
			break;
		all = plain_number(json_number_value(sample));
		html_text(p->h, "%s%s", i ? " " : "", all);
	}
	if (i < json_array_size(samples))
		html_text(p->h, " ... and %zu more in the file", json_array_size(samples) - i);
	html_close(p->h);
}

static void render_run(struct page *p, const struct site_run *run)
{
	const json_t *warnings = json_object_get(run->run, "warnings");
	json_t *series, *warning;
	size_t i;

	html_open(p->h, "p");
	html_text(p->h, "%s, %s, ", text_at(run->run, "id", NULL), run->created);
	page_file(p, &p->s->model.file[run->file]);
	html_text(p->h, " at /runs/%zu", run->place);
	html_close(p->h);
	html_open(p->h, "p");
	page_command(p, text_at(run->run, "command", NULL));
	html_close(p->h);
	json_array_foreach (warnings, i, warning)
		html_leaf(p->h, "p", "warning", "%s", json_string_value(warning));
	json_array_foreach (json_object_get(run->run, "series"), i, series)
		render_series(p, run, i, series);
}

static void render_raw(struct page *p, const struct site_group *g, size_t point)
{
	html_open(p->h, "details");
	html_leaf(p->h, "summary", NULL, "raw samples, files and commands");
	for (size_t v = 0; v < g->variants.n; v++) {
		const char *variant = g->variants.v[v];
		const struct cell *cell = any_cell(g, point, variant);
		const struct site_run *run;
		AUTO_FREE char *anchor = NULL;

		if (!cell)
			continue;
		anchor = cell_anchor(g, point, variant);
		html_open(p->h, "details", "class", "raw");
		html_attr(p->h, "id", "d-%s", anchor + 2);
		html_leaf(p->h, "summary", NULL, "%s", dataset_label(&g->data, variant));
		for (size_t k = 0; (run = run_of_cell(g, cell, k)); k++)
			render_run(p, run);
		html_close(p->h);
	}
	html_close(p->h);
}

/* ---- the description ---- */

static const struct workload *described(const struct site_model *m, const char *name)
{
	for (size_t i = 0; m->has_catalog && i < m->catalog.nr_workloads; i++)
		if (strcmp(m->catalog.workloads[i].name, name) == 0)
			return &m->catalog.workloads[i];
	return NULL;
}

static void render_description(struct page *p, const struct workload *w)
{
	static const char *const heads[] = {"parameter", "#default", "unit", "meaning", NULL};

	if (!w)
		return;
	html_open(p->h, "p", "class", "lead");
	html_text(p->h, "One sample is %s.", w->measures);
	html_close(p->h);
	html_open(p->h, "details");
	html_leaf(p->h, "summary", NULL, "parameters");
	page_table(p, "plain", false, "parameters", heads);
	for (size_t i = 0; i < w->nr_parameters; i++) {
		const struct parameter *q = &w->parameters[i];

		html_open(p->h, "tr");
		html_leaf(p->h, "td", NULL, "%s", q->name);
		page_number(p, (double)q->def, "%lld", (long long)q->def);
		html_leaf(p->h, "td", NULL, "%s", q->unit);
		html_leaf(p->h, "td", NULL, "%s", q->help);
		html_close(p->h);
	}
	page_table_end(p);
	html_close(p->h);
}

/* ---- the table of a point ---- */

/* A cell with a text, which is freed. */
static void take_text(struct page *p, char *text)
{
	html_leaf(p->h, "td", "n", "%s", text);
	free(text);
}

static void render_values(struct page *p, const struct site_group *g, const struct cell *cell,
			  const struct cell *base)
{
	const struct summary *s = &cell->summary;
	double tax = native_ratio(&g->data, cell, false);
	AUTO_FREE char *tax_text = ratio_words(tax);
	struct difference c;

	difference_make(&c, base, cell);
	page_value(p, s->median);
	page_ratio(p, c.ratio, cell->lower);
	page_number(p, tax, "%s", tax_text);
	if (cell->exact)
		html_leaf(p->h, "td", NULL, "exact");
	else
		take_text(p, c.of_new.exists ? readable_range(c.of_new.low, c.of_new.high)
					     : xasprintf("needs n >= %zu",
							 median_interval_needs(CONFIDENCE)));
	take_text(p, readable_range(s->min, s->max));
	page_number(p, (double)s->n, "%zu%s", s->n,
		    cell->by_median.n > 1 ? " of several seeds" : "");
}

static void render_row(struct page *p, const struct site_group *g, size_t point,
		       const char *variant, const char *metric)
{
	const struct cell *cell = dataset_find(&g->data, 0, point, variant, metric);
	const struct cell *failed = dataset_find_failed(&g->data, 0, point, variant);
	const struct site_run *run;
	AUTO_FREE char *anchor = cell_anchor(g, point, variant);

	if (!cell && !failed)
		return;
	run = run_of_cell(g, cell ? cell : failed, 0);
	html_open(p->h, "tr");
	if (strcmp(metric, g->metric ? g->metric : metric) == 0)
		html_attr(p->h, "id", "%s", anchor);
	html_open(p->h, "th", "scope", "row");
	page_variant(p, g, variant);
	html_close(p->h);
	if (cell) {
		render_values(p, g, cell, dataset_find(&g->data, 0, point, g->baseline, metric));
	} else {
		html_open(p->h, "td", "class", "failed", "colspan", "6");
		html_text(p->h, "%s: %s", failed->status,
			  run ? text_at(run->run, "outcome", "reason", NULL) : "");
		html_close(p->h);
	}
	html_open(p->h, "td");
	if (run) {
		html_open(p->h, "a");
		html_attr(p->h, "href", "#d-%s", anchor + 2);
		html_text(p->h, "%.10s", run->created);
		html_close(p->h);
	}
	html_close_to(p->h, "tr");
}

static void render_point(struct page *p, const struct site_group *g, size_t point,
			 const char *metric)
{
	AUTO_FREE char *base = xasprintf("#to %s", dataset_label(&g->data, g->baseline));
	const char *heads[] = {"variant",   "#median", base,	   "#PV tax", "95 % interval",
			       "#min..max", "#n",      "measured", NULL};
	const char *unit = "";
	AUTO_FREE char *caption = NULL;

	for (size_t v = 0; v < g->variants.n && !*unit; v++) {
		const struct cell *cell =
			dataset_find(&g->data, 0, point, g->variants.v[v], metric);

		unit = cell ? cell->unit : "";
	}
	caption = xasprintf("%s: %s%s%s", g->data.point[point].label, metric, *unit ? ", " : "",
			    unit);
	page_table(p, "figures", true, caption, heads);
	for (size_t v = 0; v < g->variants.n; v++)
		render_row(p, g, point, g->variants.v[v], metric);
	page_table_end(p);
}

static bool render_group(struct page *p, const struct site_group *g, const char *workload,
			 bool first)
{
	bool begun = false;

	for (size_t point = 0; point < g->data.nr_points; point++) {
		if (strcmp(g->data.point[point].workload, workload) != 0)
			continue;
		if (!begun) {
			html_open(p->h, "section");
			html_leaf(p->h, "h2", NULL, "%s", g->title);
			render_charts(p, g, workload, first);
			begun = true;
		}
		html_leaf(p->h, "h3", NULL, "%s", g->data.point[point].label);
		if (g->best[0][point].next || g->best[0][point].n > 1) {
			html_open(p->h, "p");
			html_text(p->h, "Best under Xen: ");
			render_best(p, g, &g->best[0][point]);
			html_text(p->h, ".");
			html_close(p->h);
		}
		for (size_t i = 0; i < g->metrics.n; i++)
			render_point(p, g, point, g->metrics.v[i]);
		if (!g->metrics.n)
			render_point(p, g, point, "nothing was measured");
		render_attribution(p, g, point);
		render_counters(p, g, point);
		render_raw(p, g, point);
	}
	if (begun)
		html_close(p->h);
	return begun;
}

void write_workload(struct site *s, const char *workload)
{
	const struct site_model *m = &s->model;
	const struct workload *w = described(m, workload);
	AUTO_FREE char *path = workload_page(workload);
	bool first = true;
	struct page p = page_begin(s, path, workload, w ? w->summary : NULL, NULL);

	render_description(&p, w);
	for (size_t i = 0; i < m->nr_groups; i++)
		first = !render_group(&p, &m->group[i], workload, first) && first;
	render_history_chart(&p, workload);
	page_end(&p);
}
