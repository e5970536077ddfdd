// SPDX-License-Identifier: MIT
/*
 * The format of `hyperfine --export-json`: times in seconds, with mean and standard deviation. It
 * holds times only, since instructions are no seconds. Samples are iterations within one process,
 * so their user and system times are unknown (null). The exit status of the process is repeated for
 * each sample, as hyperfine's scripts expect.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export/format.h"
#include "resultset/units.h"

#define NS_IN_S 1e9

static const char *refuses(const struct export_series *s)
{
	return !unit_in_ns(s->unit) ? "hyperfine's values are seconds, but this is no time" : NULL;
}

static json_t *seconds(const struct export_series *s, double v)
{
	return json_real(v * unit_in_ns(s->unit) / NS_IN_S);
}

static json_t *result_of(const struct export_run *r, const struct export_series *s)
{
	json_t *times = json_array(), *codes = json_array(), *parameters = export_parameters(r);
	double mean = 0, squares = 0, n = (double)s->summary.n;
	const char *name;
	json_t *value;
	void *next;

	for (size_t i = 0; i < s->summary.n; i++) {
		json_array_append_new(times, seconds(s, s->samples[i]));
		json_array_append_new(codes, json_integer(0));
		mean += s->samples[i] / n;
	}
	for (size_t i = 0; i < s->summary.n; i++)
		squares += (s->samples[i] - mean) * (s->samples[i] - mean);
	/* hyperfine writes parameters as strings. */
	json_object_foreach_safe(parameters, next, name, value)
	{
		AUTO_FREE char *text = export_text(value);

		json_object_set_new(parameters, name, json_string(text));
	}
	json_object_set_new(parameters, "metric", json_string(s->name));
	return json_pack("{s:s, s:o, s:o, s:o, s:n, s:n, s:o, s:o, s:o, s:o, s:o}", "command",
			 r->id, "mean", seconds(s, mean), "stddev",
			 n > 1 ? seconds(s, sqrt(squares / (n - 1))) : json_null(), "median",
			 seconds(s, s->summary.median), "user", "system", "min",
			 seconds(s, s->summary.min), "max", seconds(s, s->summary.max), "times",
			 times, "exit_codes", codes, "parameters", parameters);
}

static void write_results(FILE *to, const struct export_data *d)
{
	json_t *results = json_array();

	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < d->run[i].nr_series; k++)
			json_array_append_new(results, result_of(&d->run[i], &d->run[i].series[k]));
	export_write_json(to, json_pack("{s:o}", "results", results));
}

static const struct export_format hyperfine = {
	.name = "hyperfine",
	.summary = "hyperfine --export-json; times only",
	.refuses = refuses,
	.tells_units = true,
	.write = write_results,
};
EXPORT_FORMAT(hyperfine);
