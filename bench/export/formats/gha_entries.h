/* SPDX-License-Identifier: MIT */
/*
 * github-action-benchmark takes one list of {"name", "unit", "value", "range", "extra"} for metrics
 * of which less is better (tool: customSmallerIsBetter) and one for those of which more is
 * (customBiggerIsBetter), and shows range and extra as they are. A name is a benchmark's for ever,
 * so it always has the metric in it.
 */
#ifndef PVMMU_BENCH_EXPORT_FORMATS_GHA_ENTRIES_H
#define PVMMU_BENCH_EXPORT_FORMATS_GHA_ENTRIES_H

#include <stdlib.h>

#include "export/format.h"
#include "lib/text.h"

static inline json_t *gha_entry(const struct export_run *r, const struct export_series *s)
{
	char *name = xasprintf("%s: %s", r->id, s->name), *low, *high, *range;
	char *extra =
		xasprintf("median of %zu samples%s\n%s", s->summary.n, s->exact ? ", exact" : "",
			  json_string_value(json_object_get(r->run, "command")));
	json_t *one = json_pack("{s:s, s:s, s:o, s:s}", "name", name, "unit", s->unit, "value",
				export_json(s->summary.median), "extra", extra);

	if (s->interval.exists) {
		low = export_number(s->interval.low);
		high = export_number(s->interval.high);
		range = xasprintf("%s..%s, 95 %%", low, high);
		json_object_set_new(one, "range", json_string(range));
		free(low);
		free(high);
		free(range);
	}
	free(name);
	free(extra);
	return one;
}

static inline void gha_put(FILE *to, const struct export_data *d)
{
	json_t *all = json_array();

	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < d->run[i].nr_series; k++)
			json_array_append_new(all, gha_entry(&d->run[i], &d->run[i].series[k]));
	export_put_json(to, all);
}

#endif
