// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "lib/registry.h"
#include "lib/text.h"
#include "resultset/resultset_read.h"
#include "spec/catalog.h"

REGISTRY(export_format, pvmmu_exports);

const struct export_format *export_at(size_t i)
{
	return REGISTERED_AT(pvmmu_exports, i);
}

const struct export_format *export_by_name(const char *name, char **error)
{
	return REGISTERED(pvmmu_exports, "format", name, error);
}

static void take_series(struct export_series *s, const json_t *series)
{
	json_t *samples = json_object_get(series, "samples"), *sample;
	double reps = (double)iterations_per_sample(series);
	size_t n = json_array_size(samples), i;

	*s = (struct export_series){
		.name = text_at(series, "name", NULL),
		.unit = text_at(series, "unit", NULL),
		.exact = json_is_true(json_object_get(series, "exact")),
		.lower = strcmp(text_at(series, "better", NULL), "lower") == 0,
		.samples = xcalloc(n, sizeof(*s->samples)),
		.sorted = xcalloc(n, sizeof(*s->sorted)),
	};
	json_array_foreach (samples, i, sample)
		s->samples[i] = s->sorted[i] = json_number_value(sample) / reps;
	s->summary = summarize(s->sorted, n);
	s->constant = s->summary.min == s->summary.max;
	if (!s->exact)
		s->interval = median_interval(s->sorted, n, CONFIDENCE);
}

/* Remembers a series that is left out, by the message about it. */
static void leave_out(json_t *left, const char *id, const char *metric, const char *error)
{
	AUTO_FREE char *text = xasprintf("metric %s: %s", metric, error);

	json_array_append_new(array_in(left, text), json_string(id));
}

/* Runs with the same reason share a message. */
static void report_left_out(struct strv *left_out, json_t *left)
{
	const char *text;
	json_t *ids;

	json_object_foreach (left, text, ids)
		if (json_array_size(ids) == 1)
			strv_add(left_out, "left out: %s, %s",
				 json_string_value(json_array_get(ids, 0)), text);
		else
			strv_add(left_out, "left out: of %zu runs, %s", json_array_size(ids), text);
	json_decref(left);
}

/* false: the run was measured, but no series of it was requested and is not refused. */
static bool take_run(struct export_run *r, const json_t *run, const struct strv *metrics,
		     const struct export_format *f, json_t *left)
{
	json_t *all = json_object_get(run, "series"), *series;
	size_t i;

	r->series = xcalloc(json_array_size(all), sizeof(*r->series));
	json_array_foreach (all, i, series) {
		struct export_series *s = &r->series[r->nr_series];
		const char *refused;

		if (metrics->n && !strv_has(metrics, text_at(series, "name", NULL)))
			continue;
		take_series(s, series);
		refused = f->refuses ? f->refuses(s) : NULL;
		if (refused) {
			leave_out(left, r->id, s->name, refused);
			free(s->samples);
			free(s->sorted);
		} else {
			r->nr_series++;
		}
	}
	return r->nr_series || !json_array_size(all);
}

/* Whether each requested metric is in some run. */
static bool metrics_found(json_t *const *sets, size_t n, const struct strv *metrics, char **error)
{
	AUTO_STRV struct strv known = {0};
	json_t *run, *series;
	size_t i, k;

	for (size_t f = 0; f < n; f++)
		json_array_foreach (json_object_get(sets[f], "runs"), i, run)
			json_array_foreach (json_object_get(run, "series"), k, series)
				strv_add_distinct(&known, text_at(series, "name", NULL));
	for (i = 0; i < metrics->n; i++)
		if (!strv_has(&known, metrics->v[i]))
			unknown_name(error, "metric", metrics->v[i], &known);
	return !*error;
}

/* Two runs of the same name would replace one another, or be pooled. */
static bool ids_are_distinct(const struct export_data *d, const struct export_format *f,
			     char **error)
{
	json_auto_t *seen = json_object();
	json_t *first;

	for (size_t i = 0; i < d->n && !f->tells_files_apart; i++) {
		first = json_object_get(seen, d->run[i].id);
		if (first)
			fail(error,
			     "%s is in %s and in %s, and %s has one place for it: export them one "
			     "by one",
			     d->run[i].id, json_string_value(first), d->run[i].file, f->name);
		json_object_set_new(seen, d->run[i].id, json_string(d->run[i].file));
	}
	return !*error;
}

