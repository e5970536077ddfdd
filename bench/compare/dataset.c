// SPDX-License-Identifier: MIT
#include "dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/outcome.h"
#include "resultset/axes.h"
#include "resultset/identity.h"
#include "resultset/resultset_read.h"
#include "resultset/units.h"
#include "sort.h"
#include "spec/catalog.h"

/* The state while sets are laid out. */
struct layout {
	struct dataset *c;
	const json_t *set;
	size_t file;
	const char *by; /* NULL: none */
	const char *column;
	char **error;
};

static bool is_by(const struct layout *l, const char *axis)
{
	return l->by && strcmp(l->by, axis) == 0;
}

/* The same text, as the list's own. */
static const char *own(struct strv *list, const char *text)
{
	size_t i = 0;

	strv_add_distinct(list, text);
	while (strcmp(list->v[i], text) != 0)
		i++;
	return list->v[i];
}

/* The place of the key. A new key gets the next place, *count. */
static size_t place_of(json_t *index, const char *key, size_t *count)
{
	json_t *place = json_object_get(index, key);

	if (place)
		return (size_t)json_integer_value(place);
	json_object_set_new_nocheck(index, key, json_integer((json_int_t)*count));
	return (*count)++;
}

/* ---- names of points ---- */

/*
 * Names the parameters that differ from the defaults: "xen64-fork:mb=16:seed=2@4~eager" is
 * "fork mb=16 vcpus=4". Leaves out the axis `by` unless it is NULL. The caller's.
 */
static char *point_label(const struct run *run, json_int_t vcpus, const char *by)
{
	const char *id = run->id, *env = run->env;
	size_t skip = strlen(env) + 1;
	struct strv parts = {0}, kept = {0};
	char *middle, *label;

	if (strncmp(id, env, strlen(env)) != 0 || strlen(id) <= skip)
		skip = 0;
	middle = xstrndup(id + skip, strcspn(id + skip, "@~"));
	strv_split(&parts, middle, ':');
	for (size_t i = 0; i < parts.n; i++) {
		size_t n = strcspn(parts.v[i], "=");
		bool axis =
			by && parts.v[i][n] && strlen(by) == n && strncmp(parts.v[i], by, n) == 0;

		if (!axis && strncmp(parts.v[i], "seed=", 5) != 0)
			strv_add(&kept, "%s", parts.v[i]);
	}
	if (vcpus > 1)
		strv_add(&kept, "vcpus=%lld", (long long)vcpus);
	label = strv_join(&kept, " ");
	strv_free(&parts);
	strv_free(&kept);
	free(middle);
	return label;
}

/* Points that look the same (a default has changed) get all their parameters as name. */
static void tell_points_apart(struct dataset *c)
{
	bool *twin = xcalloc(c->nr_points, sizeof(*twin));
	json_t *first = json_object();

	for (size_t i = 0; i < c->nr_points; i++) {
		json_t *seen = json_object_get(first, c->point[i].label);

		twin[i] = seen;
		if (seen)
			twin[json_integer_value(seen)] = true;
		else
			json_object_set_new_nocheck(first, c->point[i].label,
						    json_integer((json_int_t)i));
	}
	json_decref(first);
	for (size_t i = 0; i < c->nr_points; i++) {
		struct strv all = {0};
		json_t *value;
		const char *name;

		if (!twin[i])
			continue;
		strv_add(&all, "%s", c->point[i].workload);
		json_object_foreach (c->point[i].parameters, name, value)
			strv_add(&all, "%s=%lld", name, (long long)json_integer_value(value));
		if (c->point[i].vcpus > 1)
			strv_add(&all, "vcpus=%lld", (long long)c->point[i].vcpus);
		free(c->point[i].label);
		c->point[i].label = strv_join(&all, " ");
		strv_free(&all);
	}
	free(twin);
}

/* ---- laying out ---- */

