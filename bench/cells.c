// SPDX-License-Identifier: MIT
#include "cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "identity.h"
#include "order.h"
#include "outcome.h"
#include "resultset.h"

/* "xen64-fork:mb=16:seed=2@4~eager" -> "fork mb=16 vcpus=4": what differs from the defaults. */
static char *label_of(const json_t *run, json_int_t vcpus)
{
	const char *id = text_at(run, "id", NULL), *env = text_at(run, "identity", "env", NULL);
	size_t skip = strlen(env) + 1;
	struct strv parts = {0}, kept = {0};
	char *middle, *label;

	if (strncmp(id, env, strlen(env)) != 0 || strlen(id) <= skip)
		skip = 0;
	middle = xstrndup(id + skip, strcspn(id + skip, "@~"));
	strv_split(&parts, middle, ':');
	for (size_t i = 0; i < parts.n; i++)
		if (strncmp(parts.v[i], "seed=", 5) != 0)
			strv_add(&kept, "%s", parts.v[i]);
	if (vcpus != 1)
		strv_add(&kept, "vcpus=%lld", (long long)vcpus);
	label = strv_join(&kept, " ");
	strv_free(&parts);
	strv_free(&kept);
	free(middle);
	return label;
}

static size_t panel_of(struct cells *c, const json_t *run)
{
	const json_t *parameters = member_at(run, "identity", "workload", "parameters", NULL);
	const char *workload = text_at(run, "identity", "workload", "name", NULL);
	json_int_t vcpus = json_integer_value(member_at(run, "identity", "vcpus", NULL));

	for (size_t i = 0; i < c->nr_panels; i++)
		if (strcmp(c->panel[i].workload, workload) == 0 && c->panel[i].vcpus == vcpus &&
		    json_equal(c->panel[i].parameters, parameters))
			return i;
	c->panel = xrealloc(c->panel, (c->nr_panels + 1) * sizeof(*c->panel));
	c->panel[c->nr_panels] = (struct panel){label_of(run, vcpus), workload, parameters, vcpus};
	return c->nr_panels++;
}

static struct cell *cell_of(struct cells *c, size_t file, size_t panel, const char *variant,
			    const char *metric)
{
	struct cell *cell = (struct cell *)cells_find(c, file, panel, variant, metric);

	if (cell)
		return cell;
	c->cell = xrealloc(c->cell, (c->n + 1) * sizeof(*c->cell));
	cell = &c->cell[c->n++];
	*cell = (struct cell){.file = file,
			      .panel = panel,
			      .variant = variant,
			      .metric = metric,
			      .overhead = NAN,
			      .identities = json_array()};
	return cell;
}

static void pool(struct cell *cell, const json_t *run)
{
	enum outcome old = OUTCOME_SUCCESS, new = OUTCOME_SUCCESS;
	const char *status = text_at(run, "outcome", "status", NULL);
	const char *label = text_at(run, "identity", "variant", "label", NULL);

	if (cell->status)
		outcome_from_name(cell->status, &old);
	outcome_from_name(status, &new);
	if (!cell->status || outcome_worse(new, old) != old)
		cell->status = status;
	cell->label = *label ? label : cell->variant;
	json_array_append(cell->identities, json_object_get(run, "identity"));
}

/* n more samples, whose places are returned. */
static double *more_samples(struct cell *cell, size_t n)
{
	cell->samples = xrealloc(cell->samples, (cell->summary.n + n) * sizeof(*cell->samples));
	cell->summary.n += n;
	return cell->samples + cell->summary.n - n;
}

/* What the samples of one more run say by themselves. */
static void add_seed(struct cell *cell, const double *samples, size_t n)
{
	size_t runs = cell->by_median.n + 1;
	double *own = xcalloc(n, sizeof(*own));
	struct summary sum;

	memcpy(own, samples, n * sizeof(*own));
	sum = summarize(own, n);
	free(own);
	cell->medians = xrealloc(cell->medians, runs * sizeof(*cell->medians));
	cell->leasts = xrealloc(cell->leasts, runs * sizeof(*cell->leasts));
	cell->medians[runs - 1] = sum.median;
	cell->leasts[runs - 1] = sum.min;
	cell->by_median = summarize(cell->medians, runs);
	cell->by_least = summarize(cell->leasts, runs);
}

