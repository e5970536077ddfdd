// SPDX-License-Identifier: MIT
/* A comparison for programs: every row with its samples' summaries, and what grows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comparison.h"
#include "scaling.h"

static json_t *number_json(double v)
{
	if (v == floor(v) && fabs(v) < 9e15)
		return json_integer((json_int_t)v);
	return json_real(v);
}

/* An unknown number is left out. */
static void set_number(json_t *o, const char *name, double v)
{
	if (!isnan(v))
		json_object_set_new(o, name, number_json(v));
}

static json_t *spread_json(const struct summary *s)
{
	return json_pack("{s:o, s:o, s:o}", "min", number_json(s->min), "median",
			 number_json(s->median), "max", number_json(s->max));
}

static json_t *interval_json(const struct interval *i)
{
	return json_pack("{s:o, s:o, s:o}", "low", number_json(i->low), "high",
			 number_json(i->high), "coverage", json_real(i->coverage));
}

/* of: the interval of its median, if there is one. */
static json_t *side_json(const struct side *s, const struct interval *of)
{
	const struct summary *sum;
	json_t *o;

	if (!s->cell)
		return json_pack("{s:s, s:s}", "variant", s->variant, "missing", s->missing);
	sum = &s->cell->summary;
	o = json_pack("{s:s, s:o, s:o, s:o, s:I}", "variant", s->variant, "median",
		      number_json(s->median), "min", number_json(sum->min), "max",
		      number_json(sum->max), "n", (json_int_t)sum->n);
	if (of->exists)
		json_object_set_new(o, "interval", interval_json(of));
	if (!isnan(s->tax))
		json_object_set_new(o, "x_native", json_real(s->tax));
	if (s->cell->by_median.n > 1)
		json_object_set_new(o, "seeds",
				    json_pack("{s:I, s:o, s:o}", "n",
					      (json_int_t)s->cell->by_median.n, "medians",
					      spread_json(&s->cell->by_median), "leasts",
					      spread_json(&s->cell->by_min)));
	if (!isnan(s->cell->overhead))
		json_object_set_new(o, "measuring", number_json(s->cell->overhead));
	return o;
}

static void put_difference(json_t *o, const struct difference *c)
{
	set_number(o, "difference", c->difference);
	set_number(o, "change", difference_change(c));
	json_object_set_new(o, "judgement", json_string(judgement_name(c->judgement)));
	if (c->same_image)
		json_object_set_new(o, "same_image", json_true());
	if (isnan(c->p))
		return;
	if (c->interval.exists)
		json_object_set_new(o, "difference_interval", interval_json(&c->interval));
	json_object_set_new(o, "test",
			    json_pack("{s:f, s:f, s:b, s:s, s:I, s:I}", "p", c->p, "p_adjusted",
				      c->adjusted, "exact", c->p_exact, "draws",
				      c->boots ? "boots" : "samples", "base_n", (json_int_t)c->n,
				      "new_n", (json_int_t)c->m));
	set_number(o, "noise_floor", c->noise_floor);
	if (c->needs)
		json_object_set_new(o, "needs_n", json_integer((json_int_t)c->needs));
}

static json_t *list_json(const struct strv *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, json_string(list->v[i]));
	return all;
}

static json_t *row_json(const struct row *r)
{
	json_t *o = json_pack("{s:s, s:O, s:I, s:s*, s:s*, s:b}", "workload", r->point->workload,
			      "parameters", r->point->parameters, "vcpus", r->point->vcpus,
			      "metric", r->metric, "unit", r->unit, "exact", r->exact);

	if (!r->point->vcpus)
		json_object_del(o, "vcpus");
	return o;
}

static json_t *pair_json(const struct row *r)
{
	const struct difference *c = &r->against[1];
	json_t *o = row_json(r);

	json_object_set_new(o, "equal", json_boolean(c->judgement == JUDGED_EQUAL));
	json_object_set_new(o, "base", side_json(&r->side[0], &c->of_base));
	json_object_set_new(o, "new", side_json(&r->side[1], &c->of_new));
	if (!isnan(c->ratio))
		json_object_set_new(o, "ratio", json_real(c->ratio));
	put_difference(o, c);
	return o;
}

/* By an axis: a side for each value; all but the first with their difference to it. */
static json_t *sides_json(const struct comparison *k, const struct row *r)
{
	json_t *o = row_json(r), *sides = json_array(), *side;

	if (strcmp(k->by, "variant") != 0)
		json_object_set_new(o, "variant", json_string(r->side[0].label));
	for (size_t i = 0; i < r->n; i++) {
		const struct difference *c = &r->against[i];

		side = side_json(&r->side[i], &c->of_new);
		json_object_set_new(side, "value", json_string(k->columns.v[i]));
		if (i) {
			if (!isnan(c->ratio))
				json_object_set_new(side, "ratio", json_real(c->ratio));
			put_difference(side, c);
		}
		json_array_append_new(sides, side);
	}
	json_object_set_new(o, "sides", sides);
	return o;
}

static json_t *means_json(const struct comparison *k)
{
	json_t *all = json_array();

	for (size_t i = 0; i < k->nr_means; i++) {
		const struct mean *m = &k->mean[i];
		json_t *o =
			json_pack("{s:s, s:s, s:I, s:o}", "metric", m->metric, "of", m->of, "rows",
				  (json_int_t)m->rows, "left_out", list_json(&m->left_out));
		json_t *values = json_array(), *ratios = json_array();

		for (size_t s = 0; s < m->n && m->rows; s++) {
			json_array_append_new(values, json_real(m->value[s]));
			json_array_append_new(ratios, json_real(m->ratio[s]));
		}
		json_object_set_new(o, "values", values);
		json_object_set_new(o, "ratios", ratios);
		json_array_append_new(all, o);
	}
	return all;
}

void comparison_print_json(const struct comparison *k, const struct strv *files)
{
	json_t *rows = json_array(), *all;
	struct scaling scaling;
	char *text;

	for (size_t i = 0; i < k->n; i++)
		json_array_append_new(rows,
				      k->by ? sides_json(k, &k->row[i]) : pair_json(&k->row[i]));
	all = k->by ? json_pack("{s:o, s:s, s:o}", "files", list_json(files), "by", k->by,
				"columns", list_json(&k->columns))
		    : json_pack("{s:s, s:s}", "base", files->v[0], "new", files->v[files->n - 1]);
	json_object_set_new(all, "tier", json_string(k->data.tier));
	json_object_set_new(all, "confidence", json_real(CONFIDENCE));
	json_object_set_new(all, "rows", rows);
	json_object_set_new(all, "geometric_means", means_json(k));
	json_object_set_new(all, "differences", list_json(&k->differences));
	json_object_set_new(all, "notes", list_json(&k->notes));
	if (!k->by) {
		scaling_make(&scaling, &k->data, NULL, NULL, false);
		if (scaling.n)
			json_object_set_new(all, "growth", scaling_json(&scaling, false));
		scaling_free(&scaling);
	}
	text = json_dumps(all, JSON_INDENT(1));
	puts(text);
	free(text);
	json_decref(all);
}
