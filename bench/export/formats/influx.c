// SPDX-License-Identifier: MIT
/*
 * InfluxDB's line protocol: a line for each run and metric, tagged with the identity of the run, at
 * the time when the set was completed. A failed run is a line with its status and no numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "export/format.h"
#include "lib/dates.h"
#include "lib/text.h"

/* Escapes commas, equals signs and blanks. A backslash at the end would escape the next character.
 */
static void write_key(FILE *to, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		if (strchr(",= ", text[i]))
			fputc('\\', to);
		fputc(text[i] == '\\' && i + 1 == n ? '/' : text[i], to);
	}
}

/* The protocol has no empty tags. */
static void write_tag(FILE *to, const char *name, const char *value)
{
	if (!*value)
		return;
	fputc(',', to);
	write_key(to, name);
	fputc('=', to);
	write_key(to, value);
}

static void write_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void write_number(FILE *to, const char *name, double v)
{
	AUTO_FREE char *number = export_number(v);

	fprintf(to, ",%s=%s", name, number);
}

/* Nanoseconds from 1970 to the completion of the set; false: they do not fit 64 bits. */
static bool time_of(const json_t *set, long long *ns)
{
	const char *created = json_string_value(json_object_get(set, "created"));

	return created && time_seconds(created, ns) && !__builtin_mul_overflow(*ns, 1000000000, ns);
}

static const char *refuses_set(const json_t *set)
{
	long long ns;

	return time_of(set, &ns) ? NULL
				 : "InfluxDB counts nanoseconds, from 1677 to 2262, but the set "
				   "is of another year";
}

static void write_line(FILE *to, const struct export_run *r, const struct export_series *s)
{
	json_auto_t *all = export_parameters(r);
	json_t *value;
	const char *name;
	long long ns;

	fputs("pvmmu", to);
	json_object_foreach (all, name, value) {
		AUTO_FREE char *text = export_text(value);

		write_tag(to, name, text);
	}
	if (s) {
		write_tag(to, "metric", s->name);
		write_tag(to, "unit", s->unit);
		write_tag(to, "better", s->lower ? "lower" : "higher");
	}
	fputs(" status=", to);
	write_string(to, r->status);
	fputs(",id=", to);
	write_string(to, r->id);
	if (s) {
		fprintf(to, ",exact=%s,n=%zui", s->exact ? "true" : "false", s->summary.n);
		write_number(to, "median", s->summary.median);
		write_number(to, "min", s->summary.min);
		write_number(to, "max", s->summary.max);
		if (s->interval.exists) {
			write_number(to, "low", s->interval.low);
			write_number(to, "high", s->interval.high);
		}
	}
	if (time_of(r->set, &ns))
		fprintf(to, " %lld", ns);
	fputc('\n', to);
}

static void write_results(FILE *to, const struct export_data *d)
{
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++)
			write_line(to, &d->run[i], &d->run[i].series[k]);
		if (!d->run[i].nr_series)
			write_line(to, &d->run[i], NULL);
	}
}

static const struct export_format influx = {
	.name = "influx",
	.summary = "InfluxDB's line protocol",
	.refuses_set = refuses_set,
	.tells_units = true,
	.write = write_results,
};
EXPORT_FORMAT(influx);
