// SPDX-License-Identifier: MIT
/*
 * Go's benchmark format, which benchstat reads: a line for each sample, the parameters as parts of
 * the name, /key=value. Blanks end a name and slashes its parts, so these are written as %XX. A
 * "-4" at its end would be taken for a number of processors; names here end in /vcpus=N, so there
 * is none.
 *
 * A Unit line says which way is better, and assume=exact that all samples of a benchmark are equal:
 * only where they are, since benchstat complains otherwise. An exact metric whose samples differ
 * within a boot, the same way each time, is left to its statistics.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "export/format.h"
#include "lib/text.h"
#include "resultset/units.h"

static void put_part(FILE *to, const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~' || strchr("/%=", *text))
			fprintf(to, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, to);
}

/* A unit is what follows a number: time is ns/op, which benchstat knows how to scale. */
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

static void put_name(FILE *to, const struct export_run *r)
{
	json_auto_t *all = export_parameters(r);
	json_t *value;
	const char *workload = json_string_value(json_object_get(all, "workload")), *name;

	/* "fork_dirty" -> BenchmarkFork_dirty: a small letter behind the word is no benchmark. */
	fputs("Benchmark", to);
	if (islower((unsigned char)*workload))
		fputc(toupper((unsigned char)*workload++), to);
	put_part(to, workload);
	json_object_foreach (all, name, value) {
		AUTO_FREE char *text = export_text(value);

		if (strcmp(name, "workload") != 0 && strcmp(name, "vcpus") != 0) {
			fputc('/', to);
			put_part(to, name);
			fputc('=', to);
			put_part(to, text);
		}
	}
	fprintf(to, "/vcpus=%lld", (long long)json_integer_value(json_object_get(all, "vcpus")));
}

/* One line for each unit: what holds for all runs that have it. */
static void put_units(FILE *to, const struct export_data *d)
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

static void put(FILE *to, const struct export_data *d)
{
	put_units(to, d);
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++) {
			const struct export_series *s = &d->run[i].series[k];
			AUTO_FREE char *unit = unit_of(s);

			for (size_t j = 0; j < s->summary.n; j++) {
				AUTO_FREE char *number = export_number(in_ns(s, s->samples[j]));

				put_name(to, &d->run[i]);
				fprintf(to, " 1 %s %s\n", number, unit);
			}
		}
	}
}

static const struct export_format go = {
	.name = "go",
	.summary = "Go's benchmark format, for benchstat; all samples",
	.write = put,
};
EXPORT_FORMAT(go);
