// SPDX-License-Identifier: MIT
#include "sort.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "resultset/identity.h"
#include "spec/run_spec.h"

json_t *without_axis(const struct run *run, const char *axis)
{
	json_t *parameters = json_copy((json_t *)run->parameters);
	json_t *policy = json_copy((json_t *)run->policy), *rest;
	/* The name of a variant that is a point itself holds the value. */
	const char *variant = json_object_get(policy, axis) ? "" : run->variant;

	json_object_del(parameters, axis);
	json_object_del(policy, axis);
	rest = json_pack("{s:s, s:o, s:o, s:s}", "workload", run->workload, "parameters",
			 parameters, "policy", policy, "variant", variant);
	if (strcmp(axis, AXIS_VCPUS) != 0)
		json_object_set_new(rest, AXIS_VCPUS, json_integer(run->vcpus));
	return rest;
}

/* Something that is put in order: what it has in common with others, and its values. */
struct place {
	json_t *common;
	json_t *values; /* array, most significant first */
	char *group;	/* what it has in common, as text */
	size_t was;
};

static int in_order(const void *one, const void *other)
{
	const struct place *a = one, *b = other;
	json_t *x, *y;
	size_t i;

	json_array_foreach (a->values, i, x) {
		y = json_array_get(b->values, i);
		if (json_integer_value(x) != json_integer_value(y))
			return json_integer_value(x) < json_integer_value(y) ? -1 : 1;
	}
	return a->was < b->was ? -1 : a->was > b->was;
}

static int by_group(const void *one, const void *other)
{
	const struct place *a = one, *b = other;
	int order = strcmp(a->group, b->group);

	return order ? order : in_order(a, b);
}

static int by_old_place(const void *one, const void *other)
{
	const size_t *a = one, *b = other;

	return *a < *b ? -1 : *a > *b;
}

/* The members of each group take turns in the places that they have together. */
static void arrange(struct place *p, size_t n)
{
	struct place *sorted = xcalloc(n, sizeof(*sorted));
	size_t *places = xcalloc(n, sizeof(*places)), end;

	for (size_t i = 0; i < n; i++) {
		p[i].group = canonical_json(p[i].common);
		sorted[i] = p[i];
	}
	qsort(sorted, n, sizeof(*sorted), by_group);
	for (size_t i = 0; i < n; i = end) {
		for (end = i; end < n && strcmp(sorted[i].group, sorted[end].group) == 0; end++)
			places[end] = sorted[end].was;
		qsort(places + i, end - i, sizeof(*places), by_old_place);
		for (size_t k = i; k < end; k++)
			p[places[k]] = sorted[k];
	}
	free(sorted);
	free(places);
}

static void free_places(struct place *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_decref(p[i].common);
		json_decref(p[i].values);
		free(p[i].group);
	}
	free(p);
}

static struct place point_place(const struct dataset *c, size_t i)
{
	const struct point *point = &c->point[i];
	json_t *common = json_copy(point->parameters), *unit;
	struct place p = {.values = json_array(), .was = i};
	const char *axis;

	json_array_append_new(p.values, json_integer(point->vcpus));
	json_object_foreach (c->axes, axis, unit) {
		json_t *value = json_object_get(common, axis);

		json_array_append_new(p.values, json_integer(json_integer_value(value)));
		json_object_del(common, axis);
	}
	p.common = json_pack("{s:s, s:o}", "workload", point->workload, "parameters", common);
	if (!json_object_get(c->axes, AXIS_VCPUS))
		json_object_set_new(p.common, AXIS_VCPUS, json_integer(point->vcpus));
	return p;
}

void order_points(struct dataset *c)
{
	struct place *places = xcalloc(c->nr_points, sizeof(*places));
	struct point *points = xcalloc(c->nr_points, sizeof(*points));
	size_t *now = xcalloc(c->nr_points, sizeof(*now));

	for (size_t i = 0; i < c->nr_points; i++)
		places[i] = point_place(c, i);
	arrange(places, c->nr_points);
	for (size_t i = 0; i < c->nr_points; i++) {
		points[i] = c->point[places[i].was];
		now[places[i].was] = i;
	}
	for (size_t i = 0; i < c->n; i++)
		c->cell[i].point = now[c->cell[i].point];
	free_places(places, c->nr_points);
	free(c->point);
	free(now);
	c->point = points;
}

static const json_t *policy_of(const struct dataset *c, const char *variant)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->cell[i].variant, variant) == 0)
			return c->cell[i].run[0]->policy;
	return NULL;
}

void order_variants(const struct dataset *c, struct strv *variants)
{
	struct place *places = xcalloc(variants->n, sizeof(*places));
	char **names = xcalloc(variants->n + 1, sizeof(*names));

	for (size_t i = 0; i < variants->n; i++) {
		struct place *p = &places[i];
		const char *axis;
		json_t *unit;

		*p = (struct place){.common = json_copy((json_t *)policy_of(c, variants->v[i])),
				    .values = json_array(),
				    .was = i};
		json_object_foreach (c->axes, axis, unit) {
			json_t *value = json_object_get(p->common, axis);

			if (value)
				json_array_append_new(
					p->values, json_integer(atoll(json_string_value(value))));
			json_object_del(p->common, axis);
		}
		/* Only points of a sweep are alike; a named variant stays where it is. */
		if (!json_array_size(p->values) ||
		    strncmp(variants->v[i], "custom:", strlen("custom:")) != 0)
			json_object_set_new(p->common, "name", json_string(variants->v[i]));
	}
	arrange(places, variants->n);
	for (size_t i = 0; i < variants->n; i++)
		names[i] = variants->v[places[i].was];
	free_places(places, variants->n);
	free(variants->v);
	variants->v = names;
}
