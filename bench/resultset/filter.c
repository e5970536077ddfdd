// SPDX-License-Identifier: MIT
#include "filter.h"

#include <stdlib.h>
#include <string.h>

#include "axes.h"
#include "lib/json.h"
#include "lib/number_list.h"
#include "spec/catalog.h"
#include "spec/custom_variant.h"
#include "spec/workload_spec.h"

/* One condition: some value of an axis. */
struct condition {
	char *axis, *kind; /* what to call a value of it in a message */
	struct strv values;
};

/* A run must meet all conditions of one alternative of each choice. */
struct alternative {
	struct condition *condition;
	size_t n;
};

struct choice_of {
	struct alternative *alternative;
	size_t n;
};

static struct condition *add_condition(struct alternative *a, const char *axis, const char *kind)
{
	a->condition = xrealloc(a->condition, (a->n + 1) * sizeof(*a->condition));
	a->condition[a->n] = (struct condition){xstrdup(axis), xstrdup(kind), {0}};
	return &a->condition[a->n++];
}

static struct alternative *add_alternative(struct choice_of *c)
{
	c->alternative = xrealloc(c->alternative, (c->n + 1) * sizeof(*c->alternative));
	c->alternative[c->n] = (struct alternative){0};
	return &c->alternative[c->n++];
}

static void free_choice(struct choice_of *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < c->alternative[i].n; k++) {
			free(c->alternative[i].condition[k].axis);
			free(c->alternative[i].condition[k].kind);
			strv_free(&c->alternative[i].condition[k].values);
		}
		free(c->alternative[i].condition);
	}
	free(c->alternative);
	*c = (struct choice_of){0};
}

/* A variant goes by its name as well as by its label. */
static bool meets(const struct condition *c, const json_t *set, const json_t *run)
{
	char *value = axis_text(set, run, c->axis);
	bool meets = false;

	for (size_t i = 0; i < c->values.n; i++) {
		meets = meets || (value && strcmp(c->values.v[i], value) == 0);
		if (strcmp(c->axis, "variant") == 0)
			meets = meets || strcmp(c->values.v[i], text_at(run, "identity", "variant",
									"name", NULL)) == 0;
	}
	free(value);
	return meets;
}

static bool matches(const struct choice_of *c, const json_t *set, const json_t *run)
{
	bool matches = !c->n;

	for (size_t i = 0; i < c->n && !matches; i++) {
		const struct alternative *a = &c->alternative[i];
		size_t met = 0;

		while (met < a->n && meets(&a->condition[met], set, run))
			met++;
		matches = met == a->n;
	}
	return matches;
}

/* Each value must be in some run that meets the first condition, or it is a mistake. */
static bool is_sensible(const struct alternative *a, json_t *const *sets, size_t n, char **error)
{
	for (size_t k = 0; k < a->n && !*error; k++) {
		const struct condition *c = &a->condition[k];

		for (size_t v = 0; v < c->values.n && !*error; v++) {
			struct condition one = {c->axis, c->kind, {&c->values.v[v], 1}};
			struct strv known = {0};
			bool found = false;
			json_t *run;
			size_t i;

			for (size_t f = 0; f < n && !found; f++)
				json_array_foreach (json_object_get(sets[f], "runs"), i, run) {
					char *value = axis_text(sets[f], run, c->axis);

					if (k && !meets(&a->condition[0], sets[f], run)) {
						free(value);
						continue;
					}
					found = found || meets(&one, sets[f], run);
					if (value)
						strv_add_distinct(&known, value);
					free(value);
				}
			if (!found)
				unknown_name(error, c->kind, c->values.v[v], &known);
			strv_free(&known);
		}
	}
	return !*error;
}

