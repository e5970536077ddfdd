// SPDX-License-Identifier: MIT
/* Bencher Metric Format, version 0: {benchmark: {measure: {...}}}; what tells runs apart is in the
 * name. */
#include "bmf_measures.h"

static void put(FILE *to, const struct export_data *d)
{
	json_t *all = json_object();

	for (size_t i = 0; i < d->n; i++)
		if (d->run[i].nr_series)
			json_object_set_new(all, d->run[i].id, bmf_measures(&d->run[i]));
	export_put_json(to, all);
}

static const struct export_format bmf = {
	.name = "bmf",
	.summary = "Bencher Metric Format, version 0",
	.write = put,
};
EXPORT_FORMAT(bmf);
