// SPDX-License-Identifier: MIT
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "resultset.h"
#include "stats.h"
#include "text.h"

void report_summary(FILE *to, const json_t *runs)
{
	json_t *run, *series, *sample;
	size_t i, k, j, width = 3;

	json_array_foreach ((json_t *)runs, i, run)
		if (strlen(text_at(run, "id", NULL)) > width)
			width = strlen(text_at(run, "id", NULL));
	json_array_foreach ((json_t *)runs, i, run) {
		const char *status = text_at(run, "outcome", "status", NULL);

		if (strcmp(status, "success") != 0)
			fprintf(to, "%-*s  %15s\n", (int)width, text_at(run, "id", NULL), status);
		json_array_foreach (json_object_get(run, "series"), k, series) {
			json_t *samples = json_object_get(series, "samples");
			double *v = xcalloc(json_array_size(samples), sizeof(*v));
			struct summary sum;
			char *median;

			json_array_foreach (samples, j, sample)
				v[j] = json_number_value(sample) /
				       (double)iterations_per_sample(series);
			sum = summarize(v, json_array_size(samples));
			median = readable_number(sum.median);
			fprintf(to, "%-*s  %15s %s (%s, median of %zu)\n", (int)width,
				text_at(run, "id", NULL), median, text_at(series, "unit", NULL),
				text_at(series, "name", NULL), sum.n);
			free(median);
			free(v);
		}
	}
}

void report_warnings(const json_t *runs, bool with_id)
{
	json_t *run, *warning;
	size_t i, k;

	json_array_foreach ((json_t *)runs, i, run) {
		json_array_foreach (json_object_get(run, "warnings"), k, warning) {
			if (with_id)
				complain("warning: %s: %s", text_at(run, "id", NULL),
					 json_string_value(warning));
			else
				complain("warning: %s", json_string_value(warning));
		}
	}
}
