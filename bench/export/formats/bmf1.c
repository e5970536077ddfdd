// SPDX-License-Identifier: MIT
/*
 * Bencher Metric Format, version 1: {benchmark: [{"parameters", "measures"}]}. A benchmark is a
 * workload, and what tells its runs apart stands beside them.
 */
#include "bmf_measures.h"

static void put(FILE *to, const struct export_data *d)
{
	json_t *all = json_object(), *parameters, *list;

	for (size_t i = 0; i < d->n; i++) {
		const struct export_run *r = &d->run[i];
		const char *workload;

		if (!r->nr_series)
			continue;
		parameters = export_parameters(r);
		workload = json_string_value(json_object_get(parameters, "workload"));
		list = json_object_get(all, workload);
		if (!list) {
			list = json_array();
			json_object_set_new(all, workload, list);
		}
		json_object_del(parameters, "workload");
		json_array_append_new(list, json_pack("{s:o, s:o}", "parameters", parameters,
						      "measures", bmf_measures(r)));
	}
	export_put_json(to, all);
}

static const struct export_format bmf1 = {
	.name = "bmf1",
	.summary = "Bencher Metric Format, version 1, with parameters",
	.write = put,
};
EXPORT_FORMAT(bmf1);
