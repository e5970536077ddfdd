// SPDX-License-Identifier: MIT
/* The page of a variant: its policy, and its cost for each workload. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "compare/native_ratio.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "page.h"

/* Any run of the variant; NULL if there is none. */
static const json_t *any_run(const struct site_model *m, const char *variant)
{
	for (size_t i = 0; i < m->nr_groups; i++)
		for (size_t k = 0; k < m->group[i].n; k++) {
			const json_t *run = m->group[i].run[k].run;

			if (strcmp(text_at(run, "identity", "variant", "name", NULL), variant) == 0)
				return run;
		}
	return NULL;
}

static const char *summary_of(const struct site_model *m, const char *variant)
{
	for (size_t i = 0; m->has_catalog && i < m->catalog.nr_variants; i++)
		if (strcmp(m->catalog.variants[i].name, variant) == 0)
			return m->catalog.variants[i].summary;
	return NULL;
}

static void render_policy(struct page *p, const json_t *run)
{
	json_t *policy = member_at(run, "identity", "variant", "policy", NULL), *value;
	const char *axis;

	if (!json_object_size(policy))
		return;
	html_leaf(p->h, "h2", NULL, "Policy");
	html_open(p->h, "dl", "class", "pairs");
	json_object_foreach (policy, axis, value) {
		html_leaf(p->h, "dt", NULL, "%s", axis);
		html_leaf(p->h, "dd", NULL, "%s", json_string_value(value));
	}
	html_close(p->h);
}

/* The place among the variants on Xen, from 1; 0: it is native. *of: the number of these. */
static size_t rank_of(const struct site_group *g, const struct cell *cell, size_t *of)
{
	size_t rank = 1;

	*of = 0;
	if (is_native(cell))
		return 0;
	for (size_t i = 0; i < g->data.n; i++) {
		const struct cell *c = &g->data.cell[i];

		if (c->point != cell->point || !c->metric || strcmp(c->metric, cell->metric) != 0 ||
		    is_native(c) || dataset_find_failed(&g->data, 0, c->point, c->variant))
			continue;
		++*of;
		rank += c->lower ? c->summary.median < cell->summary.median
				 : c->summary.median > cell->summary.median;
	}
	return rank;
}

static void render_row(struct page *p, const struct site_group *g, size_t point,
		       const char *variant)
{
	const struct cell *cell = dataset_find(&g->data, 0, point, variant, g->metric);
	const struct cell *base = dataset_find(&g->data, 0, point, g->baseline, g->metric);
	const struct cell *failed = dataset_find_failed(&g->data, 0, point, variant);
	AUTO_FREE char *page = workload_page(g->data.point[point].workload);
	AUTO_FREE char *anchor = cell_anchor(g, point, variant);
	AUTO_FREE char *to = xasprintf("%s#%s", page, anchor);
	size_t rank, of;

	if (!cell && !failed)
		return;
	html_open(p->h, "tr");
	html_open(p->h, "th", "scope", "row");
	page_link(p, to, "%s", g->data.point[point].label);
	html_close(p->h);
	if (failed) {
		html_open(p->h, "td", "class", "failed", "colspan", "4");
		html_text(p->h, "%s", failed->status);
		html_close(p->h);
	} else {
		page_value(p, cell->summary.median);
		page_ratio(p,
			   base && base->summary.median > 0
				   ? cell->summary.median / base->summary.median
				   : NAN,
			   cell->lower);
		page_ratio(p, native_ratio(&g->data, cell, false), cell->lower);
		rank = rank_of(g, cell, &of);
		page_number(p, rank ? (double)rank : NAN, "%zu of %zu", rank, of);
	}
	html_close(p->h);
}

static void render_group(struct page *p, const struct site_group *g, const char *variant)
{
	AUTO_FREE char *base = xasprintf("#to %s", dataset_label(&g->data, g->baseline));
	const char *heads[] = {"workload", "#median", base, "#PV tax", "#place under Xen", NULL};
	AUTO_FREE char *caption = xasprintf("%s, median by workload", g->metric);

	html_open(p->h, "section");
	html_leaf(p->h, "h2", NULL, "%s", g->title);
	page_table(p, "figures", true, caption, heads);
	for (size_t point = 0; point < g->data.nr_points; point++)
		render_row(p, g, point, variant);
	page_table_end(p);
	html_close(p->h);
}

void write_variant(struct site *s, const char *variant)
{
	const struct site_model *m = &s->model;
	AUTO_FREE char *path = variant_page(variant);
	struct page p = page_begin(s, path, variant, summary_of(m, variant), NULL);

	render_policy(&p, any_run(m, variant));
	for (size_t i = 0; i < m->nr_groups; i++)
		if (m->group[i].metric && strv_has(&m->group[i].variants, variant))
			render_group(&p, &m->group[i], variant);
	page_end(&p);
}