bool export_collect(struct export_data *d, const struct strv *files, json_t *const *sets,
		    const struct strv *metrics, const struct export_format *f,
		    struct strv *left_out, char **error)
{
	size_t measured = 0, total = 0, i;
	json_t *run, *left;

	*d = (struct export_data){0};
	for (size_t k = 0; k < files->n && f->refuses_set; k++)
		if (f->refuses_set(sets[k]))
			return fail(error, "%s: %s", files->v[k], f->refuses_set(sets[k]));
	for (size_t k = 0; k < files->n; k++)
		total += json_array_size(json_object_get(sets[k], "runs"));
	d->run = xcalloc(total, sizeof(*d->run));
	left = json_object();
	for (size_t k = 0; k < files->n; k++) {
		json_array_foreach (json_object_get(sets[k], "runs"), i, run) {
			struct export_run *r = &d->run[d->n];

			*r = (struct export_run){
				.file = files->v[k],
				.id = text_at(run, "id", NULL),
				.status = text_at(run, "outcome", "status", NULL),
				.reason = text_at(run, "outcome", "reason", NULL),
				.set = sets[k],
				.run = run,
				.identity = json_object_get(run, "identity"),
			};
			if (!take_run(r, run, metrics, f, left)) {
				free(r->series);
				continue;
			}
			if (!r->nr_series)
				strv_add(left_out, "missing: %s: %s%s%s", r->id, r->status,
					 *r->reason ? ": " : "", r->reason);
			measured += r->nr_series;
			d->n++;
		}
	}
	report_left_out(left_out, left);
	if (!metrics_found(sets, files->n, metrics, error))
		return false;
	if (!measured)
		return fail(error, "no value is left that %s can hold", f->name);
	return ids_are_distinct(d, f, error);
}

void export_free(struct export_data *d)
{
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < d->run[i].nr_series; k++) {
			free(d->run[i].series[k].samples);
			free(d->run[i].series[k].sorted);
		}
		free(d->run[i].series);
	}
	free(d->run);
	*d = (struct export_data){0};
}

/* ---- for formats ---- */

char *export_number(double v)
{
	char *text = plain_number(v);

	if (strtod(text, NULL) != v)
		replace_text(&text, "%.17g", v);
	return text;
}

json_t *export_json(double v)
{
	/* 2^53: up to here a double holds every integer. */
	if (v == floor(v) && fabs(v) <= 9007199254740992.0)
		return json_integer((json_int_t)v);
	return json_real(v);
}

void export_write_json(FILE *to, json_t *value)
{
	AUTO_FREE char *text = json_text(value, JSON_INDENT(1) | JSON_REAL_PRECISION(17));

	fprintf(to, "%s\n", text);
	json_decref(value);
}

/* Names that formats use beside the parameters, and parameters so far. */
static bool is_taken(const json_t *all, const char *name)
{
	static const char *const words[] = {"run",    "file", "metric", "unit",
					    "better", "id",   "status", "sample"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return json_object_get(all, name);
}

json_t *export_parameters(const struct export_run *r)
{
	static const char *const of_identity[] = {"env", "rig", "tier"};
	json_t *all = json_object(), *value;
	const char *name;

	for (size_t i = 0; i < sizeof(of_identity) / sizeof(*of_identity); i++)
		json_object_set(all, of_identity[i], json_object_get(r->identity, of_identity[i]));
	json_object_set(all, "workload", member_at(r->identity, "workload", "name", NULL));
	json_object_set(all, "variant", member_at(r->identity, "variant", "name", NULL));
	json_object_set(all, "vcpus", json_object_get(r->identity, "vcpus"));
	json_object_set(all, "seed", json_object_get(r->identity, "seed"));
	json_object_foreach (member_at(r->identity, "workload", "parameters", NULL), name, value) {
		AUTO_FREE char *own = xstrdup(name);

		while (is_taken(all, own))
			replace_text(&own, "param_%s", own);
		json_object_set(all, own, value);
	}
	return all;
}

char *export_text(const json_t *value)
{
	return json_is_string(value) ? xstrdup(json_string_value(value)) : json_text(value, 0);
}
