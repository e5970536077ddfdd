// SPDX-License-Identifier: MIT
/*
 * InfluxDB's line protocol: a line for each run and metric, tagged with what tells runs apart, at
 * the time at which the set was completed. A run that failed is a line with its status and no
 * numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "export/format.h"
#include "lib/dates.h"
#include "lib/text.h"

/* Commas, equals signs and blanks are escaped; a backslash at the end would escape what follows. */
static void put_key(FILE *to, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		if (strchr(",= ", text[i]))
			fputc('\\', to);
		fputc(text[i] == '\\' && i + 1 == n ? '/' : text[i], to);
	}
}

/* An empty tag cannot be said, and is none. */
static void put_tag(FILE *to, const char *name, const char *value)
{
	if (!*value)
		return;
	fputc(',', to);
	put_key(to, name);
	fputc('=', to);
	put_key(to, value);
}

static void put_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void put_number(FILE *to, const char *name, double v)
{
	AUTO_FREE char *number = export_number(v);

	fprintf(to, ",%s=%s", name, number);
}

/* Nanoseconds since 1970 of when the set was completed; false: there are too many for 64 bits. */
static bool time_of(const json_t *set, long long *ns)
{
	const char *created = json_string_value(json_object_get(set, "created"));

	return created && time_seconds(created, ns) && !__builtin_mul_overflow(*ns, 1000000000, ns);
}

static const char *refuses_set(const json_t *set)
{
	long long ns;

	return time_of(set, &ns) ? NULL
				 : "InfluxDB counts nanoseconds, from 1677 to 2262, and the set is "
				   "of another year";
}

static void put_line(FILE *to, const struct export_run *r, const struct export_series *s)
{
	json_auto_t *all = export_parameters(r);
	json_t *value;
	const char *name;
	long long ns;

	fputs("pvmmu", to);
	json_object_foreach (all, name, value) {
		AUTO_FREE char *text = export_text(value);

		put_tag(to, name, text);
	}
	if (s) {
		put_tag(to, "metric", s->name);
		put_tag(to, "unit", s->unit);
		put_tag(to, "better", s->lower ? "lower" : "higher");
	}
	fputs(" status=", to);
	put_string(to, r->status);
	fputs(",id=", to);
	put_string(to, r->id);
	if (s) {
		fprintf(to, ",exact=%s,n=%zui", s->exact ? "true" : "false", s->summary.n);
		put_number(to, "median", s->summary.median);
		put_number(to, "min", s->summary.min);
		put_number(to, "max", s->summary.max);
		if (s->interval.exists) {
			put_number(to, "low", s->interval.low);
			put_number(to, "high", s->interval.high);
		}
	}
	if (time_of(r->set, &ns))
		fprintf(to, " %lld", ns);
	fputc('\n', to);
}

static void put(FILE *to, const struct export_data *d)
{
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++)
			put_line(to, &d->run[i], &d->run[i].series[k]);
		if (!d->run[i].nr_series)
			put_line(to, &d->run[i], NULL);
	}
}

static const struct export_format influx = {
	.name = "influx",
	.summary = "InfluxDB's line protocol",
	.refuses_set = refuses_set,
	.tells_units = true,
	.write = put,
};
EXPORT_FORMAT(influx);
