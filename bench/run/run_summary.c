// SPDX-License-Identifier: MIT
#include "run_summary.h"

#include <stdlib.h>
#include <string.h>

#include "compare/dataset.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "lib/text.h"
#include "resultset/resultset_read.h"
#include "resultset/units.h"
#include "stats/summary.h"

/* The part of a sample that is the measurement itself; "" if it is not known. The caller's. */
static char *measuring_text(const json_t *run, const json_t *series)
{
	json_t *least = member_at(run, "timer_overhead", "least", NULL);
	double ns = unit_in_ns(text_at(series, "unit", NULL));
	double of = json_number_value(least) / (double)iterations_per_sample(series) /
		    (ns > 0 ? ns : 1);
	AUTO_FREE char *number = NULL;
	char *text;

	if (!least)
		return xstrdup("");
	number = readable_number(of);
	text = xasprintf("; %s of it measuring", number);
	return text;
}

static void print_series(FILE *to, int width, const json_t *run, const json_t *series)
{
	size_t n;
	AUTO_FREE double *v = sample_values(series, &n);
	AUTO_FREE char *median = readable_number(summarize(v, n).median);
	AUTO_FREE char *measuring = measuring_text(run, series);

	fprintf(to, "%-*s  %15s %s (%s, median of %zu%s)\n", width, text_at(run, "id", NULL),
		median, text_at(series, "unit", NULL), text_at(series, "name", NULL), n, measuring);
}

void report_summary(FILE *to, const json_t *runs)
{
	json_t *run, *series;
	size_t i, k, width = 3;

	json_array_foreach ((json_t *)runs, i, run)
		if (strlen(text_at(run, "id", NULL)) > width)
			width = strlen(text_at(run, "id", NULL));
	json_array_foreach ((json_t *)runs, i, run) {
		const char *status = text_at(run, "outcome", "status", NULL);

		if (strcmp(status, "success") != 0)
			fprintf(to, "%-*s  %15s\n", (int)width, text_at(run, "id", NULL), status);
		json_array_foreach (json_object_get(run, "series"), k, series)
			print_series(to, (int)width, run, series);
	}
}

void report_seeds(FILE *to, json_t *set)
{
	struct strv none = {0};
	struct dataset c;
	char *error = NULL;

	/* compare reports sets that do not fit together; this summary does not. */
	if (!dataset_make(&c, &set, 1, &none, &error)) {
		free(error);
		return;
	}
	for (size_t i = 0; i < c.n; i++) {
		const struct summary *by = &c.cell[i].by_median;
		const double values[] = {by->min, by->max, by->median};
		char *number[3];

		if (by->n < 2)
			continue;
		for (size_t k = 0; k < 3; k++)
			number[k] = readable_number(values[k]);
		fprintf(to, "%s %s: medians of %zu seeds from %s to %s, the middle one %s %s\n",
			c.point[c.cell[i].point].label, c.cell[i].label, by->n, number[0],
			number[1], number[2], c.cell[i].unit);
		for (size_t k = 0; k < 3; k++)
			free(number[k]);
	}
	dataset_free(&c);
}

static void warn(const json_t *run, bool with_id, const char *text)
{
	if (with_id)
		complain("warning: %s: %s", text_at(run, "id", NULL), text);
	else
		complain("warning: %s", text);
}

/* Prints a warning once, because it is usually the same for all runs. */
PRINTF_LIKE(4, 5)
static void tell_once(struct strv *told, const json_t *run, bool with_id, const char *fmt, ...)
{
	size_t n = told->n;
	va_list ap;
	AUTO_FREE char *text = NULL;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	strv_add_distinct(told, text);
	if (told->n > n)
		warn(run, with_id, text);
}

void report_warnings(const json_t *runs, bool with_id)
{
	json_t *run, *warning, *reason;
	const char *name, *no_kvm;
	AUTO_STRV struct strv told = {0};
	size_t i, k;

	json_array_foreach ((json_t *)runs, i, run) {
		json_array_foreach (json_object_get(run, "warnings"), k, warning)
			warn(run, with_id, json_string_value(warning));
		no_kvm = text_at(run, "observed", "no_kvm", NULL);
		if (*no_kvm)
			tell_once(
				&told, run, false,
				"these times are an emulator's (tcg), because KVM cannot run the guest here: %s",
				no_kvm);
		json_object_foreach (json_object_get(run, "uncollected"), name, reason) {
			tell_once(&told, run, with_id, "%s collected nothing: %s", name,
				  json_string_value(reason));
		}
	}
}