static size_t point_of(struct layout *l, const struct run *run)
{
	struct dataset *c = l->c;
	json_t *parameters = json_copy((json_t *)run->parameters);
	json_int_t vcpus = is_by(l, "vcpus") ? 0 : run->vcpus;
	size_t before = c->nr_points, place;
	char *all, *key;

	if (l->by)
		json_object_del(parameters, l->by);
	all = canonical_json(parameters);
	key = xasprintf("%lld %s %s", (long long)vcpus, all, run->workload);
	place = place_of(c->point_index, key, &c->nr_points);
	free(all);
	free(key);
	if (c->nr_points == before) {
		json_decref(parameters);
		return place;
	}
	c->point = xrealloc(c->point, c->nr_points * sizeof(*c->point));
	c->point[place] =
		(struct point){point_label(run, vcpus, l->by), run->workload, parameters, vcpus};
	return place;
}

/* The name of a run's cells among others of its point and column. */
static char *row_of(const struct layout *l, const struct run *run)
{
	struct strv rest = {0};
	const char *axis;
	json_t *value;
	char *row;

	if (is_by(l, "variant"))
		return xstrdup("");
	if (!l->by || !json_object_get(run->policy, l->by))
		return xstrdup(run->variant);
	json_object_foreach ((json_t *)run->policy, axis, value)
		if (strcmp(axis, l->by) != 0)
			strv_add(&rest, "%s=%s", axis, json_string_value(value));
	if (*run->mutant)
		strv_add(&rest, "mutant=%s", run->mutant);
	row = strv_join(&rest, " ");
	strv_free(&rest);
	return row;
}

/* Texts may hold anything, so their lengths are in it. */
static char *cell_key(size_t file, size_t point, const char *row, const char *column,
		      const char *metric)
{
	return xasprintf("%zu %zu %zu:%s %zu:%s%s%s", file, point, strlen(row), row, strlen(column),
			 column, metric ? "=" : "", metric ? metric : "");
}

static struct cell *cell_of(struct layout *l, size_t point, const struct run *run,
			    const char *metric)
{
	struct dataset *c = l->c;
	char *row = row_of(l, run);
	char *key = cell_key(l->file, point, row, l->column, metric);
	size_t before = c->n, place = place_of(c->cell_index, key, &c->n);

	if (c->n > before) {
		if (before >= c->room) {
			c->room = 2 * c->n;
			c->cell = xrealloc(c->cell, c->room * sizeof(*c->cell));
		}
		c->cell[place] = (struct cell){
			.file = l->file,
			.point = point,
			.row = own(&c->rows, row),
			.column = l->column,
			.variant = run->variant,
			.metric = metric,
			.overhead = NAN,
		};
		c->cell[place].label =
			strcmp(row, run->variant) == 0 ? run->label : c->cell[place].row;
		if (!json_object_get(c->names, run->variant))
			json_object_set_new_nocheck(c->names, run->variant,
						    json_string_nocheck(run->label));
	}
	free(row);
	free(key);
	return &c->cell[place];
}

/* Only runs that differ in the seed alone are pooled. */
static bool same_but_seed(const struct layout *l, const struct run *a, const struct run *b)
{
	for (size_t i = 0; i < nr_identity_members; i++) {
		const char *x = a->member[i].text, *y = b->member[i].text;
		AUTO_FREE char *name = NULL;

		if (!(identity_members[i].use & MEMBER_SEEDS) || !x || !y || strcmp(x, y) == 0)
			continue;
		name = identity_member_name(&identity_members[i]);
		return fail(l->error,
			    "by %s, one value would come from runs that differ in %s (%s and %s): "
			    "choose one with --where or --variant, or compare by something else",
			    l->by, name, x, y);
	}
	return true;
}

static void pool(struct layout *l, struct cell *cell, const struct run *run)
{
	enum outcome old = OUTCOME_SUCCESS;

	if (cell->status)
		outcome_from_name(cell->status, &old);
	if (!cell->status || outcome_worse(run->outcome, old) != old)
		cell->status = run->status;
	if (l->by && cell->nr_runs)
		same_but_seed(l, cell->run[0], run);
	cell->run = xrealloc(cell->run, (cell->nr_runs + 1) * sizeof(*cell->run));
	cell->run[cell->nr_runs++] = run;
}

