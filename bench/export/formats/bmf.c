// SPDX-License-Identifier: MIT
/*
 * Bencher Metric Format, which `bencher run --adapter json` reads in two versions:
 *
 *	0: {benchmark: {measure: {...}}}, where the name of the benchmark holds the parameters
 *	1: {benchmark: [{"parameters", "measures"}]}, where a benchmark is a workload
 *
 * A measure is {"value", "lower_value", "upper_value"}, the latter two if there is an interval.
 * Thresholds in Bencher, not the format, say which direction is better.
 */
#include "export/format.h"
#include "lib/json.h"

/* {metric: measure} of a run; a new reference. */
static json_t *measures_of(const struct export_run *r)
{
	json_t *measures = json_object(), *one;

	for (size_t i = 0; i < r->nr_series; i++) {
		const struct export_series *s = &r->series[i];

		one = json_pack("{s:o}", "value", export_json(s->summary.median));
		if (s->interval.exists) {
			json_object_set_new(one, "lower_value", export_json(s->interval.low));
			json_object_set_new(one, "upper_value", export_json(s->interval.high));
		}
		json_object_set_new(measures, s->name, one);
	}
	return measures;
}

static void write_version_0(FILE *to, const struct export_data *d)
{
	json_t *all = json_object();

	for (size_t i = 0; i < d->n; i++)
		if (d->run[i].nr_series)
			json_object_set_new(all, d->run[i].id, measures_of(&d->run[i]));
	export_write_json(to, all);
}

static void write_version_1(FILE *to, const struct export_data *d)
{
	json_t *all = json_object(), *parameters, *list;

	for (size_t i = 0; i < d->n; i++) {
		const struct export_run *r = &d->run[i];

		if (!r->nr_series)
			continue;
		parameters = export_parameters(r);
		list = array_in(all, text_at(parameters, "workload", NULL));
		json_object_del(parameters, "workload");
		json_array_append_new(list, json_pack("{s:o, s:o}", "parameters", parameters,
						      "measures", measures_of(r)));
	}
	export_write_json(to, all);
}

static const struct export_format bmf = {
	.name = "bmf",
	.summary = "Bencher Metric Format, version 0",
	.write = write_version_0,
};
EXPORT_FORMAT(bmf);

static const struct export_format bmf1 = {
	.name = "bmf1",
	.summary = "Bencher Metric Format, version 1, with parameters",
	.write = write_version_1,
};
EXPORT_FORMAT(bmf1);