static void add_series(struct cell *cell, const json_t *run, const json_t *series)
{
	json_t *samples = json_object_get(series, "samples"), *sample;
	json_t *overhead = member_at(run, "timer_overhead", "least", NULL);
	size_t n = json_array_size(samples), i;
	double *to = more_samples(cell, n), reps = (double)iterations_per_sample(series);

	cell->unit = text_at(series, "unit", NULL);
	cell->exact = json_is_true(json_object_get(series, "exact"));
	cell->lower = strcmp(text_at(series, "better", NULL), "lower") == 0;
	json_array_foreach (samples, i, sample)
		to[i] = json_number_value(sample) / reps;
	add_seed(cell, to, n);
	if (overhead)
		cell->overhead = fmin(cell->overhead, json_number_value(overhead) / reps);
	cell->summary = summarize(cell->samples, cell->summary.n);
}

/* The same text, as the cells' own. */
static const char *own_name(struct cells *c, const char *name)
{
	size_t i = 0;

	strv_add_distinct(&c->counters, name);
	while (strcmp(c->counters.v[i], name) != 0)
		i++;
	return c->counters.v[i];
}

static void add_counter(struct cells *c, size_t file, size_t panel, const json_t *run,
			const char *name, json_int_t count)
{
	json_int_t n = json_integer_value(json_object_get(run, "counted_iterations"));
	const char *variant = text_at(run, "identity", "variant", "name", NULL);
	struct cell *cell = cell_of(c, file, panel, variant, own_name(c, name));

	pool(cell, run);
	cell->unit = "events per iteration";
	cell->counter = cell->lower = true;
	cell->exact = strcmp(c->tier, "exact") == 0;
	*more_samples(cell, 1) = (double)count / (double)n;
	add_seed(cell, cell->samples + cell->summary.n - 1, 1);
	cell->summary = summarize(cell->samples, cell->summary.n);
}

/* One of those asked for: GROUP, GROUP.* or GROUP.NAME. */
static void add_counters(struct cells *c, size_t file, size_t panel, const json_t *run,
			 const char *asked)
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
			add_counter(c, file, panel, run, whole, json_integer_value(value));
		free(whole);
	}
	if (all && !asked[n])
		add_counter(c, file, panel, run, asked, sum);
	free(group);
}

static void add_run(struct cells *c, size_t file, const json_t *run, const struct strv *counters)
{
	const char *variant = text_at(run, "identity", "variant", "name", NULL);
	json_t *all = json_object_get(run, "series"), *series;
	size_t panel = panel_of(c, run), i;
	json_t *axis;

	json_array_foreach (member_at(run, "family", "axes", NULL), i, axis)
		json_object_set(c->axes, text_at(axis, "name", NULL),
				json_object_get(axis, "unit"));
	if (!json_array_size(all))
		pool(cell_of(c, file, panel, variant, NULL), run);
	json_array_foreach (all, i, series) {
		struct cell *cell = cell_of(c, file, panel, variant, text_at(series, "name", NULL));

		pool(cell, run);
		add_series(cell, run, series);
	}
	for (i = 0; i < counters->n; i++)
		add_counters(c, file, panel, run, counters->v[i]);
}

/* Each counter asked for is in some run. */
static bool counters_found(const struct cells *c, json_t *const *sets, size_t nr_sets,
			   const struct strv *counters, char **why)
{
	struct strv groups = {0};
	const char *group;
	json_t *run, *value;
	size_t i;

	for (size_t f = 0; f < nr_sets; f++)
		json_array_foreach (json_object_get(sets[f], "runs"), i, run)
			json_object_foreach (json_object_get(run, "counters"), group, value)
				strv_add_distinct(&groups, group);
	for (i = 0; i < counters->n && !*why; i++) {
		const char *asked = counters->v[i];
		size_t n = strcspn(asked, "."), length = asked[n] ? n + 1 : n;
		bool each = strcmp(asked + n, ".*") == 0, found = false;

		for (size_t k = 0; k < c->n; k++)
			found = found || (c->cell[k].counter &&
					  (each ? strncmp(c->cell[k].metric, asked, length) == 0
						: strcmp(c->cell[k].metric, asked) == 0));
		if (!found)
			unknown_name(why, "counter", asked, &groups);
	}
	strv_free(&groups);
	return !*why;
}

/* Two panels that look the same (a default has changed) are told by all their parameters. */
static void tell_panels_apart(struct cells *c)
{
	bool *twin = xcalloc(c->nr_panels, sizeof(*twin));

	for (size_t i = 0; i < c->nr_panels; i++)
		for (size_t k = 0; k < c->nr_panels; k++)
			if (k != i && strcmp(c->panel[k].label, c->panel[i].label) == 0)
				twin[i] = true;
	for (size_t i = 0; i < c->nr_panels; i++) {
		struct strv all = {0};
		json_t *value;
		const char *name;

		if (!twin[i])
			continue;
		strv_add(&all, "%s", c->panel[i].workload);
		json_object_foreach ((json_t *)c->panel[i].parameters, name, value)
			strv_add(&all, "%s=%lld", name, (long long)json_integer_value(value));
		if (c->panel[i].vcpus != 1)
			strv_add(&all, "vcpus=%lld", (long long)c->panel[i].vcpus);
		free(c->panel[i].label);
		c->panel[i].label = strv_join(&all, " ");
		strv_free(&all);
	}
	free(twin);
}

