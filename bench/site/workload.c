// SPDX-License-Identifier: MIT
/* The page of a workload: what it is, what each variant takes for it, and why. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "compare/native_ratio.h"
#include "detail.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "page.h"

static const struct workload *described(const struct site_model *m, const char *name)
{
	for (size_t i = 0; m->has_catalog && i < m->catalog.nr_workloads; i++)
		if (strcmp(m->catalog.workloads[i].name, name) == 0)
			return &m->catalog.workloads[i];
	return NULL;
}

static void put_description(struct page *p, const struct workload *w)
{
	static const char *const heads[] = {"parameter", "#default", "unit", "meaning", NULL};

	if (!w)
		return;
	html_open_class(p->h, "p", "lead");
	html_text(p->h, "One sample is %s.", w->measures);
	html_close(p->h);
	html_open(p->h, "details");
	html_leaf(p->h, "summary", NULL, "parameters");
	page_table(p, "plain", false, "parameters");
	html_open(p->h, "thead");
	page_heads(p, heads);
	html_close(p->h);
	html_open(p->h, "tbody");
	for (size_t i = 0; i < w->nr_parameters; i++) {
		const struct parameter *q = &w->parameters[i];

		html_open(p->h, "tr");
		html_leaf(p->h, "td", NULL, "%s", q->name);
		page_number(p, (double)q->def, "%lld", (long long)q->def);
		html_leaf(p->h, "td", NULL, "%s", q->unit);
		html_leaf(p->h, "td", NULL, "%s", q->help);
		html_close(p->h);
	}
	html_close(p->h);
	page_table_end(p);
	html_close(p->h);
}

/* ---- the table of a point ---- */

static void put_row(struct page *p, const struct site_group *g, size_t point, const char *variant,
		    const char *metric)
{
	const struct cell *cell = dataset_find(&g->data, 0, point, variant, metric);
	const struct cell *base = dataset_find(&g->data, 0, point, g->baseline, metric);
	const struct cell *failed = dataset_find_failed(&g->data, 0, point, variant);
	const struct site_run *run;
	char *anchor = cell_anchor(g, point, variant), *words, *class;
	struct difference c;

	if (!cell && !failed)
		goto out;
	run = run_of_cell(g, cell ? cell : failed, 0);
	html_open(p->h, "tr");
	if (strcmp(metric, g->metric ? g->metric : metric) == 0)
		html_attr(p->h, "id", "%s", anchor);
	html_open(p->h, "th");
	html_attr(p->h, "scope", "row");
	page_variant(p, g, variant);
	html_close(p->h);
	if (cell) {
		const struct summary *s = &cell->summary;
		double tax = native_ratio(&g->data, cell, false);

		difference_make(&c, base, cell);
		words = readable_number(s->median);
		page_number(p, s->median, "%s", words);
		free(words);
		class = heat_class(c.ratio, cell->lower);
		words = ratio_words(c.ratio);
		html_open(p->h, "td");
		html_attr(p->h, "class", "n %s", class);
		html_text(p->h, "%s", words);
		html_close(p->h);
		free(class);
		free(words);
		words = ratio_words(tax);
		page_number(p, tax, "%s", words);
		free(words);
		if (cell->exact) {
			html_leaf(p->h, "td", NULL, "exact");
		} else {
			words = c.of_new.exists ? readable_range(c.of_new.low, c.of_new.high)
						: xasprintf("needs n >= %zu",
							    median_interval_needs(CONFIDENCE));
			html_leaf(p->h, "td", "n", "%s", words);
			free(words);
		}
		words = readable_range(s->min, s->max);
		html_leaf(p->h, "td", "n", "%s", words);
		free(words);
		page_number(p, (double)s->n, "%zu%s", s->n,
			    cell->by_median.n > 1 ? " of several seeds" : "");
	} else {
		html_open_class(p->h, "td", "failed");
		html_attr(p->h, "colspan", "6");
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
	html_close(p->h);
	html_close(p->h);
out:
	free(anchor);
}

static void put_point(struct page *p, const struct site_group *g, size_t point, const char *metric)
{
	AUTO_FREE char *base = xasprintf("#to %s", dataset_label(&g->data, g->baseline));
	const char *heads[] = {
		"variant",	"#median", base,       "#PV tax", "95 % interval of it",
		"#least..most", "#n",	   "measured", NULL};
	const char *unit = "";
	AUTO_FREE char *caption = NULL;

	for (size_t v = 0; v < g->variants.n && !*unit; v++) {
		const struct cell *cell =
			dataset_find(&g->data, 0, point, g->variants.v[v], metric);

		unit = cell ? cell->unit : "";
	}
	caption = xasprintf("%s: %s%s%s", g->data.point[point].label, metric, *unit ? ", " : "",
			    unit);
	page_table(p, "figures", true, caption);
	html_open(p->h, "thead");
	page_heads(p, heads);
	html_close(p->h);
	html_open(p->h, "tbody");
	for (size_t v = 0; v < g->variants.n; v++)
		put_row(p, g, point, g->variants.v[v], metric);
	html_close(p->h);
	page_table_end(p);
}

static bool put_group(struct page *p, const struct site_group *g, const char *workload, bool first)
{
	bool begun = false;

	for (size_t point = 0; point < g->data.nr_points; point++) {
		if (strcmp(g->data.point[point].workload, workload) != 0)
			continue;
		if (!begun) {
			html_open(p->h, "section");
			html_leaf(p->h, "h2", NULL, "%s", g->title);
			put_pictures(p, g, workload, first);
			begun = true;
		}
		html_leaf(p->h, "h3", NULL, "%s", g->data.point[point].label);
		if (g->best[0][point].next || g->best[0][point].n > 1) {
			html_open(p->h, "p");
			html_text(p->h, "Best under Xen: ");
			put_best(p, g, &g->best[0][point]);
			html_text(p->h, ".");
			html_close(p->h);
		}
		for (size_t i = 0; i < g->metrics.n; i++)
			put_point(p, g, point, g->metrics.v[i]);
		if (!g->metrics.n)
			put_point(p, g, point, "nothing was measured");
		put_attribution(p, g, point);
		put_counters(p, g, point);
		put_raw(p, g, point);
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

	put_description(&p, w);
	for (size_t i = 0; i < m->nr_groups; i++)
		first = !put_group(&p, &m->group[i], workload, first) && first;
	put_history_picture(&p, workload);
	page_end(&p);
}
