// SPDX-License-Identifier: MIT
/*
 * github-action-benchmark takes one list of {"name", "unit", "value", "range", "extra"} for metrics
 * where less is better (tool: customSmallerIsBetter) and one where more is better
 * (customBiggerIsBetter), and shows range and extra as they are. A name identifies a benchmark for
 * ever, so it always includes the metric.
 */
#include <stdlib.h>

#include "export/format.h"

static json_t *entry_of(const struct export_run *r, const struct export_series *s)
{
	AUTO_FREE char *name = xasprintf("%s: %s", r->id, s->name);
	AUTO_FREE char *extra =
		xasprintf("median of %zu samples%s\n%s", s->summary.n, s->exact ? ", exact" : "",
			  json_string_value(json_object_get(r->run, "command")));
	json_t *one = json_pack("{s:s, s:s, s:o, s:s}", "name", name, "unit", s->unit, "value",
				export_json(s->summary.median), "extra", extra);

	if (s->interval.exists) {
		AUTO_FREE char *low = export_number(s->interval.low);
		AUTO_FREE char *high = export_number(s->interval.high);

		json_object_set_new(one, "range", json_sprintf("%s..%s, 95 %%", low, high));
	}
	return one;
}

static void write_entries(FILE *to, const struct export_data *d)
{
	json_t *all = json_array();

	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < d->run[i].nr_series; k++)
			json_array_append_new(all, entry_of(&d->run[i], &d->run[i].series[k]));
	export_write_json(to, all);
}

static const char *refuses_lower(const struct export_series *s)
{
	return s->lower ? "less is better, but this list is for metrics where more is better"
			: NULL;
}

static const char *refuses_higher(const struct export_series *s)
{
	return s->lower ? NULL
			: "more is better, but this list is for metrics where less is better";
}

static const struct export_format gha_bigger = {
	.name = "gha-bigger",
	.summary = "github-action-benchmark, customBiggerIsBetter",
	.refuses = refuses_lower,
	.tells_units = true,
	.write = write_entries,
};
EXPORT_FORMAT(gha_bigger);

static const struct export_format gha_smaller = {
	.name = "gha-smaller",
	.summary = "github-action-benchmark, customSmallerIsBetter",
	.refuses = refuses_higher,
	.tells_units = true,
	.write = write_entries,
};
EXPORT_FORMAT(gha_smaller);