bool cells_make(struct cells *c, json_t *const *sets, size_t nr_sets, const struct strv *counters,
		char **why)
{
	json_t *run;
	size_t i;

	*c = (struct cells){.axes = json_object()};
	for (size_t file = 0; file < nr_sets; file++) {
		json_array_foreach (json_object_get(sets[file], "runs"), i, run) {
			const char *tier = text_at(run, "identity", "tier", NULL);

			const char *flavour = text_at(run, "identity", "xen", "flavour", NULL);

			/* Nanoseconds of a processor, of an emulator and of a machine without
			 * guest are three things. */
			const char *clock = identity_clock(json_object_get(run, "identity"));

			if (!c->tier) {
				c->tier = tier;
				c->flavour = flavour;
				c->clock = clock;
			}
			if (strcmp(c->tier, tier) != 0)
				fail(why, "tiers cannot be mixed: %s and %s", c->tier, tier);
			else if (strcmp(c->clock, clock) != 0)
				fail(why, "times cannot be mixed: %s and %s", c->clock, clock);
			else if (strcmp(c->flavour, flavour) != 0)
				fail(why, "builds of Xen cannot be compared: %s and %s",
				     *c->flavour ? c->flavour : "release",
				     *flavour ? flavour : "release");
			if (*why) {
				cells_free(c);
				return false;
			}
			add_run(c, file, run, counters);
		}
	}
	tell_panels_apart(c);
	order_panels(c);
	if (!counters_found(c, sets, nr_sets, counters, why))
		cells_free(c);
	return !*why;
}

void cells_free(struct cells *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->cell[i].samples);
		free(c->cell[i].medians);
		free(c->cell[i].leasts);
		json_decref(c->cell[i].identities);
	}
	for (size_t i = 0; i < c->nr_panels; i++)
		free(c->panel[i].label);
	free(c->cell);
	free(c->panel);
	strv_free(&c->counters);
	json_decref(c->axes);
	*c = (struct cells){0};
}

static bool same_name(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

const struct cell *cells_find(const struct cells *c, size_t file, size_t panel, const char *variant,
			      const char *metric)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->cell[i].file == file && c->cell[i].panel == panel &&
		    (!variant || strcmp(c->cell[i].variant, variant) == 0) &&
		    same_name(c->cell[i].metric, metric))
			return &c->cell[i];
	return NULL;
}

const struct cell *cells_find_failed(const struct cells *c, size_t file, size_t panel,
				     const char *variant)
{
	return cells_find(c, file, panel, variant, NULL);
}

const char *cells_label(const struct cells *c, const char *variant)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->cell[i].variant, variant) == 0)
			return c->cell[i].label;
	return variant;
}

void cells_metrics(const struct cells *c, struct strv *metrics)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->cell[i].metric)
			strv_add_distinct(metrics, c->cell[i].metric);
}

void cells_variants(const struct cells *c, size_t file, struct strv *variants)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->cell[i].file == file)
			strv_add_distinct(variants, c->cell[i].variant);
	order_variants(c, variants);
}

char *cells_identity(const struct cells *c, struct side_filter side, const char *group,
		     const char *name)
{
	struct strv values = {0};
	json_t *identity;
	char *joined;
	size_t k;

	for (size_t i = 0; i < c->n; i++) {
		const struct cell *cell = &c->cell[i];

		if (cell->file != side.file ||
		    (side.variant && strcmp(side.variant, cell->variant) != 0))
			continue;
		json_array_foreach (cell->identities, k, identity) {
			json_t *v = group ? member_at(identity, group, name, NULL)
					  : json_object_get(identity, name);
			char *text = json_is_string(v) ? xstrdup(json_string_value(v))
				     : v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT)
					 : xstrdup("unknown");

			/* A run that failed early cannot tell all, and a native one has no Xen:
			 * that is no difference. */
			if (v || (cell->metric && (!group || json_object_get(identity, group))))
				strv_add_distinct(&values, text);
			free(text);
		}
	}
	joined = strv_join(&values, " | ");
	strv_free(&values);
	return joined;
}
