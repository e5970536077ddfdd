// SPDX-License-Identifier: MIT
/*
 * Go's benchmark format, which benchstat reads: a line for each sample, with the parameters as
 * parts of the name, /key=value. Blanks would end a name and slashes its parts, so both are written
 * as %XX. benchstat reads "-4" at the end of a name as a number of processors; names here end in
 * /vcpus=N instead.
 *
 * A Unit line says which direction is better. assume=exact says that all samples of a benchmark are
 * equal, and benchstat complains if they are not. The samples of an exact metric may differ within
 * a boot, in the same way on every boot: then its statistics apply.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "export/format.h"
#include "lib/text.h"
#include "resultset/units.h"

static void write_part(FILE *to, const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~' || strchr("/%=", *text))
			fprintf(to, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, to);
}

/* The unit behind a number. benchstat knows how to scale ns/op. */
static char *unit_of(const struct export_series *s)
{
	bool time = unit_in_ns(s->unit) > 0;

	if (time && strcmp(s->name, "time") == 0)
		return xstrdup("ns/op");
	return time ? xasprintf("%s-ns/op", s->name) : xasprintf("%s/op", s->name);
}

static double in_ns(const struct export_series *s, double v)
{
	return unit_in_ns(s->unit) > 0 ? v * unit_in_ns(s->unit) : v;
}

static void write_name(FILE *to, const struct export_run *r)
{
	json_auto_t *all = export_parameters(r);
	json_t *value;
	const char *workload = json_string_value(json_object_get(all, "workload")), *name;

	/* "fork_dirty" -> BenchmarkFork_dirty: Go requires a capital letter there. */
	fputs("Benchmark", to);
	if (islower((unsigned char)*workload))
		fputc(toupper((unsigned char)*workload++), to);
	write_part(to, workload);
	json_object_foreach (all, name, value) {
		AUTO_FREE char *text = export_text(value);

		if (strcmp(name, "workload") != 0 && strcmp(name, "vcpus") != 0) {
			fputc('/', to);
			write_part(to, name);
			fputc('=', to);
			write_part(to, text);
		}
	}
	fprintf(to, "/vcpus=%lld", (long long)json_integer_value(json_object_get(all, "vcpus")));
}

/* A line for each unit, with the properties that all its runs share. */
static void write_units(FILE *to, const struct export_data *d)
{
	AUTO_STRV struct strv seen = {0};

	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++) {
			const struct export_series *s = &d->run[i].series[k];
			AUTO_FREE char *unit = unit_of(s);
			bool constant = true;
			size_t before = seen.n;

			strv_add_distinct(&seen, unit);
			for (size_t j = 0; j < d->n && seen.n > before; j++)
				for (size_t m = 0; m < d->run[j].nr_series; m++)
					if (strcmp(d->run[j].series[m].name, s->name) == 0)
						constant = constant && d->run[j].series[m].exact &&
							   d->run[j].series[m].constant;
			if (seen.n > before)
				fprintf(to, "Unit %s better=%s%s\n", unit,
					s->lower ? "lower" : "higher",
					constant ? " assume=exact" : "");
		}
	}
}

static void write_samples(FILE *to, const struct export_data *d)
{
	write_units(to, d);
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++) {
			const struct export_series *s = &d->run[i].series[k];
			AUTO_FREE char *unit = unit_of(s);

			for (size_t j = 0; j < s->summary.n; j++) {
				AUTO_FREE char *number = export_number(in_ns(s, s->samples[j]));

				write_name(to, &d->run[i]);
				fprintf(to, " 1 %s %s\n", number, unit);
			}
		}
	}
}

static const struct export_format go = {
	.name = "go",
	.summary = "Go's benchmark format, for benchstat; all samples",
	.write = write_samples,
};
EXPORT_FORMAT(go);