/* Returns the places of n more samples. */
static double *more_samples(struct cell *cell, size_t n)
{
	cell->samples = xrealloc(cell->samples, (cell->summary.n + n) * sizeof(*cell->samples));
	cell->summary.n += n;
	return cell->samples + cell->summary.n - n;
}

/* Sorts the samples of one more run and keeps their own median and minimum. */
static void add_seed(struct cell *cell, double *samples, size_t n)
{
	struct summary sum = summarize(samples, n);
	size_t runs = ++cell->by_median.n;

	cell->medians = xrealloc(cell->medians, runs * sizeof(*cell->medians));
	cell->minima = xrealloc(cell->minima, runs * sizeof(*cell->minima));
	cell->medians[runs - 1] = sum.median;
	cell->minima[runs - 1] = sum.min;
}

/* Called once all samples are there. The samples of a single run are sorted already. */
static void summarize_cell(struct cell *cell)
{
	size_t runs = cell->by_median.n;

	cell->summary = runs > 1 ? summarize(cell->samples, cell->summary.n)
				 : summary_of_sorted(cell->samples, cell->summary.n);
	cell->by_median = summarize(cell->medians, runs);
	cell->by_min = summarize(cell->minima, runs);
}

/* Sets tell the overhead in instructions or nanoseconds (results.schema.json). */
static double overhead_unit(const char *unit)
{
	double ns = unit_in_ns(unit);

	return ns > 0 ? ns : 1;
}

static void add_series(struct layout *l, struct cell *cell, const struct run *run,
		       const struct series *series)
{
	bool lower = series->lower_is_better;
	double *to = more_samples(cell, series->n);

	if (cell->unit && (strcmp(cell->unit, series->unit) != 0 || cell->lower != lower))
		fail(l->error,
		     "%s of %s is in %s (%s is better), and of another seed in %s (%s is better)",
		     cell->metric, run->id, series->unit, lower ? "lower" : "higher", cell->unit,
		     cell->lower ? "lower" : "higher");
	cell->unit = series->unit;
	cell->converted = cell->converted || series->converted;
	cell->exact = series->exact;
	cell->lower = lower;
	series_samples(series, to);
	add_seed(cell, to, series->n);
	cell->overhead = fmin(cell->overhead,
			      run->overhead / series->iterations / overhead_unit(series->unit));
}

static void add_counter(struct layout *l, size_t point, const struct run *run, const char *name,
			json_int_t count)
{
	struct cell *cell = cell_of(l, point, run, own(&l->c->counters, name));
	double *to;

	pool(l, cell, run);
	cell->unit = "events per iteration";
	cell->counter = cell->lower = true;
	cell->exact = run->exact;
	to = more_samples(cell, 1);
	*to = (double)count / (double)run->counted_iterations;
	add_seed(cell, to, 1);
}

/* Adds the counters of one request: GROUP, GROUP.* or GROUP.NAME. */
static void add_counters(struct layout *l, size_t point, const struct run *run, const char *asked)
{
	AUTO_FREE char *group = xstrndup(asked, strcspn(asked, "."));
	const char *rest = asked + strlen(group);
	json_int_t sum = 0;
	bool some = false;

	for (size_t i = 0; i < run->nr_counters; i++) {
		const struct counter *counter = &run->counter[i];
		AUTO_FREE char *name = xasprintf("%s.%s", counter->group, counter->name);

		if (strcmp(counter->group, group) != 0)
			continue;
		some = true;
		sum += counter->count;
		if (strcmp(rest, ".*") == 0 || strcmp(asked, name) == 0)
			add_counter(l, point, run, name, counter->count);
	}
	if (some && !*rest)
		add_counter(l, point, run, asked, sum);
}

