// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>

#include "print.h"

static const char *const source_names[] = {
	[INTERVAL_NONE] = "none",
	[INTERVAL_SEEDS] = "seeds",
	[INTERVAL_LACK] = "lack of fit",
	[INTERVAL_SAMPLES] = "samples",
};

static double percent(double ratio)
{
	return 100 * (ratio - 1);
}

static void put_number(struct table *g, double v)
{
	if (isnan(v))
		strv_add(&g->cells, "%s", "");
	else
		strv_add(&g->cells, "%.15g", v);
}

/* Takes over the text. */
static void put(struct table *g, char *text)
{
	strv_add(&g->cells, "%s", text);
	free(text);
}

static void put_point(struct table *g, const struct effects_of *of, const char *kind)
{
	put(g, xstrdup(of->point->label));
	put(g, xstrdup(of->metric));
	put(g, xstrdup(of->unit));
	put(g, xstrdup(kind));
}

static void csv_terms(struct table *g, const struct effects *e, const struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;

	for (size_t k = 1; k < d->nr_terms; k++) {
		const struct interval *i = &of->interval[k];

		if (!d->term[k].basis)
			continue;
		put_point(g, of, "term");
		put(g, effects_term(e, of, k));
		put(g, xstrdup(""));
		put_number(g, percent(exp(d->term[k].value)));
		put_number(g, i->exists ? percent(exp(i->low)) : NAN);
		put_number(g, i->exists ? percent(exp(i->high)) : NAN);
		put(g, xstrdup(source_names[of->source]));
		put(g, xstrdup(""));
	}
}

static const char *given(const struct effects *e, const struct pair_group *p)
{
	return p->given == e->nr_factors ? "" : e->factor[p->given].levels.v[p->level];
}

static void csv_pairs(struct table *g, const struct effects *e, const struct effects_of *of)
{
	struct pair_group *groups;
	size_t n = effects_pairs(e, of, &groups);

	for (size_t i = 0; i < n; i++) {
		const struct pair_group *p = &groups[i];

		put_point(g, of, "pairs");
		put(g, xstrdup(e->factor[p->factor].levels.v[p->to]));
		put(g, xstrdup(given(e, p)));
		put_number(g, percent(p->mean));
		put_number(g, percent(p->least));
		put_number(g, percent(p->largest));
		put(g, xstrdup("range"));
		put(g, xasprintf("%zu", p->n));
	}
	free(groups);
}

void effects_print_csv(const struct effects *e, const struct effects_of *of, size_t n)
{
	static const char *const head[] = {
		"workload",	  "metric",	 "unit",	 "kind",     "term", "with",
		"effect_percent", "low_percent", "high_percent", "interval", "pairs"};
	struct table g = {.columns = sizeof(head) / sizeof(*head)};

	for (size_t i = 0; i < g.columns; i++)
		strv_add(&g.cells, "%s", head[i]);
	for (size_t i = 0; i < n; i++) {
		csv_terms(&g, e, &of[i]);
		csv_pairs(&g, e, &of[i]);
	}
	table_print(&g, TABLE_CSV, stdout);
	table_free(&g);
}

static json_t *terms_json(const struct effects *e, const struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;
	json_t *all = json_array();

	for (size_t k = 0; k < d->nr_terms; k++) {
		char *name = effects_term_alone(e, of, k);
		json_t *one = json_pack("{s:s, s:I, s:b}", "term", name, "order",
					(json_int_t)d->term[k].order, "measured", d->term[k].seen);

		if (d->term[k].basis) {
			json_t *aliases = json_object();

			for (size_t i = 0; i < d->nr_terms; i++)
				if (!d->term[i].basis && d->term[i].share[k] != 0) {
					char *alias = effects_term_alone(e, of, i);

					json_object_set_new(aliases, alias,
							    json_real(d->term[i].share[k]));
					free(alias);
				}
			if (k)
				json_object_set_new(one, "percent",
						    json_real(percent(exp(d->term[k].value))));
			else
				json_object_set_new(one, "value", json_real(exp(d->term[k].value)));
			if (k && of->interval[k].exists) {
				json_object_set_new(one, "low",
						    json_real(percent(exp(of->interval[k].low))));
				json_object_set_new(one, "high",
						    json_real(percent(exp(of->interval[k].high))));
			}
			if (json_object_size(aliases))
				json_object_set(one, "aliases", aliases);
			json_decref(aliases);
		}
		json_array_append_new(all, one);
		free(name);
	}
	return all;
}

static json_t *pairs_json(const struct effects *e, const struct effects_of *of)
{
	struct pair_group *groups;
	size_t n = effects_pairs(e, of, &groups);
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct pair_group *p = &groups[i];
		json_t *one = json_pack("{s:s, s:I, s:f, s:f, s:f}", "change",
					e->factor[p->factor].levels.v[p->to], "pairs",
					(json_int_t)p->n, "percent", percent(p->mean), "least",
					percent(p->least), "largest", percent(p->largest));

		if (p->given != e->nr_factors)
			json_object_set_new(one, "with", json_string(given(e, p)));
		json_array_append_new(all, one);
	}
	free(groups);
	return all;
}

static json_t *point_json(const struct effects *e, const struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;
	json_t *lacking = json_array();

	for (size_t i = 0; i < of->nr_more; i++) {
		char *variant = effects_variant(e, &of->more[i]);

		json_array_append_new(lacking, json_string(variant));
		free(variant);
	}
	return json_pack("{s:s, s:s, s:I, s:O, s:s, s:s, s:b, s:I, s:I, s:f, s:s, s:o, s:o, s:o}",
			 "workload", of->point->workload, "label", of->point->label, "vcpus",
			 of->point->vcpus, "parameters", of->point->parameters, "metric",
			 of->metric, "unit", of->unit, "exact", of->exact, "variants",
			 (json_int_t)d->n, "rank", (json_int_t)d->rank, "largest_miss_percent",
			 percent(exp(d->worst)), "intervals", source_names[of->source], "terms",
			 terms_json(e, of), "pairs", pairs_json(e, of), "lacking", lacking);
}

static json_t *texts_json(const struct strv *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, json_string(list->v[i]));
	return all;
}

json_t *effects_json(const struct effects *e, const struct effects_of *of, size_t n)
{
	json_t *points = json_array(), *base = json_array();

	for (size_t f = 0; f < e->nr_factors; f++)
		json_array_append_new(base, json_string(e->factor[f].levels.v[0]));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(points, point_json(e, &of[i]));
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "tier", e->data.tier, "base", base, "fixed",
			 texts_json(&e->fixed), "left_out", texts_json(&e->left_out), "panels",
			 points);
}
