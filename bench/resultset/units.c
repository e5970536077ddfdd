// SPDX-License-Identifier: MIT
#include "units.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

double unit_in_ns(const char *unit)
{
	static const struct {
		const char *names; /* with a blank around each */
		double ns;
	} times[] = {
		{" ps psec picosecond picoseconds ", 1e-3},
		{" ns nsec nsecs nanosecond nanoseconds ", 1},
		/* The micro sign and the Greek letter look alike. */
		{" us \xc2\xb5s \xce\xbcs usec usecs microsecond microseconds ", 1e3},
		{" ms msec msecs millisecond milliseconds ", 1e6},
		{" s sec secs second seconds ", 1e9},
		{" min mins minute minutes ", 60e9},
		{" h hour hours ", 3600e9},
	};
	char *word = xasprintf(" %s ", unit);
	double ns = 0;

	for (size_t i = 0; i < sizeof(times) / sizeof(*times) && !strchr(unit, ' '); i++)
		if (*unit && strstr(times[i].names, word))
			ns = times[i].ns;
	free(word);
	return ns;
}

double unit_factor(const char *from, const char *to)
{
	double a = unit_in_ns(from), b = unit_in_ns(to);

	if (strcmp(from, to) == 0)
		return 1;
	return a > 0 && b > 0 ? a / b : 0;
}

/* While sets are settled. */
struct settling {
	enum units_mode mode;
	const struct units_words *words;
	json_t *times; /* {metric: the one unit of its times, "" of several} */
	json_t *first; /* {what: {"unit", "better", "file", "run"}}, of workloads and of metrics */
	const char *file;
	char **error;
};

static bool matters(const struct settling *s, const char *metric)
{
	const struct strv *metrics = s->words->metrics;

	for (size_t i = 0; metrics && i < metrics->n; i++)
		if (strcmp(metrics->v[i], metric) == 0)
			return true;
	return !metrics || !metrics->n;
}

static void note_times(struct settling *s, const json_t *set)
{
	json_t *run, *series;
	size_t i, k;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		json_array_foreach (json_object_get(run, "series"), k, series) {
			const char *name = text_at(series, "name", NULL);
			const char *unit = text_at(series, "unit", NULL);
			json_t *known = json_object_get(s->times, name);

			if (!unit_in_ns(unit))
				continue;
			if (!known)
				json_object_set_nocheck(s->times, name,
							json_object_get(series, "unit"));
			else if (strcmp(json_string_value(known), unit) != 0)
				json_object_set_new_nocheck(s->times, name, json_string(""));
		}
}

/* A copy of the series in another unit. */
static json_t *converted(const json_t *series, const char *unit)
{
	json_t *copy = json_copy((json_t *)series), *samples = json_array(), *one;
	double factor = unit_factor(text_at(series, "unit", NULL), unit);
	size_t i;

	json_array_foreach (json_object_get(series, "samples"), i, one)
		json_array_append_new(samples, json_real(json_number_value(one) * factor));
	json_object_set_new(copy, "samples", samples);
	json_object_set(copy, "converted_from", json_object_get(series, "unit"));
	json_object_set_new(copy, "unit", json_string(unit));
	return copy;
}

/* The first series of a name, which is this one if there was none. */
static const json_t *first_of(struct settling *s, const char *key, const json_t *run,
			      const json_t *series)
{
	json_t *first = json_object_get(s->first, key);

	if (first)
		return first;
	first = json_pack("{s:O, s:O, s:s, s:O}", "unit", json_object_get(series, "unit"), "better",
			  json_object_get(series, "better"), "file", s->file, "run",
			  json_object_get(run, "id"));
	json_object_set_new_nocheck(s->first, key, first);
	return first;
}

static bool is_like(const json_t *first, const json_t *series)
{
	return strcmp(text_at(first, "unit", NULL), text_at(series, "unit", NULL)) == 0 &&
	       strcmp(text_at(first, "better", NULL), text_at(series, "better", NULL)) == 0;
}

