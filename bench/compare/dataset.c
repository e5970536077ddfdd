// SPDX-License-Identifier: MIT
#include "dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_names.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "resultset/axes.h"
#include "resultset/identity.h"
#include "resultset/resultset_read.h"
#include "resultset/units.h"
#include "sort.h"
#include "spec/catalog.h"

/* What the axis of the columns is, while sets are laid out. */
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

/* The place that goes by the key, or *count, which is then its own. */
static size_t place_of(json_t *index, const char *key, size_t *count)
{
	json_t *place = json_object_get(index, key);

	if (place)
		return (size_t)json_integer_value(place);
	json_object_set_new_nocheck(index, key, json_integer((json_int_t)*count));
	return (*count)++;
}

static size_t point_of(struct layout *l, const json_t *run)
{
	struct dataset *c = l->c;
	json_t *parameters = json_copy(member_at(run, "identity", "workload", "parameters", NULL));
	const char *workload = text_at(run, "identity", "workload", "name", NULL);
	json_int_t vcpus = is_by(l, "vcpus")
				   ? 0
				   : json_integer_value(member_at(run, "identity", "vcpus", NULL));
	size_t before = c->nr_points, place;
	char *all, *key;

	if (l->by)
		json_object_del(parameters, l->by);
	all = canonical_json(parameters);
	key = xasprintf("%lld %s %s", (long long)vcpus, all, workload);
	place = place_of(c->point_index, key, &c->nr_points);
	free(all);
	free(key);
	if (c->nr_points == before) {
		json_decref(parameters);
		return place;
	}
	c->point = xrealloc(c->point, c->nr_points * sizeof(*c->point));
	c->point[place] =
		(struct point){point_label(run, vcpus, l->by), workload, parameters, vcpus};
	return place;
}