static bool read_workload(struct choice_of *to, const char *text, char **error)
{
	struct alternative *a = add_alternative(to);
	struct strv parts = {0};

	strv_split(&parts, text, ':');
	strv_add(&add_condition(a, "workload", "workload")->values, "%s", parts.v[0]);
	for (size_t i = 1; i < parts.n && !*error; i++) {
		char *equals = strchr(parts.v[i], '=');
		struct condition *c;
		struct values values;
		char *kind;

		if (!equals) {
			mistake(error, "workload \"%s\": \"%s\" is not PARAMETER=VALUE", text,
				parts.v[i]);
			break;
		}
		*equals = 0;
		kind = xasprintf("value of %s:%s", parts.v[0], parts.v[i]);
		c = add_condition(a, parts.v[i], kind);
		if (values_read(&values, equals + 1, 0, (1LL << 53), kind, error))
			for (size_t v = 0; v < values.n; v++)
				strv_add(&c->values, "%lld", values.v[v]);
		values_free(&values);
		free(kind);
	}
	strv_free(&parts);
	return !*error;
}

static bool read_where(struct choice_of *to, const char *text, json_t *const *sets, size_t n,
		       char **error)
{
	char *axis = xstrndup(text, strcspn(text, "=")), *kind = xasprintf("value of %s", axis);
	struct condition *c = add_condition(add_alternative(to), axis, kind);

	if (!strchr(text, '='))
		mistake(error, "--where \"%s\": expected AXIS=VALUE[,VALUE]...", text);
	else if (axis_is_known(sets, n, axis, error))
		strv_split(&c->values, text + strlen(axis) + 1, ',');
	if (strcmp(axis, "variant") == 0)
		custom_join(&c->values);
	free(axis);
	free(kind);
	return !*error;
}

/* All that a filter says, as choices of which each must be met. */
struct choices {
	struct choice_of *v;
	size_t n;
};

static bool read_filter(struct filter *f, struct choices *all, json_t *const *sets, size_t n,
			char **error)
{
	all->v = xcalloc(2 + f->where.n, sizeof(*all->v));
	all->n = 2 + f->where.n;
	custom_join(&f->variants);
	values_join(&f->workloads);
	for (size_t i = 0; i < f->variants.n; i++)
		strv_add(&add_condition(add_alternative(&all->v[0]), "variant", "variant")->values,
			 "%s", f->variants.v[i]);
	for (size_t i = 0; i < f->workloads.n && !*error; i++)
		if (workload_spec_is_named(f->workloads.v[i], i ? f->workloads.v[i - 1] : NULL,
					   error))
			read_workload(&all->v[1], f->workloads.v[i], error);
	for (size_t i = 0; i < f->where.n && !*error; i++)
		read_where(&all->v[2 + i], f->where.v[i], sets, n, error);
	for (size_t i = 0; i < all->n && !*error; i++)
		for (size_t k = 0; k < all->v[i].n && !*error; k++)
			is_sensible(&all->v[i].alternative[k], sets, n, error);
	return !*error;
}

/* The set with those of its runs that meet all choices. */
static json_t *filtered(const struct choices *all, json_t *set)
{
	json_t *kept = json_array(), *run, *copy;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run) {
		size_t met = 0;

		while (met < all->n && matches(&all->v[met], set, run))
			met++;
		if (met == all->n)
			json_array_append(kept, run);
	}
	copy = json_copy(set);
	json_object_set_new(copy, "runs", kept);
	return copy;
}

bool filter_sets(struct filter *f, json_t **sets, size_t n, char **error)
{
	json_t **kept = xcalloc(n, sizeof(*kept));
	struct choices all = {0};
	size_t runs = 0;

	if (read_filter(f, &all, sets, n, error))
		for (size_t i = 0; i < n; i++) {
			kept[i] = filtered(&all, sets[i]);
			runs += json_array_size(json_object_get(kept[i], "runs"));
		}
	if (!runs)
		fail(error, "no run meets all that is asked for");
	for (size_t i = 0; i < n; i++) {
		json_decref(*error ? kept[i] : sets[i]);
		if (!*error)
			sets[i] = kept[i];
	}
	for (size_t i = 0; i < all.n; i++)
		free_choice(&all.v[i]);
	free(all.v);
	free(kept);
	return !*error;
}

void filter_free(struct filter *f)
{
	strv_free(&f->variants);
	strv_free(&f->workloads);
	strv_free(&f->where);
}