/* "ns, lower is better, in a.json"; the caller's. */
static char *sense_text(const json_t *series, const char *file, const char *run)
{
	return xasprintf("%s (%s is better) in %s%s%s", text_at(series, "unit", NULL),
			 text_at(series, "better", NULL), file, *file ? ": " : "", run);
}

static char *difference_text(struct settling *s, const json_t *first, const json_t *run,
			     const json_t *series)
{
	char *a = sense_text(first, text_at(first, "file", NULL), text_at(first, "run", NULL));
	char *b = sense_text(series, s->file, text_at(run, "id", NULL));
	char *text = xasprintf("metric %s is %s, and %s", text_at(series, "name", NULL), a, b);

	free(a);
	free(b);
	return text;
}

/* A copy of the series under another name. */
static json_t *renamed(const json_t *first, const json_t *series)
{
	json_t *copy = json_copy((json_t *)series);
	const char *unit = text_at(series, "unit", NULL);
	char *name = strcmp(text_at(first, "unit", NULL), unit) != 0
			     ? xasprintf("%s in %s", text_at(series, "name", NULL), unit)
			     : xasprintf("%s, %s is better", text_at(series, "name", NULL),
					 text_at(series, "better", NULL));

	json_object_set_new(copy, "name", json_string(name));
	free(name);
	return copy;
}

/* The series as it can stand among the others, a new reference; NULL with *error: it cannot. */
static json_t *settled(struct settling *s, const json_t *run, const json_t *series)
{
	const char *name = text_at(series, "name", NULL), *unit = text_at(series, "unit", NULL);
	bool convert = unit_in_ns(unit) > 0 && strcmp(unit, UNIT_TIME) != 0 &&
		       !*text_at(s->times, name, NULL);
	json_t *now = convert ? converted(series, UNIT_TIME) : json_incref((json_t *)series);
	const json_t *of_workload, *of_metric;
	char *key, *text;

	if (s->mode == UNITS_CONVERT || !matters(s, name))
		return now;
	key = xasprintf("%s %s %s", text_at(run, "identity", "tier", NULL),
			text_at(run, "identity", "workload", "name", NULL), name);
	of_workload = first_of(s, key, run, now);
	of_metric = first_of(s, name, run, now);
	free(key);
	if (!is_like(of_workload, now)) {
		text = difference_text(s, of_workload, run, now);
		if (s->mode == UNITS_REFUSE)
			fail(s->error,
			     "%s: that cannot be compared; choose what can, with --metric, "
			     "--workload or other files",
			     text);
		else if (s->words->notes)
			strv_add_distinct(s->words->notes, text);
		free(text);
	}
	if (!is_like(of_metric, now)) {
		json_t *other = renamed(of_metric, now);

		json_decref(now);
		now = other;
	}
	return now;
}

/* The run with its series settled, a new reference. */
static json_t *settled_run(struct settling *s, json_t *run)
{
	json_t *all = json_array(), *series, *copy;
	bool changed = false;
	size_t i;

	json_array_foreach (json_object_get(run, "series"), i, series) {
		json_t *now = settled(s, run, series);

		changed = changed || now != series;
		json_array_append_new(all, now);
	}
	copy = changed ? json_copy(run) : json_incref(run);
	if (changed)
		json_object_set(copy, "series", all);
	json_decref(all);
	return copy;
}

bool units_settle(json_t **sets, size_t n, enum units_mode mode, const struct units_words *words,
		  char **error)
{
	struct settling s = {
		.mode = mode,
		.words = words ? words : &(struct units_words){0},
		.times = json_object(),
		.first = json_object(),
		.error = error,
	};

	for (size_t k = 0; k < n; k++)
		note_times(&s, sets[k]);
	for (size_t k = 0; k < n && !*error; k++) {
		json_t *runs = json_array(), *copy = json_copy(sets[k]), *run;
		size_t i;

		s.file = s.words->files && n > 1 ? s.words->files->v[k] : "";
		json_array_foreach (json_object_get(sets[k], "runs"), i, run)
			json_array_append_new(runs, settled_run(&s, run));
		json_object_set_new(copy, "runs", runs);
		json_decref(sets[k]);
		sets[k] = copy;
	}
	json_decref(s.times);
	json_decref(s.first);
	return !*error;
}