/* What tells a run's cells from others of its point and column. */
static char *row_of(const struct layout *l, const json_t *run)
{
	json_t *policy = member_at(run, "identity", "variant", "policy", NULL), *value;
	const char *mutant = text_at(run, "identity", "variant", "mutant", NULL), *axis;
	struct strv rest = {0};
	char *row;

	if (is_by(l, "variant"))
		return xstrdup("");
	if (!l->by || !axis_is_policy(run, l->by))
		return xstrdup(text_at(run, "identity", "variant", "name", NULL));
	json_object_foreach (policy, axis, value)
		if (strcmp(axis, l->by) != 0)
			strv_add(&rest, "%s=%s", axis, json_string_value(value));
	if (*mutant)
		strv_add(&rest, "mutant=%s", mutant);
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

static struct cell *cell_of(struct layout *l, size_t point, const json_t *run, const char *metric)
{
	struct dataset *c = l->c;
	char *row = row_of(l, run);
	char *key = cell_key(l->file, point, row, l->column, metric);
	const char *label = text_at(run, "identity", "variant", "label", NULL);
	size_t before = c->n, place = place_of(c->cell_index, key, &c->n);

	if (c->n > before) {
		const char *name = text_at(run, "identity", "variant", "name", NULL);

		if (before >= c->room) {
			c->room = 2 * c->n;
			c->cell = xrealloc(c->cell, c->room * sizeof(*c->cell));
		}
		c->cell[place] = (struct cell){
			.file = l->file,
			.point = point,
			.row = own(&c->rows, row),
			.column = l->column,
			.variant = name,
			.metric = metric,
			.overhead = NAN,
			.identities = json_array(),
		};
		label = *label ? label : name;
		c->cell[place].label = strcmp(row, name) == 0 ? label : c->cell[place].row;
		if (!json_object_get(c->names, name))
			json_object_set_new_nocheck(c->names, name, json_string_nocheck(label));
	}
	free(row);
	free(key);
	return &c->cell[place];
}

/* Samples of the seeds of one thing may lie together, those of two things not. */
static bool same_but_seed(const struct layout *l, const json_t *a, const json_t *b)
{
	static const char *const parts[][2] = {
		{"env", NULL},
		{"rig", NULL},
		{"vcpus", NULL},
		{"memory_mib", NULL},
		{"high_pages", NULL},
		{"compiler", NULL},
		{"image", "kernel_sha256"},
		{"image", "initramfs_sha256"},
		{"xen", "version"},
		{"xen", "sha256"},
		{"xen", "build_id"},
		{"xen", "command_line"},
		{"xen", "mitigations"},
		{"qemu", "version"},
		{"qemu", "sha256"},
		{"dom0", "version"},
		{"variant", "name"},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		json_t *x = member_at(a, parts[i][0], parts[i][1], NULL);
		json_t *y = member_at(b, parts[i][0], parts[i][1], NULL);
		char *in_x, *in_y;

		if (!x || !y || json_equal(x, y))
			continue;
		in_x = json_dumps(x, JSON_ENCODE_ANY);
		in_y = json_dumps(y, JSON_ENCODE_ANY);
		fail(l->error,
		     "by %s, two runs would be one figure that differ in %s%s%s (%s and %s): "
		     "choose one with --where or --variant, or compare by something else",
		     l->by, parts[i][0], parts[i][1] ? "." : "", parts[i][1] ? parts[i][1] : "",
		     in_x, in_y);
		free(in_x);
		free(in_y);
		return false;
	}
	return true;
}

static void pool(struct layout *l, struct cell *cell, const json_t *run)
{
	enum outcome old = OUTCOME_SUCCESS, new = OUTCOME_SUCCESS;
	const char *status = text_at(run, "outcome", "status", NULL);
	json_t *identity = json_object_get(run, "identity");

	if (cell->status)
		outcome_from_name(cell->status, &old);
	outcome_from_name(status, &new);
	if (!cell->status || outcome_worse(new, old) != old)
		cell->status = status;
	if (l->by && json_array_size(cell->identities))
		same_but_seed(l, json_array_get(cell->identities, 0), identity);
	json_array_append(cell->identities, identity);
}

/* n more samples, whose places are returned. */
static double *more_samples(struct cell *cell, size_t n)
{
	cell->samples = xrealloc(cell->samples, (cell->summary.n + n) * sizeof(*cell->samples));
	cell->summary.n += n;
	return cell->samples + cell->summary.n - n;
}

/* What the samples of one more run say by themselves; they are sorted. */
static void add_seed(struct cell *cell, double *samples, size_t n)
{
	struct summary sum = summarize(samples, n);
	size_t runs = ++cell->by_median.n;

	cell->medians = xrealloc(cell->medians, runs * sizeof(*cell->medians));
	cell->leasts = xrealloc(cell->leasts, runs * sizeof(*cell->leasts));
	cell->medians[runs - 1] = sum.median;
	cell->leasts[runs - 1] = sum.min;
}

/* Once all samples are there. Those of a single run are in order. */
static void summarize_cell(struct cell *cell)
{
	size_t runs = cell->by_median.n;

	cell->summary = runs > 1 ? summarize(cell->samples, cell->summary.n)
				 : summary_of_sorted(cell->samples, cell->summary.n);
	cell->by_median = summarize(cell->medians, runs);
	cell->by_least = summarize(cell->leasts, runs);
}

/* What measuring takes was told in instructions or nanoseconds (results.schema.json). */
static double overhead_unit(const char *unit)
{
	double ns = unit_in_ns(unit);

	return ns > 0 ? ns : 1;
}

static void add_series(struct layout *l, struct cell *cell, const json_t *run, const json_t *series)
{
	json_t *samples = json_object_get(series, "samples"), *sample;
	json_t *overhead = member_at(run, "timer_overhead", "least", NULL);
	const char *unit = text_at(series, "unit", NULL);
	bool lower = strcmp(text_at(series, "better", NULL), "lower") == 0;
	size_t n = json_array_size(samples), i;
	double *to = more_samples(cell, n), reps = (double)iterations_per_sample(series);

	if (cell->unit && (strcmp(cell->unit, unit) != 0 || cell->lower != lower))
		fail(l->error,
		     "%s of %s is in %s (%s is better), and of another seed in %s (%s is better)",
		     cell->metric, text_at(run, "id", NULL), unit, lower ? "lower" : "higher",
		     cell->unit, cell->lower ? "lower" : "higher");
	cell->unit = unit;
	cell->converted = cell->converted || json_object_get(series, "converted_from");
	cell->exact = json_is_true(json_object_get(series, "exact"));
	cell->lower = lower;
	json_array_foreach (samples, i, sample)
		to[i] = json_number_value(sample) / reps;
	add_seed(cell, to, n);
	if (overhead)
		cell->overhead = fmin(cell->overhead,
				      json_number_value(overhead) / reps / overhead_unit(unit));
}

static void add_counter(struct layout *l, size_t point, const json_t *run, const char *name,
			json_int_t count)
{
	json_int_t n = json_integer_value(json_object_get(run, "counted_iterations"));
	struct cell *cell = cell_of(l, point, run, own(&l->c->counters, name));
	double *to;

	pool(l, cell, run);
	cell->unit = "events per iteration";
	cell->counter = cell->lower = true;
	cell->exact = run_is_exact(run);
	to = more_samples(cell, 1);
	*to = (double)count / (double)n;
	add_seed(cell, to, 1);
}

/* One of those asked for: GROUP, GROUP.* or GROUP.NAME. */
static void add_counters(struct layout *l, size_t point, const json_t *run, const char *asked)
{
	size_t n = strcspn(asked, ".");
	char *group = xstrndup(asked, n);
	json_t *all = member_at(run, "counters", group, NULL), *value;
	const char *name;
	json_int_t sum = 0;

	json_object_foreach (all, name, value) {
		char *whole = xasprintf("%s.%s", group, name);

		sum += json_integer_value(value);
		if (strcmp(asked + n, ".*") == 0 || strcmp(asked, whole) == 0)
			add_counter(l, point, run, whole, json_integer_value(value));
		free(whole);
	}
	if (all && !asked[n])
		add_counter(l, point, run, asked, sum);
	free(group);
}

/* Sets the column of a run; false if it has none, and cannot be shown. */
static bool find_column(struct layout *l, const json_t *run, const struct strv *names)
{
	bool found;
	char *value;

	if (!l->by || is_by(l, "file")) {
		l->column = own(&l->c->columns, l->by ? names->v[l->file] : "");
		return true;
	}
	value = axis_text(l->set, run, l->by);
	found = value;
	if (found)
		l->column = own(&l->c->columns, value);
	else
		strv_add_distinct(&l->c->without, text_at(run, "id", NULL));
	free(value);
	return found;
}

static void add_run(struct layout *l, const json_t *run, const struct strv *counters)
{
	json_t *all = json_object_get(run, "series"), *series;
	size_t point = point_of(l, run), i;
	json_t *axis;

	json_array_foreach (member_at(run, "family", "axes", NULL), i, axis)
		json_object_set(l->c->axes, text_at(axis, "name", NULL),
				json_object_get(axis, "unit"));
	if (!json_array_size(all))
		pool(l, cell_of(l, point, run, NULL), run);
	json_array_foreach (all, i, series) {
		struct cell *cell = cell_of(l, point, run, text_at(series, "name", NULL));

		pool(l, cell, run);
		add_series(l, cell, run, series);
	}
	for (i = 0; i < counters->n; i++)
		add_counters(l, point, run, counters->v[i]);
}

/* Each counter asked for is in some run. */
static bool counters_found(const struct dataset *c, json_t *const *sets, size_t nr_sets,
			   const struct strv *counters, char **error)
{
	struct strv groups = {0};
	const char *group;
	json_t *run, *value;
	size_t i;

	for (size_t f = 0; f < nr_sets; f++)
		json_array_foreach (json_object_get(sets[f], "runs"), i, run)
			json_object_foreach (json_object_get(run, "counters"), group, value)
				strv_add_distinct(&groups, group);
	for (i = 0; i < counters->n && !*error; i++) {
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

/* What cannot lie side by side. */
static bool may_mix(struct dataset *c, const json_t *run, char **error)
{
	const char *tier = text_at(run, "identity", "tier", NULL);
	const char *flavour = text_at(run, "identity", "xen", "flavour", NULL);
	/* Nanoseconds of a processor, of an emulator and of a machine without guest are three
	 * things. */
	const char *clock = identity_clock(json_object_get(run, "identity"));

	if (!c->tier) {
		c->tier = c->shown = tier;
		c->flavour = flavour;
		c->clock = clock;
	}
	if (json_object_get(run, "inexact"))
		c->shown = shown_tier(tier, false);
	if (strcmp(c->tier, tier) != 0)
		return fail(error, "tiers cannot be mixed: %s and %s", c->tier, tier);
	if (strcmp(c->clock, clock) != 0)
		return fail(error, "times cannot be mixed: %s and %s", c->clock, clock);
	return strcmp(c->flavour, flavour) == 0 ||
	       fail(error, "builds of Xen cannot be compared: %s and %s",
		    *c->flavour ? c->flavour : "release", *flavour ? flavour : "release");
}

/* Points have been put in order since. */
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
	json_t *run;
	size_t i;

	*c = (struct dataset){.axes = json_object(),
			      .cell_index = json_object(),
			      .point_index = json_object(),
			      .names = json_object()};
	for (size_t file = 0; file < nr_sets && !*error; file++) {
		struct layout l = {c, sets[file], by && !by_file ? 0 : file, by, NULL, error};

		json_array_foreach (json_object_get(sets[file], "runs"), i, run)
			if (!*error && find_column(&l, run, names) && may_mix(c, run, error))
				add_run(&l, run, counters);
	}
	for (i = 0; i < c->n; i++)
		summarize_cell(&c->cell[i]);
	if (!*error) {
		tell_points_apart(c);
		order_points(c);
		index_anew(c);
		counters_found(c, sets, nr_sets, counters, error);
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
		free(c->cell[i].leasts);
		json_decref(c->cell[i].identities);
	}
	for (size_t i = 0; i < c->nr_points; i++) {
		free(c->point[i].label);
		json_decref(c->point[i].parameters);
	}
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
