/* SPDX-License-Identifier: MIT */
/*
 * Bencher Metric Format, of which `bencher run --adapter json` reads two versions; they share what
 * a measure is: {"value", "lower_value", "upper_value"}, the latter two if there is an interval.
 * Which way is better is no part of it: thresholds in Bencher say that.
 */
#ifndef PVMMU_BENCH_EXPORT_FORMATS_BMF_MEASURES_H
#define PVMMU_BENCH_EXPORT_FORMATS_BMF_MEASURES_H

#include "export/format.h"

/* {metric: measure} of a run; a new reference. */
static inline json_t *bmf_measures(const struct export_run *r)
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

#endif
