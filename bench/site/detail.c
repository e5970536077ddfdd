// SPDX-License-Identifier: MIT
#include "detail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "resultset/resultset_read.h"

/* Of a run with more samples the rest is in its file only. */
#define SAMPLES_SHOWN 512

/* Functions of a profile that are named. */
#define FUNCTIONS_SHOWN 10

static const struct cell *any_cell(const struct site_group *g, size_t point, const char *variant)
{
	const struct cell *failed = dataset_find_failed(&g->data, 0, point, variant);

	for (size_t i = 0; i < g->metrics.n && !failed; i++)
		failed = dataset_find(&g->data, 0, point, variant, g->metrics.v[i]);
	return failed;
}

static void put_variant_head(struct page *p, const struct site_group *g, const char *variant)
{
	html_open(p->h, "th");
	html_attr(p->h, "scope", "col");
	html_attr(p->h, "class", "n");
	page_variant(p, g, variant);
	html_close(p->h);
}

/* ---- attribution ---- */

static const char *const parts[] = {"xen", "kernel", "user"};

#define NR_PARTS (sizeof(parts) / sizeof(*parts))

static double median_of(const json_t *samples)
{
	size_t n = json_array_size(samples), i;
	AUTO_FREE double *v = xcalloc(n + 1, sizeof(*v));
	struct summary s;
	json_t *sample;

	json_array_foreach (samples, i, sample)
		v[i] = json_number_value(sample);
	s = summarize(v, n);
	return s.median;
}

static const json_t *insn_of(const struct site_group *g, size_t point, const char *variant)
{
	const struct cell *cell = any_cell(g, point, variant);
	const struct site_run *run = cell ? run_of_cell(g, cell, 0) : NULL;
	const json_t *insn = run ? member_at(run->run, "collected", "insn", NULL) : NULL;

	return json_array_size(json_object_get(insn, parts[0])) ? insn : NULL;
}

static void put_functions(struct page *p, const struct site_group *g, const char *variant,
			  const json_t *insn)
{
	static const char *const heads[] = {"whose", "function", "#instructions, all samples",
					    NULL};
	const json_t *functions = json_object_get(insn, "functions");
	json_t *f;
	size_t i;

	if (!json_array_size(functions))
		return;
	page_table(p, "plain", false, dataset_label(&g->data, variant));
	html_open(p->h, "thead");
	page_heads(p, heads);
	html_close(p->h);
	html_open(p->h, "tbody");
	json_array_foreach (functions, i, f) {
		double n = json_number_value(json_object_get(f, "instructions"));
		AUTO_FREE char *words = readable_number(n);

		if (i < FUNCTIONS_SHOWN) {
			html_open(p->h, "tr");
			html_leaf(p->h, "td", NULL, "%s", text_at(f, "who", NULL));
			html_leaf(p->h, "td", NULL, "%s", text_at(f, "name", NULL));
			page_number(p, n, "%s", words);
			html_close(p->h);
		}
	}
	html_close(p->h);
	page_table_end(p);
}

static void put_parts(struct page *p, const struct site_group *g, const char *variant,
		      const json_t *insn)
{
	double median[NR_PARTS], sum = 0;

	for (size_t i = 0; i < NR_PARTS; i++)
		sum += median[i] = median_of(json_object_get(insn, parts[i]));
	html_open(p->h, "tr");
	html_open(p->h, "th");
	html_attr(p->h, "scope", "row");
	page_variant(p, g, variant);
	html_close(p->h);
	for (size_t i = 0; i < NR_PARTS; i++) {
		char *words = readable_number(median[i]);

		page_number(p, median[i], "%s", words);
		free(words);
		words = share_words(median[i] / sum);
		page_number(p, median[i] / sum, "%s", words);
		free(words);
	}
	html_close(p->h);
}

void put_attribution(struct page *p, const struct site_group *g, size_t point)
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
				   "whose instructions, medians of samples (collector insn)");
			html_open(p->h, "thead");
			page_heads(p, heads);
			html_close(p->h);
			html_open(p->h, "tbody");
		}
		any = true;
		put_parts(p, g, g->variants.v[v], insn);
	}
	if (!any)
		return;
	html_close(p->h);
	page_table_end(p);
	html_open(p->h, "details");
	html_leaf(p->h, "summary", NULL, "functions that take the most");
	for (size_t v = 0; v < g->variants.n; v++) {
		const json_t *insn = insn_of(g, point, g->variants.v[v]);

		if (insn)
			put_functions(p, g, g->variants.v[v], insn);
	}
	html_close(p->h);
}

/* ---- counters ---- */

/* The point of the same workload and parameters where counters are laid out. */
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

static void put_counter(struct page *p, const struct site_group *g, size_t point,
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
	html_open(p->h, "th");
	html_attr(p->h, "scope", "row");
	html_text(p->h, "%s", counter);
	html_close(p->h);
	for (size_t v = 0; v < variants->n; v++) {
		const struct cell *cell =
			dataset_find(&g->counted, 0, point, variants->v[v], counter);
		double median = cell ? cell->summary.median : NAN;
		AUTO_FREE char *words = readable_number(median);

		page_number(p, median, "%s", words);
	}
	html_close(p->h);
}

void put_counters(struct page *p, const struct site_group *g, size_t point)
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
		html_leaf(p->h, "summary", NULL, "what the guest counted, by operation");
		page_table(p, "figures", true, "events by operation");
		html_open(p->h, "thead");
		html_open(p->h, "tr");
		html_leaf(p->h, "th", NULL, "counter");
		for (size_t v = 0; v < variants.n; v++)
			put_variant_head(p, g, variants.v[v]);
		html_close(p->h);
		html_close(p->h);
		html_open(p->h, "tbody");
		for (size_t i = 0; i < g->counted.counters.n; i++)
			put_counter(p, g, at, &variants, g->counted.counters.v[i]);
		html_close(p->h);
		page_table_end(p);
		html_close(p->h);
	}
}

/* ---- raw ---- */

static void put_series(struct page *p, const struct site_run *run, size_t place,
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
	html_open_class(p->h, "p", "samples");
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

static void put_run(struct page *p, const struct site_run *run)
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
		put_series(p, run, i, series);
}

void put_raw(struct page *p, const struct site_group *g, size_t point)
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
		html_open_class(p->h, "details", "raw");
		html_attr(p->h, "id", "d-%s", anchor + 2);
		html_leaf(p->h, "summary", NULL, "%s", dataset_label(&g->data, variant));
		for (size_t k = 0; (run = run_of_cell(g, cell, k)); k++)
			put_run(p, run);
		html_close(p->h);
	}
	html_close(p->h);
}