/* Sets the column of a run; false if the run has none and cannot be shown. */
static bool find_column(struct layout *l, const struct run *run, const struct strv *names)
{
	bool found;
	char *value;

	if (!l->by || is_by(l, "file")) {
		l->column = own(&l->c->columns, l->by ? names->v[l->file] : "");
		return true;
	}
	value = axis_text(l->set, run->json, l->by);
	found = value;
	if (found)
		l->column = own(&l->c->columns, value);
	else
		strv_add_distinct(&l->c->without, run->id);
	free(value);
	return found;
}

static void add_run(struct layout *l, const struct run *run, const struct strv *counters)
{
	size_t point = point_of(l, run), i;
	json_t *axis;

	json_array_foreach (run->axes, i, axis)
		json_object_set(l->c->axes, text_at(axis, "name", NULL),
				json_object_get(axis, "unit"));
	if (!run->nr_series)
		pool(l, cell_of(l, point, run, NULL), run);
	for (i = 0; i < run->nr_series; i++) {
		struct cell *cell = cell_of(l, point, run, run->series[i].name);

		pool(l, cell, run);
		add_series(l, cell, run, &run->series[i]);
	}
	for (i = 0; i < counters->n; i++)
		add_counters(l, point, run, counters->v[i]);
}

/* Checks that each requested counter is in some run. */
static bool counters_found(const struct dataset *c, const struct strv *counters, char **error)
{
	struct strv groups = {0};

	for (size_t f = 0; f < c->nr_sets; f++)
		for (size_t i = 0; i < c->set[f].n; i++)
			for (size_t k = 0; k < c->set[f].run[i].nr_counters; k++)
				strv_add_distinct(&groups, c->set[f].run[i].counter[k].group);
	for (size_t i = 0; i < counters->n && !*error; i++) {
		const char *asked = counters->v[i];
		size_t n = strcspn(asked, "."), length = asked[n] ? n + 1 : n;
		bool each = strcmp(asked + n, ".*") == 0, found = false;

		for (size_t k = 0; k < c->n; k++)
			found = found || (c->cell[k].counter &&
					  (each ? strncmp(c->cell[k].metric, asked, length) == 0
						: strcmp(c->cell[k].metric, asked) == 0));
		if (!found)
			unknown_name(error, "counter", asked, &groups);
	}
	strv_free(&groups);
	return !*error;
}

/* Refuses runs that cannot lie side by side. */
static bool may_mix(struct dataset *c, const struct run *run, char **error)
{
	if (!c->tier) {
		c->tier = c->shown = run->tier;
		c->flavour = run->flavour;
		c->clock = run->clock;
	}
	if (run->inexact)
		c->shown = shown_tier(run->tier, false);
	if (strcmp(c->tier, run->tier) != 0)
		return fail(error, "tiers cannot be mixed: %s and %s", c->tier, run->tier);
	/* A processor, an emulator and a machine without a guest have three kinds of time. */
	if (strcmp(c->clock, run->clock) != 0)
		return fail(error, "times cannot be mixed: %s and %s", c->clock, run->clock);
	return strcmp(c->flavour, run->flavour) == 0 ||
	       fail(error, "builds of Xen cannot be compared: %s and %s",
		    *c->flavour ? c->flavour : "release", *run->flavour ? run->flavour : "release");
}

/* Makes the index again after the points were put in order. */
static void index_anew(struct dataset *c)
{
	json_object_clear(c->cell_index);
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *cell = &c->cell[i];
		char *key =
			cell_key(cell->file, cell->point, cell->row, cell->column, cell->metric);

		json_object_set_new_nocheck(c->cell_index, key, json_integer((json_int_t)i));
		free(key);
	}
}

