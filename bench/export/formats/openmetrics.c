// SPDX-License-Identifier: MIT
/*
 * OpenMetrics, the text that Prometheus scrapes: a family for each metric, with a sample for each
 * run. The median is one gauge, the ends of its interval are two others. pvmmu_run_success is 1 or
 * 0 for each run; a failed run has no median, rather than zero. Times are in seconds by convention.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "export/format.h"
#include "lib/text.h"
#include "resultset/units.h"

/* Names consist of letters, digits and underscores. */
static char *name_of(const char *text)
{
	char *s = xasprintf("%s%s", isdigit((unsigned char)*text) ? "_" : "", text);

	for (char *c = s; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return s;
}

static void write_escaped(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\\"\n", *text))
			fputc('\\', to);
		fputc(*text == '\n' ? 'n' : *text, to);
	}
}

/* All labels. If two names become equal, the second gets another underscore. */
static void write_labels(FILE *to, const struct export_run *r, const char *metric)
{
	json_auto_t *all = export_parameters(r), *put = json_object();
	json_t *value;
	const char *name, *comma = "";

	json_object_set_new(all, "run", json_string(r->id));
	if (metric)
		json_object_set_new(all, "metric", json_string(metric));
	fputc('{', to);
	json_object_foreach (all, name, value) {
		AUTO_FREE char *label = name_of(name), *text = export_text(value);

		while (json_object_get(put, label))
			replace_text(&label, "%s_", label);
		json_object_set_new(put, label, json_true());
		fprintf(to, "%s%s=\"", comma, label);
		write_escaped(to, text);
		fputc('"', to);
		comma = ",";
	}
	fputs("} ", to);
}

static void write_value(FILE *to, const char *family, const struct export_run *r,
			const char *metric, double v)
{
	AUTO_FREE char *number = export_number(v);

	fputs(family, to);
	write_labels(to, r, metric);
	fprintf(to, "%s\n", number);
}

enum what { MEDIAN, LOW, HIGH };

static char *family_of(const struct export_series *s, enum what what)
{
	static const char *const suffixes[] = {"", "_median_low", "_median_high"};
	char *metric = name_of(s->name);
	char *family = xasprintf("pvmmu_%s%s%s", metric, suffixes[what],
				 unit_in_ns(s->unit) > 0 ? "_seconds" : "");

	free(metric);
	return family;
}

static void write_head(FILE *to, const char *family, const struct export_series *s, enum what what)
{
	static const char *const words[] = {"median", "lower end of the median's 95 % interval",
					    "upper end of the median's 95 % interval"};

	fprintf(to, "# TYPE %s gauge\n# HELP %s By iteration, %s, in ", family, family,
		words[what]);
	write_escaped(to, unit_in_ns(s->unit) > 0 ? "seconds" : s->unit);
	fprintf(to, "; %s is better.\n", s->lower ? "less" : "more");
}

static double in_seconds(const struct export_series *s, double v)
{
	double ns = unit_in_ns(s->unit);

	return ns > 0 ? v * ns / 1e9 : v;
}

/* One family: all series that share its name. */
static void write_family(FILE *to, const struct export_data *d, const char *family, enum what what)
{
	bool headed = false;

	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++) {
			const struct export_series *s = &d->run[i].series[k];
			double v = what == MEDIAN ? s->summary.median
				   : what == LOW  ? s->interval.low
						  : s->interval.high;
			AUTO_FREE char *own = family_of(s, what);

			if (strcmp(own, family) == 0 && (what == MEDIAN || s->interval.exists)) {
				if (!headed)
					write_head(to, family, s, what);
				headed = true;
				write_value(to, family, &d->run[i], s->name, in_seconds(s, v));
			}
		}
	}
}

static void write_families(FILE *to, const struct export_data *d)
{
	AUTO_STRV struct strv seen = {0};

	fputs("# TYPE pvmmu_run_success gauge\n"
	      "# HELP pvmmu_run_success Whether the run succeeded; 0: it has no numbers.\n",
	      to);
	for (size_t i = 0; i < d->n; i++)
		write_value(to, "pvmmu_run_success", &d->run[i], NULL,
			    strcmp(d->run[i].status, "success") == 0);
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++) {
			for (enum what what = MEDIAN; what <= HIGH; what++) {
				AUTO_FREE char *family = family_of(&d->run[i].series[k], what);
				size_t before = seen.n;

				strv_add_distinct(&seen, family);
				if (seen.n > before)
					write_family(to, d, family, what);
			}
		}
	}
	fputs("# EOF\n", to);
}

static const struct export_format openmetrics = {
	.name = "openmetrics",
	.summary = "OpenMetrics text, for Prometheus",
	.write = write_families,
};
EXPORT_FORMAT(openmetrics);
