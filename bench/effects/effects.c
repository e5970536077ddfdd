// SPDX-License-Identifier: MIT
#include "effects.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

/* The depth belongs to the axis batch, and is no axis of its own. */
#define NESTED	 "depth"
#define NESTS_IN "batch"

static const json_t *policy_of(const struct cell *cell)
{
	return cell->run[0]->policy;
}

/*
 * "batch=multicall"; with several depths "batch=multicall/8". as_spec: "batch=multicall,depth=8".
 */
static char *level_text(const json_t *policy, const char *axis, bool depths, bool as_spec)
{
	const char *value = text_at(policy, axis, NULL), *depth = text_at(policy, NESTED, NULL);
	bool nests = strcmp(axis, NESTS_IN) == 0 && *depth;

	if (nests && as_spec)
		return xasprintf("%s=%s," NESTED "=%s", axis, value, depth);
	if (nests && depths)
		return xasprintf("%s=%s/%s", axis, value, depth);
	return xasprintf("%s=%s", axis, value);
}

static bool several_depths(const struct dataset *c)
{
	AUTO_STRV struct strv depths = {0};
	bool several;

	for (size_t i = 0; i < c->n; i++) {
		const char *depth = text_at(policy_of(&c->cell[i]), NESTED, NULL);

		if (*depth)
			strv_add_distinct(&depths, depth);
	}
	several = depths.n > 1;
	return several;
}

/* The policy with the most axes. */
static const json_t *widest_policy(const struct dataset *c)
{
	const json_t *widest = NULL;

	for (size_t i = 0; i < c->n; i++)
		if (json_object_size(policy_of(&c->cell[i])) > json_object_size(widest))
			widest = policy_of(&c->cell[i]);
	return widest;
}

static bool has_axes(const json_t *policy, const json_t *widest)
{
	const char *axis;
	json_t *value;

	json_object_foreach ((json_t *)widest, axis, value)
		if (strcmp(axis, NESTED) != 0 && !json_object_get(policy, axis))
			return false;
	return true;
}

static void add_level(struct factor *f, const json_t *policy, bool depths)
{
	AUTO_FREE char *level = level_text(policy, f->name, depths, false);
	AUTO_FREE char *spec = level_text(policy, f->name, depths, true);
	size_t before = f->levels.n;

	strv_add_distinct(&f->levels, level);
	if (f->levels.n > before)
		strv_add(&f->specs, "%s", spec);
}

/* The catalog's defaults as a policy, or NULL; a new reference. */
static json_t *default_policy(const struct catalog *catalog)
{
	json_t *policy, *axis;
	size_t i;

	if (!catalog || !catalog->custom)
		return NULL;
	policy = json_object();
	json_array_foreach (json_object_get(catalog->custom, "axes"), i, axis)
		json_object_set(policy, text_at(axis, "name", NULL),
				json_object_get(axis, "default"));
	return policy;
}

static const json_t *policy_named(const struct dataset *c, const char *variant)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->cell[i].variant, variant) == 0 ||
		    strcmp(c->cell[i].label, variant) == 0)
			return policy_of(&c->cell[i]);
	return NULL;
}

/* The policy of the base; a new reference. NULL with *error: no such variant. */
static json_t *base_policy(const struct effects *e, const char *base, const struct catalog *catalog,
			   char **error)
{
	const json_t *policy = policy_named(&e->data, base ? base : "eager");
	json_t *usual = base || policy ? NULL : default_policy(catalog);

	if (base && !policy) {
		AUTO_STRV struct strv names = {0};

		for (size_t i = 0; i < e->data.n; i++)
			strv_add_distinct(&names, e->data.cell[i].label);
		unknown_name(error, "variant", base, &names);
		return NULL;
	}
	if (usual)
		return usual;
	return json_incref((json_t *)(policy ? policy : policy_of(&e->data.cell[0])));
}

/* Moves the base's level to the front, if it occurs. */
static void base_first(struct factor *f, const json_t *base, bool depths)
{
	AUTO_FREE char *level = level_text(base, f->name, depths, false);

	for (size_t i = 1; i < f->levels.n; i++)
		if (strcmp(f->levels.v[i], level) == 0)
			for (; i > 0; i--) {
				char *text = f->levels.v[i], *spec = f->specs.v[i];

				f->levels.v[i] = f->levels.v[i - 1];
				f->specs.v[i] = f->specs.v[i - 1];
				f->levels.v[i - 1] = text;
				f->specs.v[i - 1] = spec;
			}
}

static void factor_free(struct factor *f)
{
	strv_free(&f->levels);
	strv_free(&f->specs);
	*f = (struct factor){0};
}

/* Lists axes in the build's order if it is known; a file may have any order. */
static void list_axes(const json_t *policy, const struct catalog *catalog, struct strv *axes)
{
	json_t *axis, *value;
	const char *name;
	size_t i;

	if (catalog)
		json_array_foreach (json_object_get(catalog->custom, "axes"), i, axis)
			if (json_object_get(policy, text_at(axis, "name", NULL)))
				strv_add(axes, "%s", text_at(axis, "name", NULL));
	json_object_foreach ((json_t *)policy, name, value)
		strv_add_distinct(axes, name);
}