bool dataset_make_by(struct dataset *c, json_t *const *sets, size_t nr_sets, const char *by,
		     const struct strv *names, const struct strv *counters, char **error)
{
	bool by_file = by && strcmp(by, "file") == 0;

	*c = (struct dataset){.axes = json_object(),
			      .cell_index = json_object(),
			      .point_index = json_object(),
			      .names = json_object(),
			      .set = xcalloc(nr_sets, sizeof(*c->set)),
			      .nr_sets = nr_sets};
	for (size_t file = 0; file < nr_sets; file++)
		runs_read(&c->set[file], sets[file]);
	for (size_t file = 0; file < nr_sets; file++) {
		struct layout l = {c, sets[file], by && !by_file ? 0 : file, by, NULL, error};

		for (size_t i = 0; i < c->set[file].n && !*error; i++) {
			const struct run *run = &c->set[file].run[i];

			if (find_column(&l, run, names) && may_mix(c, run, error))
				add_run(&l, run, counters);
		}
	}
	for (size_t i = 0; i < c->n; i++)
		summarize_cell(&c->cell[i]);
	if (!*error) {
		tell_points_apart(c);
		order_points(c);
		index_anew(c);
		counters_found(c, counters, error);
	}
	if (*error)
		dataset_free(c);
	return !*error;
}

bool dataset_make(struct dataset *c, json_t *const *sets, size_t nr_sets,
		  const struct strv *counters, char **error)
{
	return dataset_make_by(c, sets, nr_sets, NULL, NULL, counters, error);
}

void dataset_free(struct dataset *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->cell[i].samples);
		free(c->cell[i].medians);
		free(c->cell[i].minima);
		free(c->cell[i].run);
	}
	for (size_t i = 0; i < c->nr_points; i++) {
		free(c->point[i].label);
		json_decref(c->point[i].parameters);
	}
	for (size_t i = 0; i < c->nr_sets; i++)
		runs_free(&c->set[i]);
	free(c->set);
	free(c->cell);
	free(c->point);
	strv_free(&c->counters);
	strv_free(&c->columns);
	strv_free(&c->rows);
	strv_free(&c->without);
	json_decref(c->cell_index);
	json_decref(c->point_index);
	json_decref(c->names);
	json_decref(c->axes);
	*c = (struct dataset){0};
}

const struct cell *dataset_at(const struct dataset *c, size_t point, size_t file, const char *row,
			      const char *column, const char *metric)
{
	char *key = cell_key(file, point, row, column, metric);
	json_t *place = json_object_get(c->cell_index, key);

	free(key);
	return place ? &c->cell[json_integer_value(place)] : NULL;
}

/* ---- look-ups ---- */

const struct cell *dataset_find(const struct dataset *c, size_t file, size_t point,
				const char *variant, const char *metric)
{
	return dataset_at(c, point, file, variant, "", metric);
}

const struct cell *dataset_find_failed(const struct dataset *c, size_t file, size_t point,
				       const char *variant)
{
	return dataset_find(c, file, point, variant, NULL);
}

const char *dataset_label(const struct dataset *c, const char *variant)
{
	const char *label = json_string_value(json_object_get(c->names, variant));

	return label ? label : variant;
}

void dataset_metrics(const struct dataset *c, struct strv *metrics)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->cell[i].metric)
			strv_add_distinct(metrics, c->cell[i].metric);
}

void dataset_variants(const struct dataset *c, size_t file, struct strv *variants)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->cell[i].file == file)
			strv_add_distinct(variants, c->cell[i].variant);
	order_variants(c, variants);
}

char *dataset_identity(const struct dataset *c, struct side_filter side, const char *path)
{
	struct strv values = {0};
	char *joined;

	for (size_t i = 0; i < c->n; i++) {
		const struct cell *cell = &c->cell[i];

		if (cell->file != side.file ||
		    (side.variant && strcmp(side.variant, cell->variant) != 0))
			continue;
		for (size_t k = 0; k < cell->nr_runs; k++) {
			const struct run_member *m = run_member(cell->run[k], path, NULL);

			/* A run that failed early cannot tell all, which is no difference. */
			if (m->text || (cell->metric && m->could_tell))
				strv_add_distinct(&values, m->text ? m->text : "unknown");
		}
	}
	joined = strv_join(&values, " | ");
	strv_free(&values);
	return joined;
}
