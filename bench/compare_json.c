// SPDX-License-Identifier: MIT
/* A comparison for programs: every row with its samples' summaries, and what grows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "comparison.h"
#include "growth.h"

static json_t *number_json(double v)
{
	if (v == floor(v) && fabs(v) < 9e15)
		return json_integer((json_int_t)v);
	return json_real(v);
}

static json_t *spread_json(const struct summary *s)
{
	return json_pack("{s:o, s:o, s:o}", "min", number_json(s->min), "median",
			 number_json(s->median), "max", number_json(s->max));
}

static json_t *side_json(const struct side *s, bool tax)
{
	const struct summary *sum;
	json_t *o;

	if (!s->cell)
		return json_pack("{s:s, s:s}", "variant", s->variant, "missing", s->missing);
	sum = &s->cell->summary;
	o = json_pack("{s:s, s:o, s:o, s:o, s:I}", "variant", s->variant, "median",
		      number_json(sum->median), "min", number_json(sum->min), "max",
		      number_json(sum->max), "n", (json_int_t)sum->n);
	if (tax && !isnan(s->tax))
		json_object_set_new(o, "x_native", json_real(s->tax));
	if (s->cell->by_median.n > 1)
		json_object_set_new(o, "seeds",
				    json_pack("{s:I, s:o, s:o}", "n",
					      (json_int_t)s->cell->by_median.n, "medians",
					      spread_json(&s->cell->by_median), "leasts",
					      spread_json(&s->cell->by_least)));
	if (!isnan(s->cell->overhead))
		json_object_set_new(o, "measuring", number_json(s->cell->overhead));
	return o;
}

static json_t *list_json(const struct strv *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, json_string(list->v[i]));
	return all;
}

void comparison_print_json(const struct comparison *k, const struct strv *files, bool tax)
{
	json_t *rows = json_array(), *all;
	struct growths growths;
	char *text;

	for (size_t i = 0; i < k->n; i++) {
		const struct row *r = &k->row[i];
		json_t *o = json_pack("{s:s, s:O, s:I, s:s*, s:s*, s:b, s:b, s:o, s:o}", "workload",
				      r->panel->workload, "parameters", r->panel->parameters,
				      "vcpus", r->panel->vcpus, "metric", r->metric, "unit",
				      r->unit, "exact", r->exact, "equal", r->equal, "base",
				      side_json(&r->base, tax), "new", side_json(&r->new, tax));

		if (!isnan(r->ratio))
			json_object_set_new(o, "ratio", json_real(r->ratio));
		json_array_append_new(rows, o);
	}
	all = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "base", files->v[0], "new",
			files->v[files->n - 1], "tier", k->cells.tier, "rows", rows, "differences",
			list_json(&k->differences), "notes", list_json(&k->notes));
	growths_make(&growths, &k->cells, NULL, NULL, false);
	if (growths.n)
		json_object_set_new(all, "growth", growths_json(&growths, false));
	growths_free(&growths);
	text = json_dumps(all, JSON_INDENT(1));
	puts(text);
	free(text);
	json_decref(all);
}
