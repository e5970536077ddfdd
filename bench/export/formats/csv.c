// SPDX-License-Identifier: MIT
/*
 * A table for spreadsheets and data frames, RFC 4180: a row for each sample, with the identity of
 * its run. A failed run is a row without a sample.
 */
#include <stdlib.h>

#include "export/format.h"
#include "lib/table.h"
#include "lib/text.h"

/* Parameters that each run has; the others share one column. */
static const char *const own[] = {"env", "rig", "tier", "workload", "variant", "vcpus", "seed"};
#define NR_OWN (sizeof(own) / sizeof(*own))

static void write_field(FILE *to, const char *text)
{
	table_put_csv(text, to);
	fputc(',', to);
}

static void write_run(FILE *to, const struct export_run *r)
{
	json_auto_t *all = export_parameters(r);
	json_t *value;
	AUTO_STRV struct strv rest = {0};
	const char *name;
	char *text;

	write_field(to, r->file);
	write_field(to, r->id);
	for (size_t i = 0; i < NR_OWN; i++) {
		text = export_text(json_object_get(all, own[i]));
		write_field(to, text);
		free(text);
		json_object_del(all, own[i]);
	}
	json_object_foreach (all, name, value) {
		text = export_text(value);
		strv_add(&rest, "%s=%s", name, text);
		free(text);
	}
	text = strv_join(&rest, " ");
	write_field(to, text);
	write_field(to, r->status);
	free(text);
}

static void write_samples(FILE *to, const struct export_data *d)
{
	fputs("file,id,env,rig,tier,workload,variant,vcpus,seed,parameters,status,metric,unit,better,"
	      "exact,sample,value\n",
	      to);
	for (size_t i = 0; i < d->n; i++) {
		const struct export_run *r = &d->run[i];

		if (!r->nr_series) {
			write_run(to, r);
			fputs(",,,,,\n", to);
		}
		for (size_t k = 0; k < r->nr_series; k++) {
			const struct export_series *s = &r->series[k];

			for (size_t j = 0; j < s->summary.n; j++) {
				AUTO_FREE char *number = export_number(s->samples[j]);

				write_run(to, r);
				write_field(to, s->name);
				write_field(to, s->unit);
				fprintf(to, "%s,%d,%zu,%s\n", s->lower ? "lower" : "higher",
					s->exact, j, number);
			}
		}
	}
}

static const struct export_format csv = {
	.name = "csv",
	.summary = "comma-separated values (RFC 4180); all samples",
	.tells_files_apart = true,
	.tells_units = true,
	.write = write_samples,
};
EXPORT_FORMAT(csv);