static bool find_factors(struct effects *e, const json_t *base, const struct catalog *catalog,
			 char **error)
{
	const json_t *widest = widest_policy(&e->data);
	bool depths = several_depths(&e->data);

	list_axes(widest, catalog, &e->axes);
	for (size_t a = 0; a < e->axes.n; a++) {
		struct factor f = {.name = e->axes.v[a]};

		if (strcmp(f.name, NESTED) == 0)
			continue;
		for (size_t i = 0; i < e->data.n; i++) {
			const json_t *policy = policy_of(&e->data.cell[i]);

			if (has_axes(policy, widest))
				add_level(&f, policy, depths);
			else
				strv_add_distinct(&e->left_out, e->data.cell[i].label);
		}
		if (f.levels.n > 1 && e->nr_factors < FACTORS_MAX) {
			base_first(&f, base, depths);
			e->factor[e->nr_factors++] = f;
			continue;
		}
		strv_add(&e->fixed, "%s", f.levels.v[0]);
		strv_add(&e->fixed_specs, "%s", f.specs.v[0]);
		factor_free(&f);
	}
	return e->nr_factors ||
	       fail(error, "all variants have the same policy: there is no effect to be told");
}

/* ---- seeds ---- */

static void list_seeds(json_t *const *sets, size_t nr_sets, json_t *seeds)
{
	json_t *run;
	size_t i;

	for (size_t s = 0; s < nr_sets; s++)
		json_array_foreach (json_object_get(sets[s], "runs"), i, run) {
			json_t *seed = member_at(run, "identity", "seed", NULL);
			AUTO_FREE char *key =
				xasprintf("%lld", (long long)json_integer_value(seed));

			json_object_set(seeds, key, seed);
		}
}

/* A set with one seed's runs only. */
static json_t *of_seed(const json_t *set, const json_t *seed)
{
	json_t *copy = json_copy((json_t *)set), *runs = json_array(), *run;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		if (json_equal(member_at(run, "identity", "seed", NULL), seed))
			json_array_append(runs, run);
	json_object_set_new(copy, "runs", runs);
	return copy;
}

static bool lay_out_seeds(struct effects *e, json_t *const *sets, size_t nr_sets,
			  const struct strv *counters, char **error)
{
	json_auto_t *seeds = json_object();
	json_t *seed;
	json_t **some = xcalloc(nr_sets, sizeof(json_t *));
	const char *key;

	list_seeds(sets, nr_sets, seeds);
	if (json_object_size(seeds) > 1)
		e->seed = xcalloc(json_object_size(seeds), sizeof(*e->seed));
	json_object_foreach (seeds, key, seed) {
		if (!e->seed || *error)
			continue;
		for (size_t s = 0; s < nr_sets; s++)
			some[s] = of_seed(sets[s], seed);
		if (dataset_make(&e->seed[e->nr_seeds], some, nr_sets, counters, error))
			e->nr_seeds++;
		/* The sets keep the runs, from which cells borrow. */
		for (size_t s = 0; s < nr_sets; s++)
			json_decref(some[s]);
	}
	free(some);
	return !*error;
}

/* Adds the metric to the counters if it is one. */
static void counter_wanted(json_t *const *sets, size_t nr_sets, const char *metric,
			   struct strv *counters)
{
	AUTO_FREE char *group = xstrndup(metric, strcspn(metric, "."));
	json_t *run;
	size_t i;

	for (size_t s = 0; s < nr_sets; s++)
		json_array_foreach (json_object_get(sets[s], "runs"), i, run)
			if (member_at(run, "counters", group, NULL))
				strv_add_distinct(counters, metric);
}

bool effects_make(struct effects *e, json_t *const *sets, size_t nr_sets, const char *base,
		  const char *metric, const struct catalog *catalog, char **error)
{
	AUTO_STRV struct strv counters = {0};
	json_auto_t *policy = NULL;

	*e = (struct effects){0};
	if (catalog)
		e->exclusions = json_object_get(catalog->custom, "exclusions");
	if (metric)
		counter_wanted(sets, nr_sets, metric, &counters);
	if (dataset_make(&e->data, sets, nr_sets, &counters, error) &&
	    (policy = base_policy(e, base, catalog, error)) &&
	    find_factors(e, policy, catalog, error))
		lay_out_seeds(e, sets, nr_sets, &counters, error);
	return !*error;
}

void effects_free(struct effects *e)
{
	for (size_t i = 0; i < e->nr_factors; i++)
		factor_free(&e->factor[i]);
	for (size_t i = 0; i < e->nr_seeds; i++)
		dataset_free(&e->seed[i]);
	free(e->seed);
	strv_free(&e->axes);
	strv_free(&e->fixed);
	strv_free(&e->fixed_specs);
	strv_free(&e->left_out);
	dataset_free(&e->data);
	*e = (struct effects){0};
}

char *effects_variant(const struct effects *e, const struct levels *l)
{
	AUTO_STRV struct strv parts = {0};
	AUTO_FREE char *joined = NULL;
	char *text;

	for (size_t f = 0; f < e->nr_factors; f++)
		strv_add(&parts, "%s", e->factor[f].specs.v[l->of[f]]);
	for (size_t i = 0; i < e->fixed_specs.n; i++)
		strv_add(&parts, "%s", e->fixed_specs.v[i]);
	joined = strv_join(&parts, ",");
	text = xasprintf("custom:%s", joined);
	return text;
}
